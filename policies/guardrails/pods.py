"""The one walk over pods, whatever kind of object declares them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from guardrails.control import Unjudged
from guardrails.fields import Field
from guardrails.image_reference import ImageReference, InvalidReferenceError, parse
from guardrails.resource import Resource

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
    keys = _POD_SPECS.get(resource.kind)
    return Field.root(resource).object_at(*keys) if keys else None


def pod_metadata(resource: Resource) -> Field | Unjudged | None:
    """What the pods of a workload, or of a patch of one, are called and labelled. None if it declares no pods."""
    keys = _POD_SPECS.get(resource.kind)
    return Field.root(resource).object_at(*keys[:-1], "metadata") if keys else None


def pod_annotations(resource: Resource) -> Field | Unjudged | None:
    """The annotations of the pods themselves, not of what makes them. None if the resource declares no pods."""
    metadata = pod_metadata(resource)
    return metadata.object_at("annotations") if isinstance(metadata, Field) else metadata


def containers(resource: Resource) -> Iterator[Field | Unjudged]:
    """Every container, init container and ephemeral container that the resource declares."""
    spec = pod_spec(resource)
    if isinstance(spec, Unjudged):
        yield spec
    elif spec is not None:
        for key in _CONTAINER_LISTS:
            yield from elements_at(spec, key)


def images(resource: Resource) -> Iterator[Field | Unjudged]:
    """Every image field: those of the containers, and those of image volumes. Absent ones have the value None."""
    for container in containers(resource):
        yield container if isinstance(container, Unjudged) else container.at("image")
    for volume in volumes(resource) if isinstance(pod_spec(resource), Field) else ():
        image = volume if isinstance(volume, Unjudged) else volume.at("image")
        if isinstance(image, Unjudged):
            yield image
        elif image.value is not None:
            yield image.at("reference")


def image_references(resource: Resource) -> Iterator[tuple[Field, ImageReference] | Unjudged]:
    """Every image that is named, parsed. None of what is absent or no reference: image-immutable-tag refuses those."""
    for image in images(resource):
        if isinstance(image, Unjudged):
            yield image
        elif isinstance(image.value, str):
            with suppress(InvalidReferenceError):
                yield image, parse(image.value)


def volumes(resource: Resource) -> Iterator[Field | Unjudged]:
    """Every volume that the resource's pods declare."""
    spec = pod_spec(resource)
    if spec is not None:
        yield from elements_at(spec, "volumes")


def elements_at(field: Field | Unjudged, *keys: str) -> Iterator[Field | Unjudged]:
    """The elements of the list below a field, none for an absent one; one Unjudged for a list that is none."""
    elements = field if isinstance(field, Unjudged) else field.at(*keys)
    if isinstance(elements, Unjudged):
        yield elements
    else:
        yield from elements.elements()
