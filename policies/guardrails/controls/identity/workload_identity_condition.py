"""Whoever comes with a token of another issuer comes from one repository and one branch.

Decided:
- Every provider with `oidc` counts. At an issuer without repositories the whole subject must be pinned instead. AWS,
  SAML and X.509 providers are not judged: they know no repositories.
- A repository is pinned by `repository`, `repository_id`, `project_path` or `project_id`; an owner alone is not enough.
- A branch is pinned by a `ref` below `refs/heads/` (at GitLab the bare name with `ref_type == "branch"`), by the
  `environment`, whose rules decide which branches deploy, or by a `workflow_ref`, which names both. `job_workflow_ref`
  is the called workflow's, not the caller's, and `ref_protected` holds for any branch with a rule: neither counts.
- A subject (`sub`) counts where it names them, as `repo:o/r:ref:refs/heads/main` does and `repo:o/r:pull_request` not.
- They are compared with literal texts, by `==` or `in`. What a function, a pattern or a negation leaves open is open,
  and every side of `||` must pin by itself. A condition that cannot be read pins nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.cel import Expression, UnreadableError, parse
from guardrails.control import EVERYWHERE, Control, Finding, Outcome, Parameters, Severity, Source, Unjudged
from guardrails.federation import BOTH, Claims, is_code_host
from guardrails.fields import Field
from guardrails.plain import quoted
from guardrails.resource import Resource
from guardrails.scalars import text

_TYPE: Final = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"
_CONDITION: Final = "attributeCondition"
_ATTRIBUTES: Final = ("attribute", "google")


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for a provider whose condition leaves the repository or the branch open."""
    if resource.type != _TYPE:
        return
    root = Field.root(resource)
    oidc = root.object_at("oidc")
    condition = text(root.at(_CONDITION), absent="")
    if isinstance(oidc, Unjudged):
        yield oidc
    elif oidc.value is None:
        return
    elif isinstance(condition, Unjudged):
        yield condition
    elif not condition.strip():
        yield _finding("no condition: every token of the issuer is accepted")
    else:
        try:
            expression = parse(condition)
        except UnreadableError as error:
            yield _finding(f"a condition of which nothing is known: {error}")
            return
        yield from _judge(expression, condition, root, text(oidc.at("issuerUri"), absent=""))


def _judge(expression: Expression, condition: str, root: Field, issuer: str | Unjudged) -> Iterator[Outcome]:
    mapping, doubts = _mapping(root, condition)
    whole_subject = not isinstance(issuer, Unjudged) and not is_code_host(issuer)
    pins = Claims(mapping=mapping, whole_subject=whole_subject).pinned(expression)
    if pins >= BOTH:
        return
    if isinstance(issuer, Unjudged) and Claims(mapping=mapping, whole_subject=True).pinned(expression) >= BOTH:
        yield issuer
    elif doubts:
        yield doubts[0]
    else:
        missing = " and ".join(f"the {pin.value}" for pin in sorted(BOTH - pins, key=lambda pin: pin.value))
        yield _finding(f"{quoted(condition)}, which leaves {missing} open")


def _mapping(root: Field, condition: str) -> tuple[dict[str, str], list[Unjudged]]:
    """The attributes, and those that are not known and in the condition."""
    field = root.object_at("attributeMapping")
    if isinstance(field, Unjudged):
        return {}, [field] if any(word in condition for word in _ATTRIBUTES) else []
    known: dict[str, str] = {}
    doubts: list[Unjudged] = []
    for key in field.value if isinstance(field.value, dict) else {}:
        expression = text(field.at(key), absent="")
        if isinstance(expression, str):
            known[key] = expression
        elif key.partition(".")[2] in condition:
            doubts.append(expression)
    return known, doubts


def _finding(found: str) -> Finding:
    return Finding(
        path=_CONDITION,
        found=found,
        allowed='a repository and a branch, as in assertion.repository == "owner/name" && '
        'assertion.ref == "refs/heads/main"; environment, workflow_ref or sub may say it too',
        fix="compare repository and ref with literal texts by == or in, joined by &&",
    )


CONTROL: Final = Control(
    id="workload-identity-condition",
    title="Workload identity providers pin repository and branch",
    reason=(
        "GitHub and GitLab use one issuer for all their customers. Without a condition on its claims, anybody's "
        "workflow gets a token that the provider accepts; without the branch, so does every unreviewed push."
    ),
    source=Source(
        title="Google, Configure Workload Identity Federation with deployment pipelines",
        url="https://cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines",
    ),
    severity=Severity.CRITICAL,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation=(
        'Set attributeCondition to assertion.repository == "owner/name" && assertion.ref == "refs/heads/main", or to '
        "the environment in the place of the branch; repository_id survives a repository's renaming."
    ),
    judge=judge,
)
