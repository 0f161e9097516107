"""Helm charts are rendered by Pulumi, so that every object in them is judged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import EVERYWHERE, Control, Finding, Parameters, Severity, Source
from guardrails.resource import Resource


def judge(resource: Resource, _: Parameters) -> Iterator[Finding]:
    """One finding for each Release, whatever its chart: what it installs is nowhere among the resources."""
    if resource.kind == ("helm.sh", "Release"):
        yield Finding(
            path="chart",
            found="a Helm release, whose objects Helm creates and no policy sees",
            allowed="charts that Pulumi renders (kubernetes:helm.sh/v4:Chart), or objects declared one by one",
            fix="declare the same chart and values as a helm.v4.Chart",
        )


CONTROL: Final = Control(
    id="helm-templates-visible",
    title="Helm charts are rendered where every object in them is judged",
    reason=(
        "A Release hands the chart to Helm: its objects never become resources, so no preview shows them and no other "
        "control sees them. A Chart is rendered by Pulumi, with policies enforced on all resources it installs."
    ),
    source=Source(
        title="Pulumi, Choosing the Right Helm Resource For Your Use Case",
        url="https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/"
        "choosing-the-right-helm-resource-for-your-use-case/",
    ),
    severity=Severity.HIGH,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation=(
        "Replace the helm.v3.Release by a helm.v4.Chart with the same chart, version and values. Charts that depend on "
        "Helm's hooks need those steps as resources of their own."
    ),
    judge=judge,
)
