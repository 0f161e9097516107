"""StorageClasses that the stack declares are used by it.

Decided: where the stack has no claims at all, its classes are meant for others, and nothing is said. A class that is
marked as the default is used by whoever names none. Any field `storageClassName` or `storageClass` counts as a use, in
custom resources too: operators make claims that no policy sees.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.claims import claims, class_name, is_default
from guardrails.control import PRODUCTION, Finding, Parameters, Placed, Severity, Source, StackControl, Unjudged
from guardrails.fields import Field
from guardrails.objects import object_name
from guardrails.plain import Plain, quoted
from guardrails.resource import Resource, Stack

_KEYS: Final = ("storageClassName", "storageClass")


def judge(stack: Stack, _: Parameters) -> Iterator[Placed]:
    """One finding for each class that nothing names; what is not known of claims is said once where it matters."""
    all_claims = list(claims(stack))
    if not all_claims:
        return
    asked = [(one, claim if isinstance(claim, Unjudged) else class_name(claim)) for one, claim in all_claims]
    names = {name.value for _, name in asked if isinstance(name, Field) and isinstance(name.value, str)}
    unused = list(_not_named(stack, names))
    if not unused:
        return
    in_doubt = [(one, name) for one, name in asked if isinstance(name, Unjudged)]
    if in_doubt:
        yield from in_doubt
        return
    for resource, name in unused:
        yield (
            resource,
            Finding(
                path=name.path,
                found=f"{quoted(name.value)}, a class that no claim of the stack names",
                allowed="classes that claims or claim templates name, or one that is marked as the cluster's default",
                fix="name it as storageClassName of the claims it was made for, or remove it",
            ),
        )


def _not_named(stack: Stack, names: set[str]) -> Iterator[tuple[Resource, Field]]:
    elsewhere: set[str] | None = None
    for resource in stack.of_kind("storage.k8s.io", "StorageClass"):
        name = object_name(resource)
        if not isinstance(name, Field) or not isinstance(name.value, str) or name.value in names:
            continue
        # Neither a pass nor a fail where the mark is not known: a default class needs nobody to name it.
        if is_default(resource) is not False:
            continue
        if elsewhere is None:
            elsewhere = {word for one in stack.resources for word in _mentions(one.props)}
        if name.value not in elsewhere:
            yield resource, name


def _mentions(value: Plain) -> Iterator[str]:
    match value:
        case dict():
            for key, below in value.items():
                if key in _KEYS and isinstance(below, str):
                    yield below
                yield from _mentions(below)
        case list():
            for below in value:
                yield from _mentions(below)
        case _:
            pass


CONTROL: Final = StackControl(
    id="storage-class-used",
    title="Every StorageClass is used by a claim",
    reason=(
        '"The PVC must request a storage class and the administrator must have created and configured that class for '
        'dynamic provisioning to occur." Where an SSD class stands unused, the claims that it was written for are on '
        "other disks."
    ),
    source=Source(
        title="Kubernetes documentation, Persistent Volumes: Dynamic provisioning",
        url="https://kubernetes.io/docs/concepts/storage/persistent-volumes/#dynamic",
    ),
    severity=Severity.MEDIUM,
    levels=PRODUCTION,
    parameters=Parameters(),
    remediation="Name the class in the claims that are to use it, mark it as the default, or remove it.",
    judge=judge,
)
