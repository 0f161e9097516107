"""Objects are of API versions that the cluster serves.

The type token of an object carries its version: `kubernetes:policy/v1beta1:PodDisruptionBudget`. What was removed when
is in guardrails.removed_apis. Decided: a version that is deprecated and still served is no finding, the API server's
own warning is; versions of custom resources are known of the VerticalPodAutoscaler alone. Lists are judged as what they
are lists of.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic import Field

from guardrails.control import EVERYWHERE, Control, Finding, Parameters, Severity, Source
from guardrails.removed_apis import NEWEST_MINOR, removal
from guardrails.resource import Resource


class KubernetesParameters(Parameters):
    """Which Kubernetes the objects are for."""

    minor: int = Field(
        default=NEWEST_MINOR,
        ge=16,
        le=NEWEST_MINOR,
        description="The minor release of Kubernetes that the cluster has or is about to have, 36 for 1.36.",
    )


def judge(resource: Resource, parameters: KubernetesParameters) -> Iterator[Finding]:
    """One finding for an object that the API server would not know."""
    match resource.type.split(":"):
        case ["kubernetes", api_version, _]:
            kind = resource.kind[1].removesuffix("List")
        case _:
            return
    removed = removal(api_version, kind, minor=parameters.minor)
    if removed is None:
        return
    replacement = removed.replacement
    yield Finding(
        path="apiVersion",
        found=f"{api_version}, in which {kind} is not served since {removed.since}",
        allowed=replacement or f"no {kind} at all: nothing took its place under that name",
        fix=f"declare it as {replacement}, whose fields may differ: see the guide" if replacement else "remove it",
    )


CONTROL: Final = Control(
    id="api-version-served",
    title="Objects are of API versions that the cluster still serves",
    reason=(
        '"When APIs evolve, the old API is deprecated and eventually removed." An upgrade of the control plane, which '
        "GKE does by itself, leaves a program that names a removed version unable to change anything of that kind."
    ),
    source=Source(
        title="Kubernetes documentation, Deprecated API Migration Guide",
        url="https://kubernetes.io/docs/reference/using-api/deprecation-guide/",
    ),
    severity=Severity.HIGH,
    levels=EVERYWHERE,
    parameters=KubernetesParameters(),
    remediation=(
        "Declare the object in the version that the message names, and read in the guide which fields were renamed or "
        "have another default. For charts, take a release of the chart that knows the cluster's version."
    ),
    judge=judge,
)
