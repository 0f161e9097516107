"""What several checks of the Pod Security Standards say of the same kind of field."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from guardrails.control import Finding, Outcome, Unjudged
from guardrails.fields import Field
from guardrails.plain import quoted
from guardrails.pod_security import PROFILE_TYPES, container_settings, leaves, security_settings
from guardrails.pods import containers, elements_at
from guardrails.resource import Resource
from guardrails.scalars import boolean, text


def not_true(field: Field | Unjudged, *, found: str, fix: str) -> Iterator[Outcome]:
    """A finding if the boolean is true."""
    value = boolean(field)
    if isinstance(value, Unjudged):
        yield value
    elif value:
        yield Finding(path=field.path, found=found, allowed="false, or nothing at all", fix=fix)


def added_capabilities(resource: Resource, *, refused: Callable[[str], bool], because: str) -> Iterator[Outcome]:
    """A finding for each capability that a container adds and that is refused; `because` says what it is.

    To the API server a null element is an empty name, not an absent one.
    """
    for container in containers(resource):
        for element in elements_at(container, "securityContext", "capabilities", "add"):
            capability = text(element)
            if isinstance(capability, Unjudged):
                yield capability
            elif refused(capability or ""):
                yield Finding(
                    path=element.path,
                    found=f"{quoted(capability or '')}, {because}",
                    allowed="NET_BIND_SERVICE, or nothing at all",
                    fix="remove it from the list",
                )


def judge_profiles(resource: Resource, profile: str) -> Iterator[Outcome]:
    """A finding for each profile of the pod and of its containers whose type does not confine them."""
    for one in security_settings(resource, profile):
        for type_ in leaves(one, ("type",)):
            yield from _judge_profile_type(type_, resource)


def _judge_profile_type(type_: Field | Unjudged, resource: Resource) -> Iterator[Outcome]:
    value = text(type_)
    if isinstance(value, Unjudged):
        yield value
    elif value not in PROFILE_TYPES and not (value is None and resource.is_patch):
        yield Finding(
            path=type_.path,
            found="nothing" if value is None else quoted(value),
            allowed=" or ".join(PROFILE_TYPES),
            fix="set the type RuntimeDefault",
        )


def judge_proc_mounts(resource: Resource) -> Iterator[Outcome]:
    """A finding for each container that does not see /proc as containers do by default."""
    for setting in container_settings(resource, "procMount"):
        value = text(setting)
        if isinstance(value, Unjudged):
            yield value
        elif value not in (None, "Default"):
            yield Finding(
                path=setting.path,
                found=quoted(value),
                allowed="Default, or nothing at all",
                fix="remove the field",
            )
