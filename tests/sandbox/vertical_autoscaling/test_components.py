from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.vertical_autoscaling.components import NAMES, PORT_NAMES, Settings, commands, flags

SETTINGS = Settings(
    ports={name: 20_000 + number for number, name in enumerate(PORT_NAMES)},
    kubeconfigs={name: Path("/config") / name for name in NAMES},
    tools={name: Path("/tools") / name for name in NAMES},
    ca=Path("/pki/ca.crt"),
    certificate=Path("/pki/server.crt"),
    key=Path("/pki/server.key"),
)


def given(name: str) -> dict[str, str]:
    return {flag.name: flag.value for flag in flags(SETTINGS)[name]}


@pytest.mark.parametrize("name", NAMES)
def test_a_command_is_its_tool_and_the_listed_flags_and_nothing_else(name: str) -> None:
    listed = flags(SETTINGS)[name]
    command = commands(SETTINGS)[name]
    assert command.argv == (f"/tools/{name}", *(f"--{flag.name}={flag.value}" for flag in listed))
    assert len({flag.name for flag in listed}) == len(listed), "a flag is given twice"
    assert command.environment == {"NAMESPACE": "kube-system"}


@pytest.mark.parametrize("name", NAMES)
def test_every_flag_differs_from_its_default_and_says_why(name: str) -> None:
    for flag in flags(SETTINGS)[name]:
        assert flag.value != flag.default
        assert flag.reason


@pytest.mark.parametrize("name", NAMES)
def test_each_is_itself_and_serves_its_metrics_on_loopback(name: str) -> None:
    assert given(name)["kubeconfig"] == f"/config/{name}"
    assert given(name)["address"] == f"127.0.0.1:{SETTINGS.ports[name]}"


def test_the_webhook_is_registered_where_it_listens() -> None:
    flags_of = given("vpa-admission-controller")
    assert flags_of["port"] == flags_of["webhook-port"] == str(SETTINGS.ports["webhook"])
    assert flags_of["webhook-address"] == "https://127.0.0.1"


def test_the_updater_waits_for_the_webhook_and_nothing_widens_what_it_may_evict() -> None:
    assert set(given("vpa-updater")) == {"kubeconfig", "address", "updater-interval"}
