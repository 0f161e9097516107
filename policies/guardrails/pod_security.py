"""The Pod Security Standards: the one version that is checked, and what its checks have in common.

Each check of https://github.com/kubernetes/pod-security-admission is a control of its own, with that check's meaning at
the version below: which of the pod's and the containers' settings decides, and which pods are exempt. One thing differs
in form: where a check of *restricted* repeats and extends one of *baseline*, our control of *restricted* leaves to that
of *baseline* what the latter refuses, so that one fault is one finding. Both together are the standard.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from guardrails.conditions import unless
from guardrails.control import Outcome, Source, Unjudged
from guardrails.fields import Field
from guardrails.pods import containers, pod_spec
from guardrails.resource import Resource
from guardrails.scalars import boolean, text

MINOR: Final = 36
"""The standard of Kubernetes 1.36: what `pod-security.kubernetes.io/enforce-version: v1.36` asks for."""
VERSION: Final = f"v1.{MINOR}"
_RELEASE: Final = f"v0.{MINOR}.3"

DEFAULT_CAPABILITIES: Final = frozenset(
    (
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    )
)
"""What container runtimes give to a container that asks for nothing."""
PROFILE_TYPES: Final = ("RuntimeDefault", "Localhost")
"""The types of profiles, of seccomp and of AppArmor, that confine a container."""


def baseline(check: str) -> Source:
    """The source of a control of the standard *baseline*; `check` is its file's name."""
    return _source("baseline", check)


def restricted(check: str) -> Source:
    """The source of a control of the standard *restricted*; `check` is its file's name."""
    return _source("restricted", check)


def _source(level: str, check: str) -> Source:
    return Source(
        title=f"Pod Security Standards of Kubernetes {VERSION}, {level}, check {check}",
        url=f"https://github.com/kubernetes/pod-security-admission/blob/{_RELEASE}/policy/check_{check}.go",
    )


def container_settings(resource: Resource, *keys: str) -> Iterator[Field | Unjudged]:
    """The field below the security context of every container."""
    for container in containers(resource):
        yield _setting(container, keys)


def security_settings(resource: Resource, *keys: str) -> Iterator[Field | Unjudged]:
    """The field below the pod's security context, then that of every container. Nothing if there are no pods."""
    spec = pod_spec(resource)
    if spec is None:
        return
    yield _setting(spec, keys)
    if isinstance(spec, Field):
        yield from container_settings(resource, *keys)


def _setting(holder: Field | Unjudged, keys: tuple[str, ...]) -> Field | Unjudged:
    return holder if isinstance(holder, Unjudged) else holder.at("securityContext", *keys)


def leaves(field: Field | Unjudged, *levels: tuple[str, ...]) -> Iterator[Field | Unjudged]:
    """The fields below one, by every way through the levels. One Unjudged for all that is below such a field."""
    if not levels or isinstance(field, Unjudged):
        yield field
        return
    here = field.object_at()
    if isinstance(here, Unjudged):
        yield here
    elif here.value is not None:
        for key in levels[0]:
            yield from leaves(here.at(key), *levels[1:])


def unless_windows(resource: Resource, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """The outcomes, but for pods that say they run on Windows, where the API server refuses these settings."""
    spec = pod_spec(resource)
    if spec is not None:
        name = text(spec if isinstance(spec, Unjudged) else spec.at("os", "name"))
        yield from unless(name if isinstance(name, Unjudged) else name == "windows", outcomes)


def in_user_namespace(resource: Resource) -> bool | Unjudged:
    """Whether the pod has users of its own (`hostUsers: false`), whose root is nobody on the node."""
    spec = pod_spec(resource)
    host_users = None if spec is None else boolean(spec if isinstance(spec, Unjudged) else spec.at("hostUsers"))
    return host_users if isinstance(host_users, Unjudged) else host_users is False


def unless_in_user_namespace(resource: Resource, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """The outcomes, but for pods with users of their own."""
    return unless(in_user_namespace(resource), outcomes)


def unset_in(settings: Iterable[Field | Unjudged]) -> list[str]:
    """Which containers have no such setting, as in `containers[0]`."""
    return [
        setting.path.partition(".securityContext")[0].rpartition(".")[2]
        for setting in settings
        if isinstance(setting, Field) and setting.value is None
    ]
