"""Images come from registries that somebody chose.

Decided: the default list has what the platform itself runs, by the accounts on Docker Hub that publish it (`atactr` for
the nodes, `ubuntu`, Canonical's, for squid), the official image `python`, in which archives are restored, and the two
registries in which only Kubernetes' and GKE's own releases are. Hosts on which anybody can publish are allowed by path
alone: `docker.io`, `ghcr.io`, `quay.io`, and Artifact Registry too, where a host such as `europe-docker.pkg.dev` serves
every project of the world. A team adds its own as `REGION-docker.pkg.dev/PROJECT/REPOSITORY`, for all stacks or for
one. `docker.io/ubuntu` is the account; the official image `ubuntu` is `docker.io/library/ubuntu`, which is not in the
list.

Hosts are compared as they are written, port included: another port is another server. What is no image reference at
all names no registry, and is for image-immutable-tag to refuse.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import pydantic
from pydantic import field_validator

from guardrails.control import PRODUCTION, Control, Finding, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.image_reference import ImageReference, InvalidReferenceError, parse
from guardrails.plain import quoted
from guardrails.pods import image_references
from guardrails.resource import Resource

_DEFAULT: Final = ("docker.io/atactr", "docker.io/library/python", "docker.io/ubuntu", "gke.gcr.io", "registry.k8s.io")


class RegistryParameters(Parameters):
    """From where images may come."""

    registries: list[str] = pydantic.Field(
        default=list(_DEFAULT),
        description=(
            "Registry hosts, with their port where it is written in images, each with an optional path of whole "
            "segments: docker.io/library, europe-docker.pkg.dev/my-project. Docker Hub is docker.io."
        ),
    )

    @field_validator("registries")
    @classmethod
    def _are_registries(cls, registries: list[str]) -> list[str]:
        for registry in registries:
            if not _is_registry(registry):
                raise ValueError(f"{registry!r} is no registry host with an optional path, such as docker.io/library")
        return registries


def _is_registry(text: str) -> bool:
    # What stands before any name must be the registry of an image, and the path the beginning of the image's.
    try:
        return str(parse(f"{text}/one/two")) == f"{text}/one/two"
    except InvalidReferenceError:
        return False


def is_allowed(reference: ImageReference, registries: Sequence[str]) -> bool:
    """Whether the image lies in one of the registries, or below one of their paths. Segments match as a whole."""
    name = f"{reference.domain}/{reference.path}"
    return any(f"{name}/".startswith(f"{registry}/") for registry in registries)


def judge(resource: Resource, parameters: RegistryParameters) -> Iterator[Finding | Unjudged]:
    """One finding for each image from elsewhere. An absent image comes from nowhere."""
    for one in image_references(resource):
        if isinstance(one, Unjudged):
            yield one
        elif not is_allowed(one[1], parameters.registries):
            yield _finding(*one, parameters.registries)


def _finding(image: Field, reference: ImageReference, registries: Sequence[str]) -> Finding:
    name = f"{reference.domain}/{reference.path}" if reference.domain else reference.path
    return Finding(
        path=image.path,
        found=f"{quoted(image.value)}, which is {name}",
        allowed=f"images of {', '.join(registries)}" if registries else "no image at all: the list is empty",
        fix="take the image from one of these, copy it there, or add its registry to the parameter registries",
    )


CONTROL: Final = Control(
    id="image-allowed-registry",
    title="Images come from the registries that were chosen",
    reason=(
        "Whoever publishes an image decides what runs in the pod, so that images come from sources that are trusted. A "
        "name one letter off, or an account that anybody can open, is pulled as readily as the right one."
    ),
    source=Source(
        title="Kubernetes documentation, Security Checklist: Images",
        url="https://kubernetes.io/docs/concepts/security/security-checklist/#images",
    ),
    severity=Severity.HIGH,
    levels=PRODUCTION,
    parameters=RegistryParameters(),
    remediation=(
        "Take the image from a registry of the list, or copy it to the team's own repository in Artifact Registry and "
        "add that, with project and repository, to the parameter registries."
    ),
    judge=judge,
)
