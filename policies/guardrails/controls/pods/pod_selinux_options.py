"""SELinux confines as it does by default: no user, no role, and only types meant for containers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import EVERYWHERE, Control, Finding, Outcome, Parameters, Severity, Unjudged
from guardrails.fields import Field
from guardrails.plain import quoted
from guardrails.pod_security import baseline, security_settings
from guardrails.resource import Resource
from guardrails.scalars import text

_ALLOWED: Final[dict[str, tuple[str, ...]]] = {
    "type": ("container_t", "container_init_t", "container_kvm_t", "container_engine_t"),
    "user": (),
    "role": (),
}


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for each type that is not for containers, each user and each role."""
    for options in security_settings(resource, "seLinuxOptions"):
        here = options if isinstance(options, Unjudged) else options.object_at()
        if isinstance(here, Unjudged):
            yield here
            continue
        for key, allowed in _ALLOWED.items():
            yield from _judge(here.at(key), allowed)


def _judge(field: Field | Unjudged, allowed: tuple[str, ...]) -> Iterator[Outcome]:
    value = text(field)
    if isinstance(value, Unjudged):
        yield value
    elif value and value not in allowed:
        yield Finding(
            path=field.path,
            found=quoted(value),
            allowed=f"{', '.join(allowed)}, or nothing at all" if allowed else "nothing at all",
            fix="remove the field: the runtime's own type confines the container",
        )


CONTROL: Final = Control(
    id="pod-selinux-options",
    title="SELinux confines every container as one",
    reason=('"Setting the SELinux type is restricted, and setting a custom SELinux user or role option is forbidden."'),
    source=baseline("seLinuxOptions"),
    severity=Severity.HIGH,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation="Remove type, user and role from securityContext.seLinuxOptions; level may stay.",
    judge=judge,
)
