"""Everything says what it belongs to.

Decided: every Kubernetes object is judged, with the pod template of a workload, and every Google Cloud resource in
guardrails.google_labels. Only that a label has a value is asked: which value is right nobody but the owner knows, and
charts say `managed-by: Helm` with good reason. Charts, files and folders that Pulumi expands are no objects, what they
expand to is. What the Google provider adds by its `defaultLabels` counts, where it adds it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Final

import pydantic

from guardrails.control import (
    PRODUCTION,
    Finding,
    Outcome,
    Parameters,
    Placed,
    Severity,
    Source,
    StackControl,
    Unjudged,
)
from guardrails.fields import Field
from guardrails.google_labels import INHERITING, PATHS
from guardrails.plain import Plain
from guardrails.pods import pod_metadata
from guardrails.resource import Resource, Stack

_EXPANDED: Final = frozenset({"helm.sh", "kustomize", "meta", "yaml"})
_PROVIDER: Final = "pulumi:providers:gcp"


class LabelParameters(Parameters):
    """Which labels are asked for."""

    kubernetes: list[str] = pydantic.Field(
        default=["app.kubernetes.io/name", "app.kubernetes.io/part-of", "app.kubernetes.io/managed-by"],
        description="Keys of labels that every Kubernetes object and every pod template has.",
    )
    google: list[str] = pydantic.Field(
        default=["part-of", "platform", "environment", "managed-by"],
        description="Keys of labels that every resource of Google Cloud has that takes labels.",
    )


def judge(stack: Stack, parameters: LabelParameters) -> Iterator[Placed]:
    """One finding for each set of labels that lacks any."""
    for resource in stack.resources:
        if resource.type in PATHS:
            outcomes = _google(stack, resource, parameters.google)
        elif _is_object(resource):
            outcomes = _object(resource, parameters.kubernetes)
        else:
            continue
        yield from ((resource, outcome) for outcome in outcomes)


def _is_object(resource: Resource) -> bool:
    group, kind = resource.kind
    return bool(kind) and group not in _EXPANDED and not (kind.endswith("List") and "items" in resource.props)


def _object(resource: Resource, keys: Sequence[str]) -> Iterator[Outcome]:
    metadata = Field.root(resource).object_at("metadata")
    yield from _labels(metadata, keys, given_alone=resource.is_patch)
    pods = pod_metadata(resource)
    if pods is not None and pods.path != "metadata":
        yield from _labels(pods, keys, given_alone=resource.is_patch)


def _labels(metadata: Field | Unjudged, keys: Sequence[str], *, given_alone: bool) -> Iterator[Outcome]:
    labels = metadata if isinstance(metadata, Unjudged) else metadata.object_at("labels")
    yield from _judge(labels, keys, given_alone=given_alone)


def _google(stack: Stack, resource: Resource, keys: Sequence[str]) -> Iterator[Outcome]:
    path = PATHS[resource.type]
    inherited = _default_labels(stack, resource.provider) if path in INHERITING else {}
    own = Field.root(resource).object_at(*path)
    if isinstance(inherited, dict):
        yield from _judge(own, [key for key in keys if not inherited.get(key)], given_alone=False)
        return
    for outcome in _judge(own, keys, given_alone=False):
        # Whether the provider makes up for what is missing here cannot be said.
        yield Unjudged(path=outcome.path, reason=inherited) if isinstance(outcome, Finding) else outcome


def _default_labels(stack: Stack, provider: str) -> dict[str, Plain] | str:
    """The labels of the provider, or why they are not known. The engine keeps a provider's objects as JSON texts."""
    for one in stack.of_type(_PROVIDER):
        if one.name == provider:
            labels = Field.root(one).at("defaultLabels")
            if isinstance(labels, Unjudged):
                return f"may get labels from the provider {provider}, whose defaultLabels are not known"
            given = _decoded(labels.value) if isinstance(labels.value, str) else labels.value
            return given if isinstance(given, dict) else {}
    return {}


def _decoded(text: str) -> Plain:
    try:
        decoded: Plain = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return decoded


def _judge(labels: Field | Unjudged, keys: Sequence[str], *, given_alone: bool) -> Iterator[Outcome]:
    if isinstance(labels, Unjudged):
        yield labels
        return
    given = labels.value if isinstance(labels.value, dict) else {}
    missing = []
    for key in keys:
        label = labels.at(key)
        if isinstance(label, Unjudged):
            yield label
        elif label.value in (None, ""):
            missing += [key] if key in given or not given_alone else []
        elif not isinstance(label.value, str):
            yield label.malformed("a string")
    if missing:
        yield Finding(
            path=labels.path,
            found=f"no value of {', '.join(missing)}",
            allowed=f"labels with {', '.join(keys)}",
            fix="give it the labels that the rest of the platform has",
        )


CONTROL: Final = StackControl(
    id="required-labels",
    title="Everything says by its labels what it belongs to and who manages it",
    reason=(
        '"In order to take full advantage of using these labels, they should be applied on every resource object." '
        "On Google Cloud labels also split the bill, and tell in an incident what may be touched by hand."
    ),
    source=Source(
        title="Kubernetes documentation, Recommended Labels",
        url="https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/#labels",
    ),
    severity=Severity.LOW,
    levels=PRODUCTION,
    parameters=LabelParameters(),
    remediation=(
        "Give Kubernetes objects and pod templates kubernetes_labels(component), and Google Cloud resources the "
        "platform's labels. For a chart, set its common labels. Labels are changed in place."
    ),
    judge=judge,
)
