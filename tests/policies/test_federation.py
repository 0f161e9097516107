"""What a condition pins, against a brute-force reading of the same condition."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from guardrails.cel import parse
from guardrails.federation import BOTH, Claims, Pin, is_code_host
from guardrails.plain import UNKNOWN
from guardrails.resource import Resource
from hypothesis import given
from hypothesis import strategies as st

from tests.policies.case_files import BY_ID, judged

_GITHUB = "https://token.actions.githubusercontent.com"


@pytest.mark.parametrize(
    ("issuer", "is_one"),
    [
        (_GITHUB, True),
        (f"{_GITHUB}/octo-enterprise", True),
        ("https://token.actions.octo.ghe.com", True),
        ("https://gitlab.com", True),
        ("https://gitlab.example.com", False),
        ("https://token.actions.githubusercontent.com.example.com", False),
        ("https://container.googleapis.com/v1/projects/p/locations/l/clusters/c", False),
        ("", False),
    ],
)
def test_code_hosts(issuer: str, is_one: bool) -> None:
    assert is_code_host(issuer) is is_one


def test_whole_subject_pins_where_there_are_no_repositories() -> None:
    tree = parse('assertion.sub in ["system:serviceaccount:ci:deployer"]')
    assert Claims(mapping={}, whole_subject=True).pinned(tree) == BOTH
    assert Claims(mapping={}, whole_subject=False).pinned(tree) == frozenset()


def test_subject_of_a_repository_is_never_a_whole_one() -> None:
    tree = parse('assertion.sub == "repo:owner/name:pull_request"')
    assert Claims(mapping={}, whole_subject=True).pinned(tree) == {Pin.REPOSITORY}


def test_bare_name_and_its_type_are_a_branch() -> None:
    tree = parse('assertion.ref == "main" && assertion.ref_type == "branch"')
    assert Claims(mapping={}, whole_subject=False).pinned(tree) == {Pin.REF_NAME, Pin.REF_TYPE, Pin.BRANCH}


_TOKENS: list[dict[str, str]] = [
    {"repository": repository, "ref": ref, "actor": actor}
    for repository in ("o/ours", "o/theirs")
    for ref in ("refs/heads/main", "refs/heads/x")
    for actor in ("a", "b")
]
_OURS = ("o/ours", "refs/heads/main")


def _compared(claim: str, values: list[str], operator: str) -> tuple[str, Mapping[int, bool]]:
    literal = str(values) if operator == "in" else repr(values[0])
    allowed = values if operator == "in" else values[:1]
    truth = {
        number: (token[claim] not in allowed) if operator == "!=" else token[claim] in allowed
        for number, token in enumerate(_TOKENS)
    }
    return f"assertion.{claim} {operator} {literal}", truth


_OPERATORS = st.sampled_from(["==", "!=", "in"])
_ATOMS = (
    st.builds(_compared, st.just("repository"), st.just(["o/ours"]), _OPERATORS)
    | st.builds(_compared, st.just("ref"), st.just(["refs/heads/main"]), _OPERATORS)
    | st.builds(_compared, st.just("actor"), st.sampled_from([["a"], ["a", "b"]]), _OPERATORS)
    | st.just(("true", dict.fromkeys(range(len(_TOKENS)), True)))
)
_Judged = tuple[str, Mapping[int, bool]]


def _all(left: _Judged, right: _Judged) -> _Judged:
    return f"({left[0]}) && ({right[0]})", {n: left[1][n] and right[1][n] for n in left[1]}


def _any(left: _Judged, right: _Judged) -> _Judged:
    return f"({left[0]}) || ({right[0]})", {n: left[1][n] or right[1][n] for n in left[1]}


def _not(inner: _Judged) -> _Judged:
    return f"!({inner[0]})", {n: not value for n, value in inner[1].items()}


_CONDITIONS = st.recursive(
    _ATOMS,
    lambda below: st.builds(_all, below, below) | st.builds(_any, below, below) | st.builds(_not, below),
    max_leaves=8,
)


@given(_CONDITIONS)
def test_what_is_pinned_lets_nobody_else_in(condition: _Judged) -> None:
    text, truth = condition
    pins = Claims(mapping={}, whole_subject=False).pinned(parse(text))
    let_in = [_TOKENS[number] for number, true in truth.items() if true]
    if Pin.REPOSITORY in pins:
        assert {token["repository"] for token in let_in} <= {_OURS[0]}
    if Pin.BRANCH in pins:
        assert {token["ref"] for token in let_in} <= {_OURS[1]}


def _provider(condition: str, issuer: object = _GITHUB, mapping: object = None) -> Resource:
    return Resource(
        type="gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
        name="github",
        urn="urn:github",
        props={"oidc": {"issuerUri": issuer}, "attributeCondition": condition, "attributeMapping": mapping},  # type: ignore[dict-item]
    )


_SUBJECT = 'assertion.sub == "system:serviceaccount:ci:deployer"'
_BY_ATTRIBUTE = 'attribute.repo == "o/n" && assertion.ref == "refs/heads/main"'


@pytest.mark.parametrize(
    ("provider", "paths"),
    [
        (_provider(_SUBJECT, "https://ci.example.com"), []),
        (_provider(_SUBJECT), ["attributeCondition"]),
        (_provider(_SUBJECT, UNKNOWN), ["oidc.issuerUri"]),
        (_provider("true", UNKNOWN), ["attributeCondition"]),
        (_provider("true", "https://ci.example.com"), ["attributeCondition"]),
        (_provider(_BY_ATTRIBUTE, mapping={"attribute.repo": "assertion.repository"}), []),
        (_provider(_BY_ATTRIBUTE, mapping={"attribute.repo": "assertion.repository_owner"}), ["attributeCondition"]),
        (_provider(_BY_ATTRIBUTE, mapping={"attribute.repo": "assertion."}), ["attributeCondition"]),
        (_provider(_BY_ATTRIBUTE, mapping={"attribute.repo": UNKNOWN}), ['attributeMapping["attribute.repo"]']),
        (_provider(_BY_ATTRIBUTE, mapping=UNKNOWN), ["attributeMapping"]),
        (_provider("true", mapping={"attribute.repo": UNKNOWN}), ["attributeCondition"]),
        (_provider("true", mapping=UNKNOWN), ["attributeCondition"]),
    ],
)
def test_issuer_and_mapping_decide_what_a_claim_is(provider: Resource, paths: list[str]) -> None:
    outcomes = judged(BY_ID["workload-identity-condition"], [provider])
    assert [outcome.path for _, outcome in outcomes] == paths
