"""Google upgrades the cluster, from a channel that fits the environment.

Decided: an absent channel, which leaves an existing cluster as it is, and UNSPECIFIED are refused in Standard clusters.
An Autopilot cluster is always in a channel, REGULAR where it names none. RAPID is for trying versions out: Google
keeps it out of the GKE SLA, so production does not have it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field as Setting

from guardrails.clusters import CLUSTER, autopilot
from guardrails.conditions import unless
from guardrails.control import (
    EVERYWHERE,
    Control,
    Environment,
    Finding,
    Outcome,
    Parameters,
    Severity,
    Source,
    Unjudged,
)
from guardrails.fields import Field
from guardrails.plain import quoted
from guardrails.resource import Resource
from guardrails.scalars import text


class Channels(Parameters):
    """Which channels are right here."""

    channels: list[str] = Setting(
        default=["REGULAR", "STABLE", "EXTENDED"], description="GKE release channels that a cluster may be in."
    )


def judge(resource: Resource, parameters: Channels) -> Iterator[Outcome]:
    """One finding for a cluster in no channel, or in one that is not allowed here."""
    if resource.type != CLUSTER:
        return
    root = Field.root(resource)
    channel = text(root.at("releaseChannel", "channel"), absent="")
    if isinstance(channel, Unjudged):
        yield channel
    elif channel:
        yield from _judge(channel, parameters)
    else:
        has_one = autopilot(root) if "REGULAR" in parameters.channels else False
        yield from unless(has_one, _judge("", parameters))


def _judge(channel: str, parameters: Channels) -> Iterator[Outcome]:
    if channel not in parameters.channels:
        yield Finding(
            path="releaseChannel.channel",
            found=quoted(channel) if channel else "no channel: nobody decides which version the cluster runs",
            allowed=" or ".join(parameters.channels),
            fix="name one of them; moving an existing cluster may need a version that the channel has",
        )


_WITH_RAPID: Final = Channels(channels=["RAPID", "REGULAR", "STABLE", "EXTENDED"])

CONTROL: Final = Control(
    id="cluster-release-channel",
    title="Clusters are in a release channel",
    reason=(
        "Keeping the version of Kubernetes up to date is one of the simplest things you can do to improve your "
        "security. In a release channel Google upgrades control plane and nodes to versions that are proved."
    ),
    source=Source(
        title="Google, Harden your cluster's security",
        url="https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster",
    ),
    severity=Severity.MEDIUM,
    levels=EVERYWHERE,
    parameters=Channels(),
    relaxed={Environment.DEVELOPMENT: _WITH_RAPID, Environment.STAGING: _WITH_RAPID},
    remediation="Set releaseChannel.channel to REGULAR, STABLE or EXTENDED; RAPID is for what is not production.",
    judge=judge,
)
