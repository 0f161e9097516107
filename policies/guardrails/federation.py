"""What the condition of a workload identity provider pins down: which repository, which branch.

Only what holds wherever the condition is true counts: `&&` adds up, of `||` what all sides have in common is left, and
a negation, a function or a pattern pins nothing. Claims are those of GitHub and of GitLab:
https://docs.github.com/en/actions/reference/security/oidc and https://docs.gitlab.com/ci/secrets/id_token_authentication/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import reduce
from typing import Final

from guardrails.cel import And, Expression, OneOf, Or, Path, UnreadableError, parse


class Pin(Enum):
    """What is pinned. GitLab's `ref` is a bare name, which is a branch's only together with `ref_type`."""

    REPOSITORY = "repository"
    BRANCH = "branch"
    REF_NAME = "ref name"
    REF_TYPE = "ref type"


_NOTHING: Final[frozenset[Pin]] = frozenset()
_REPOSITORY: Final = frozenset({Pin.REPOSITORY})
BOTH: Final = frozenset({Pin.REPOSITORY, Pin.BRANCH})

_REPOSITORY_CLAIMS: Final = ("repository", "repository_id", "project_path", "project_id")
_BRANCH: Final = "refs/heads/"
_SUBJECT_OF_BRANCH: Final = re.compile(
    r"repo:[^:]+:ref:refs/heads/.+|repo:[^:]+:environment:.+|project_path:[^:]+:ref_type:branch:ref:.+"
)
_SUBJECT_OF_REPOSITORY: Final = re.compile(r"(?:repo|project_path):[^:]+:.+")
_CODE_HOSTS: Final = re.compile(
    r"https://(?:token\.actions\.(?:githubusercontent|[^./]+\.ghe)\.com|gitlab\.com)(?:/.*)?"
)


def is_code_host(issuer: str) -> bool:
    """Whether the issuer is github.com, a subdomain of ghe.com, or gitlab.com, which everybody may use."""
    return bool(_CODE_HOSTS.fullmatch(issuer))


@dataclass(frozen=True, kw_only=True)
class Claims:
    """How claims are named: `mapping` from attributes to expressions, as the provider has it.

    At a code host a subject counts for what its form says. `whole_subject` is for other issuers, where it is all that
    there is: to pin it is to pin one workload.
    """

    mapping: Mapping[str, str]
    whole_subject: bool

    def pinned(self, expression: Expression) -> frozenset[Pin]:
        """What is pinned wherever the condition is true."""
        match expression:
            case And(operands=operands):
                return _with_branch(frozenset().union(*map(self.pinned, operands)))
            case Or(operands=operands):
                return _common(map(self.pinned, operands))
            case OneOf(keys=keys, values=values):
                claim = self._claim(keys)
                return _common(self._by_value(claim, value) for value in values)
            case _:
                return _NOTHING

    def _claim(self, keys: tuple[str, ...]) -> str:
        match keys:
            case ("assertion", claim):
                return claim
            case ("attribute" | "google", _):
                return _mapped(self.mapping.get(".".join(keys), ""))
            case _:
                return ""

    def _by_value(self, claim: str, value: str) -> frozenset[Pin]:
        match claim:
            case "ref":
                return frozenset({Pin.BRANCH if value.startswith(_BRANCH) else Pin.REF_NAME})
            case "ref_type" if value == "branch":
                return frozenset({Pin.REF_TYPE})
            case "environment":
                return frozenset({Pin.BRANCH})
            case "workflow_ref" if f"@{_BRANCH}" in value:
                return BOTH
            case "sub":
                return self._by_subject(value)
            case _:
                return _REPOSITORY if claim in _REPOSITORY_CLAIMS else _NOTHING

    def _by_subject(self, subject: str) -> frozenset[Pin]:
        if _SUBJECT_OF_BRANCH.fullmatch(subject):
            return BOTH
        if _SUBJECT_OF_REPOSITORY.fullmatch(subject):
            return _REPOSITORY
        return BOTH if self.whole_subject else _NOTHING


def _mapped(expression: str) -> str:
    """The claim that an attribute is, empty where it is anything but a claim as it came."""
    try:
        match parse(expression):
            case Path(keys=("assertion", claim)):
                return claim
            case _:
                return ""
    except UnreadableError:
        return ""


def _with_branch(pins: frozenset[Pin]) -> frozenset[Pin]:
    return pins | {Pin.BRANCH} if {Pin.REF_NAME, Pin.REF_TYPE} <= pins else pins


def _common(pins: Iterable[frozenset[Pin]]) -> frozenset[Pin]:
    return reduce(frozenset.intersection, pins)
