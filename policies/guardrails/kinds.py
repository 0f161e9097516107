"""What kind of Kubernetes object a resource is."""

from __future__ import annotations

from guardrails.control import Resource


def group_and_kind(resource: Resource) -> tuple[str, str]:
    """The API group and the kind, such as `("core", "Pod")`, whatever the version, for objects and patches alike.

    Two empty strings for what is no Kubernetes object. The group matters: others have kinds of the same name with
    other fields, such as Volcano's Job.
    """
    match resource.type.split(":"):
        case ["kubernetes", group_and_version, kind]:
            return group_and_version.partition("/")[0], kind.removesuffix("Patch")
        case _:
            return "", ""


def is_patch(resource: Resource) -> bool:
    """Whether the resource is one of Pulumi's Patch types, which name only the fields they change."""
    return resource.type.startswith("kubernetes:") and resource.type.endswith("Patch")
