"""The AppArmor profile is the runtime's or one that the node has, by field or by the annotation of old.

Absent means the runtime's default. The annotation counts on the pod itself: for a workload, in its template.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import EVERYWHERE, Control, Finding, Outcome, Parameters, Severity, Unjudged
from guardrails.fields import Field
from guardrails.plain import quoted
from guardrails.pod_checks import judge_profiles
from guardrails.pod_security import baseline
from guardrails.pods import pod_annotations
from guardrails.resource import Resource
from guardrails.scalars import text

_ANNOTATION: Final = "container.apparmor.security.beta.kubernetes.io/"


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for each profile that does not confine, in a field or in an annotation."""
    # The way to the annotations and that to the specification begin with the same fields.
    yield from dict.fromkeys([*judge_profiles(resource, "appArmorProfile"), *_annotations(resource)])


def _annotations(resource: Resource) -> Iterator[Outcome]:
    annotations = pod_annotations(resource)
    if isinstance(annotations, Unjudged):
        yield annotations
    elif annotations is not None and isinstance(annotations.value, dict):
        for key in annotations.value:
            if key.startswith(_ANNOTATION):
                yield from _judge_annotation(annotations.at(key))


def _judge_annotation(annotation: Field | Unjudged) -> Iterator[Outcome]:
    profile = text(annotation)
    if isinstance(profile, Unjudged):
        yield profile
    elif profile and profile != "runtime/default" and not profile.startswith("localhost/"):
        yield Finding(
            path=annotation.path,
            found=quoted(profile),
            allowed="runtime/default, localhost/ and a name, or no annotation",
            fix="remove the annotation; where another profile is needed, set securityContext.appArmorProfile",
        )


CONTROL: Final = Control(
    id="pod-apparmor-profile",
    title="AppArmor confines every container",
    reason=(
        "\"On supported hosts, the 'runtime/default' AppArmor profile is applied by default. The baseline policy "
        "should prevent overriding or disabling the default AppArmor profile, or restrict overrides to an allowed set "
        'of profiles."'
    ),
    source=baseline("appArmorProfile"),
    severity=Severity.HIGH,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation=(
        "Remove appArmorProfile from the pod and its containers, and annotations that start with "
        f"{_ANNOTATION}, or set the type RuntimeDefault or Localhost."
    ),
    judge=judge,
)
