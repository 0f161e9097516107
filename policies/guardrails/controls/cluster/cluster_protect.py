"""What production cannot do without has Pulumi's option `protect`.

Decided: the cluster, its network and subnetwork, and the key that encrypts its Secrets. With any of them goes the
cluster or what is in it. A component's children count by themselves: they inherit its option.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field as Setting

from guardrails.clusters import CLUSTER
from guardrails.control import PRODUCTION_ALONE, Control, Finding, Parameters, Severity, Source
from guardrails.resource import Resource


class Protected(Parameters):
    """What must be protected."""

    types: list[str] = Setting(
        default=[
            CLUSTER,
            "gcp:compute/network:Network",
            "gcp:compute/subnetwork:Subnetwork",
            "gcp:kms/cryptoKey:CryptoKey",
        ],
        description="Pulumi type tokens of resources that must have the option `protect`.",
    )


def judge(resource: Resource, parameters: Protected) -> Iterator[Finding]:
    """One finding for each resource of these types without the option."""
    if resource.type in parameters.types and not resource.protect:
        yield Finding(
            path="protect",
            found="false: one update may delete or replace it",
            allowed="true, as a resource option",
            fix="set the resource option protect; to delete it for good, run `pulumi state unprotect` first",
        )


CONTROL: Final = Control(
    id="cluster-protect",
    title="The cluster, its network and its key are protected in production",
    reason=(
        "The protect option marks a resource as protected: Pulumi refuses every operation that would delete or replace "
        "it, until the mark is removed by itself."
    ),
    source=Source(
        title="Pulumi, Resource option: protect", url="https://www.pulumi.com/docs/iac/concepts/options/protect/"
    ),
    severity=Severity.HIGH,
    levels=PRODUCTION_ALONE,
    parameters=Protected(),
    remediation="Declare the resource, or the component above it, with pulumi.ResourceOptions(protect=True).",
    judge=judge,
)
