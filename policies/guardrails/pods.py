"""The one walk over pods, whatever kind of object declares them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import Resource, Unjudged
from guardrails.fields import Field
from guardrails.kinds import group_and_kind

_TEMPLATE: Final = ("spec", "template", "spec")

_POD_SPECS: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("core", "Pod"): ("spec",),
    ("core", "PodTemplate"): ("template", "spec"),
    ("core", "ReplicationController"): _TEMPLATE,
    ("apps", "ReplicaSet"): _TEMPLATE,
    ("apps", "Deployment"): _TEMPLATE,
    ("apps", "StatefulSet"): _TEMPLATE,
    ("apps", "DaemonSet"): _TEMPLATE,
    ("extensions", "ReplicaSet"): _TEMPLATE,
    ("extensions", "Deployment"): _TEMPLATE,
    ("extensions", "DaemonSet"): _TEMPLATE,
    ("batch", "Job"): _TEMPLATE,
    ("batch", "CronJob"): ("spec", "jobTemplate", *_TEMPLATE),
}

_CONTAINER_LISTS: Final = ("initContainers", "containers", "ephemeralContainers")


def pod_spec(resource: Resource) -> Field | Unjudged | None:
    """The pod specification that a workload, or a patch of one, declares. None if the resource declares no pods."""
    keys = _POD_SPECS.get(group_and_kind(resource))
    return Field.root(resource).object_at(*keys) if keys else None


def containers(resource: Resource) -> Iterator[Field | Unjudged]:
    """Every container, init container and ephemeral container that the resource declares."""
    spec = pod_spec(resource)
    if isinstance(spec, Unjudged):
        yield spec
    elif spec is not None:
        for key in _CONTAINER_LISTS:
            yield from _elements(spec, key)


def images(resource: Resource) -> Iterator[Field | Unjudged]:
    """Every image field: those of the containers, and those of image volumes. Absent ones have the value None."""
    for container in containers(resource):
        yield container if isinstance(container, Unjudged) else container.at("image")
    spec = pod_spec(resource)
    if not isinstance(spec, Field):
        return
    for volume in _elements(spec, "volumes"):
        image = volume if isinstance(volume, Unjudged) else volume.at("image")
        if isinstance(image, Unjudged):
            yield image
        elif image.value is not None:
            yield image.at("reference")


def _elements(spec: Field, key: str) -> Iterator[Field | Unjudged]:
    elements = spec.at(key)
    if isinstance(elements, Unjudged):
        yield elements
    else:
        yield from elements.elements()
