"""Machines boot only what is signed, and report what they booted.

Decided: secure boot is off by default and integrity monitoring is on, for node pools and for what auto-provisioning
makes alike; Autopilot has both always. The cluster's own `nodeConfig` does not count where `removeDefaultNodePool`
takes that pool away at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.clusters import over_machines
from guardrails.conditions import must_be
from guardrails.control import PRODUCTION, Control, Outcome, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.resource import Resource


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """At most two findings for each kind of machine."""
    yield from over_machines(resource, _judge)


def _judge(machines: Field) -> Iterator[Outcome]:
    shielded = machines.object_at("shieldedInstanceConfig")
    if isinstance(shielded, Unjudged):
        yield shielded
        return
    signed, watched = shielded.at("enableSecureBoot"), shielded.at("enableIntegrityMonitoring")
    yield from must_be(True, signed, absent=False, otherwise="machines boot drivers and kernels that nobody signed")
    yield from must_be(True, watched, absent=True, otherwise="a changed boot goes unseen")


CONTROL: Final = Control(
    id="cluster-secure-boot",
    title="Machines boot with secure boot and integrity monitoring",
    reason=(
        "Secure boot helps ensure that a machine only runs authentic software, by verifying the signature of all boot "
        "components and halting where one fails. Integrity monitoring compares each boot with the trusted one."
    ),
    source=Source(
        title="Google, Using Shielded GKE Nodes",
        url="https://cloud.google.com/kubernetes-engine/docs/how-to/shielded-gke-nodes#secure_boot",
    ),
    severity=Severity.MEDIUM,
    levels=PRODUCTION,
    parameters=Parameters(),
    remediation=(
        "Set shieldedInstanceConfig.enableSecureBoot and enableIntegrityMonitoring to true in each node pool and in "
        "clusterAutoscaling.autoProvisioningDefaults. Machines that load unsigned kernel modules, such as some "
        "drivers, cannot boot with it: give those a pool and an exemption of their own."
    ),
    judge=judge,
)
