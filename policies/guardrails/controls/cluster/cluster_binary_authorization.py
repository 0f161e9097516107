"""The project's Binary Authorization policy decides what may run.

Decided: disabled in every environment, until an environment says otherwise by giving this control a level. Enforcement
asks a policy that the project keeps outside of this program; a new project's allows everything, so that turning it on
before somebody wrote one looks safe and is not. The older `enabled: true` means the same as the mode.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.clusters import CLUSTER
from guardrails.conditions import unless
from guardrails.control import Control, Finding, Level, Levels, Outcome, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.plain import quoted
from guardrails.resource import Resource
from guardrails.scalars import boolean, text

_ENFORCED: Final = "PROJECT_SINGLETON_POLICY_ENFORCE"
_WHERE_ASKED_FOR: Final = Levels(production=Level.DISABLED, staging=Level.DISABLED, development=Level.DISABLED)


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for a cluster that enforces nothing."""
    if resource.type == CLUSTER:
        root = Field.root(resource)
        older = boolean(root.at("binaryAuthorization", "enabled"), absent=False)
        yield from unless(older, _judge(text(root.at("binaryAuthorization", "evaluationMode"), absent="")))


def _judge(mode: str | Unjudged) -> Iterator[Outcome]:
    if isinstance(mode, Unjudged):
        yield mode
    elif mode != _ENFORCED:
        yield Finding(
            path="binaryAuthorization.evaluationMode",
            found=quoted(mode) if mode else "nothing, which means DISABLED",
            allowed=_ENFORCED,
            fix="write the project's policy first, then enforce it",
        )


CONTROL: Final = Control(
    id="cluster-binary-authorization",
    title="Only images that the project's policy admits may run",
    reason=(
        "Binary Authorization ensures that only trusted container images are deployed on GKE, by requiring images to "
        "be signed by trusted authorities during development and enforcing the validation at deployment."
    ),
    source=Source(
        title="Google, Binary Authorization overview", url="https://cloud.google.com/binary-authorization/docs/overview"
    ),
    severity=Severity.MEDIUM,
    levels=_WHERE_ASKED_FOR,
    parameters=Parameters(),
    remediation=(
        "Write the project's Binary Authorization policy, set binaryAuthorization.evaluationMode to "
        "PROJECT_SINGLETON_POLICY_ENFORCE, and give this control a level in the pack's configuration of that stack."
    ),
    judge=judge,
)
