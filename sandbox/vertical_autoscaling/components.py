"""How the three programs of the VerticalPodAutoscaler are run: every flag that is not left at its default, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.controlplane import Command

RECOMMENDER = "vpa-recommender"
UPDATER = "vpa-updater"
ADMISSION_CONTROLLER = "vpa-admission-controller"
NAMES = (RECOMMENDER, UPDATER, ADMISSION_CONTROLLER)
"""The tools of the catalogue, their processes and their service accounts have these names."""
WEBHOOK = "webhook"
PORT_NAMES = (*NAMES, WEBHOOK)


@dataclass(frozen=True, kw_only=True)
class Flag:
    """One flag that is set, the program's own default in words, and the reason."""

    name: str
    value: str
    default: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Settings:
    """`ports` of PORT_NAMES on loopback; `kubeconfigs` and `tools` (executables) by name of the program."""

    ports: Mapping[str, int]
    kubeconfigs: Mapping[str, Path]
    tools: Mapping[str, Path]
    ca: Path
    certificate: Path
    key: Path


def commands(settings: Settings) -> dict[str, Command]:
    """The command of each program."""
    return {
        name: Command(
            name=name,
            argv=(str(settings.tools[name]), *(f"--{flag.name}={flag.value}" for flag in given)),
            # Two of them read it, and whoever runs the demonstration may have another meaning for it.
            environment={"NAMESPACE": "kube-system"},
        )
        for name, given in flags(settings).items()
    }


def flags(settings: Settings) -> dict[str, tuple[Flag, ...]]:
    """The flags of each program, in the order in which they are given."""
    own = {
        RECOMMENDER: _recommender(),
        UPDATER: _updater(),
        ADMISSION_CONTROLLER: _admission_controller(settings),
    }
    return {name: (*_common(name, settings), *own[name]) for name in NAMES}


def _common(name: str, settings: Settings) -> tuple[Flag, ...]:
    port = 8942 + NAMES.index(name)
    return (
        Flag(
            name="kubeconfig",
            value=str(settings.kubeconfigs[name]),
            default="none: inside a cluster",
            reason="it runs outside; its own service account with the rights of the release's vpa-rbac.yaml",
        ),
        Flag(
            name="address",
            value=f"127.0.0.1:{settings.ports[name]}",
            default=f":{port}",
            reason="its own metrics, on loopback and on a free port",
        ),
    )


def _recommender() -> tuple[Flag, ...]:
    return (
        Flag(
            name="recommender-interval",
            value="2s",
            default="1m",
            reason="minutes of a demonstration stand for days",
        ),
        Flag(
            name="memory-aggregation-interval",
            value="10s",
            default="24h",
            reason="one peak of memory an interval counts: with a day, growth would be one sample",
        ),
        Flag(
            name="memory-histogram-decay-half-life",
            value="10s",
            default="24h",
            reason="what was used before must weigh less soon, as it does after days",
        ),
        Flag(
            name="confidence-interval-memory",
            value="10m",
            default="24h",
            reason="the lower bound, below which a pod is evicted, is near 0 while the history is short",
        ),
    )


def _updater() -> tuple[Flag, ...]:
    return (Flag(name="updater-interval", value="5s", default="1m", reason="as the recommender's"),)


def _admission_controller(settings: Settings) -> tuple[Flag, ...]:
    port = str(settings.ports[WEBHOOK])
    return (
        Flag(name="port", value=port, default="8000", reason="a free one; it listens on all interfaces of the machine"),
        Flag(
            name="register-by-url",
            value="true",
            default="false",
            reason="the API server reaches it on loopback: no Service leads out of a cluster without a network",
        ),
        Flag(name="webhook-address", value="https://127.0.0.1", default="none", reason="the URL's first half"),
        Flag(name="webhook-port", value=port, default="none", reason="the URL's second half"),
        Flag(
            name="client-ca-file",
            value=str(settings.ca),
            default="/etc/tls-certs/caCert.pem",
            reason="what the API server is to trust",
        ),
        Flag(
            name="tls-cert-file",
            value=str(settings.certificate),
            default="/etc/tls-certs/serverCert.pem",
            reason="the sandbox's certificate for 127.0.0.1",
        ),
        Flag(
            name="tls-private-key",
            value=str(settings.key),
            default="/etc/tls-certs/serverKey.pem",
            reason="its key",
        ),
    )
