"""Images are named by digest, where an environment says so.

Decided: disabled by default, in every environment, rather than mandatory with a parameter that turns it off: a control
that is listed as mandatory and never speaks would tell an auditor what is not so. The image of the nodes is published
by tag, and nobody here has pulled it to know its digest: one that was copied from somewhere would be a guess. A team
that has its own registry turns the control on for a stack with `{"image-digest": "mandatory"}` in the configuration of
the pack. The proxy's image has its digest already.

A tag beside the digest is allowed; which tags are not, image-immutable-tag says, and what is no image reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import Control, Finding, Level, Levels, Parameters, Severity, Source, Unjudged
from guardrails.plain import quoted
from guardrails.pods import image_references
from guardrails.resource import Resource

WHERE_ASKED_FOR: Final = Levels(production=Level.DISABLED, staging=Level.DISABLED, development=Level.DISABLED)
"""It needs images whose digests are known, which only the team that publishes them can have."""


def judge(resource: Resource, _: Parameters) -> Iterator[Finding | Unjudged]:
    """One finding for each image without a digest."""
    for one in image_references(resource):
        if isinstance(one, Unjudged):
            yield one
            continue
        image, reference = one
        if not reference.digest:
            yield Finding(
                path=image.path,
                found=f"{quoted(image.value)}, without a digest",
                allowed="an image with its digest, such as name:v1.4.2@sha256:...",
                fix="add the digest that the registry reports for the tag that was tested",
            )


CONTROL: Final = Control(
    id="image-digest",
    title="Images are named by their digest",
    reason=(
        '"A container image digest uniquely and immutably identifies a container image." Tags "are mutable references, '
        'which means the image referenced by a tag can change".'
    ),
    source=Source(
        title="Google Cloud, About container image digests",
        url="https://cloud.google.com/kubernetes-engine/docs/concepts/about-container-images",
    ),
    severity=Severity.MEDIUM,
    levels=WHERE_ASKED_FOR,
    parameters=Parameters(),
    remediation=(
        "Write the digest behind the tag, name:v1.4.2@sha256:..., as the registry or the build reports it (gcloud "
        "artifacts docker images describe). The tag then only tells people which release it is."
    ),
    judge=judge,
)
