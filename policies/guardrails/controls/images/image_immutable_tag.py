"""Images carry an immutable tag or a digest.

Decided: `name:latest@sha256:...` is refused too. The digest does pin the content, but Kubernetes still reads the tag
and defaults imagePullPolicy to Always (pkg/apis/core/v1/defaults.go of v1.36.3), so that no pod starts while the
registry is away; and the reader is told a version that is not the one running. Every other tag beside a digest is
allowed, since then the digest decides and the tag is a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from semver import Version

from guardrails.control import EVERYWHERE, Control, Finding, Parameters, Severity, Source, Unjudged
from guardrails.image_reference import InvalidReferenceError, parse
from guardrails.plain import Plain, quoted, type_name
from guardrails.pods import images
from guardrails.resource import Resource

_ALLOWED: Final = (
    "a SemVer tag (1.4.2, v1.4.2, product-v1.4.2-rc1), a Git SHA (all 40 or 64 digits, or sha- and at least 7), "
    "or a digest (@sha256:...)"
)
_PIN: Final = "name the release that was tested, by its SemVer tag, its Git SHA or its digest"

# No word of the prefix may look like a version, so that the floating v1.2 of `v1.2-3.4.5` never passes for a product.
_WORD: Final = r"(?!v[0-9])[A-Za-z][A-Za-z0-9]*"
_SEMVER: Final = re.compile(rf"(?:{_WORD}(?:[._-]+{_WORD})*-)?v?(?P<version>[0-9].*)")
# A bare abbreviation is refused: 20240131 is as good a date as it is a SHA. SHA-256 repositories have 64 digits.
_GIT_SHA: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}|sha-(?:[0-9a-f]{7,40}|[0-9a-f]{64})")
_LATEST: Final = re.compile(r"(?:^|[._-])latest(?:$|[._-])")


def is_immutable(tag: str) -> bool:
    """Whether a tag names one build for good, by the conventions of SemVer and of Git."""
    if _LATEST.search(tag):
        return False
    match = _SEMVER.fullmatch(tag)
    return bool(match and Version.is_valid(match["version"])) or bool(_GIT_SHA.fullmatch(tag))


def _problem(image: Plain) -> tuple[str, str] | None:
    """What is wrong with an image and how to mend it, or None."""
    match image:
        case None | "":
            return "no image", _PIN
        case str():
            pass
        case other:
            return f"{type_name(other)} where an image reference is expected", _PIN
    try:
        reference = parse(image)
    except InvalidReferenceError as error:
        return f"{quoted(image)}, which is no image reference: {error}", "correct the reference"
    if reference.digest:
        if reference.tag == "latest":
            return f"{quoted(image)}, where the tag latest contradicts the digest", "remove :latest, keep the digest"
        return None
    if reference.tag is None:
        return f"{quoted(image)}, which has no tag and so means latest", _PIN
    if is_immutable(reference.tag):
        return None
    return f"{quoted(image)}, where the tag {quoted(reference.tag)} can be moved to another build", _PIN


def judge(resource: Resource, _: Parameters) -> Iterator[Finding | Unjudged]:
    """One finding for each image that may change without a change of the program."""
    for image in images(resource):
        if isinstance(image, Unjudged):
            yield image
            continue
        if image.value is None and resource.is_patch:
            continue
        if problem := _problem(image.value):
            found, fix = problem
            yield Finding(path=image.path, found=found, allowed=_ALLOWED, fix=fix)


CONTROL: Final = Control(
    id="image-immutable-tag",
    title="Images carry an immutable tag or a digest, never latest",
    reason=(
        '"You should avoid using the :latest tag when deploying containers in production as it is harder to track '
        'which version of the image is running and more difficult to roll back properly."'
    ),
    source=Source(
        title="Kubernetes documentation, Images",
        url="https://kubernetes.io/docs/concepts/containers/images/#image-names",
    ),
    severity=Severity.HIGH,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation=(
        "Give every image a SemVer tag (an optional product prefix and an optional v are fine), a Git SHA (in full, or "
        "after sha-) or a digest. A branch, a moving tag such as stable or 1.2, and no tag at all are refused; so is "
        "latest, even beside a digest, because Kubernetes then still pulls at every start."
    ),
    judge=judge,
)
