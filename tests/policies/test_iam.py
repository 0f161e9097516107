"""Who grants what, over every IAM resource that the provider has."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pulumi_gcp
import pytest
from guardrails.control import Unjudged
from guardrails.fields import Field
from guardrails.iam import EACH, is_grant, members, roles, walk
from guardrails.plain import UNKNOWN
from guardrails.resource import Resource
from hypothesis import given
from hypothesis import strategies as st

_TOKEN = re.compile(r"'(gcp:[^':]+:(?!get)[^':]*I(?:am|AM)[^':]*)'")
_NO_GRANTS = re.compile(r".*(?:CustomRole|AuditConfig|MemberRemove)")


def _resource(type_: str = "gcp:projects/iAMMember:IAMMember", **props: Any) -> Resource:
    return Resource(type=type_, name="grant", urn="urn:grant", props=props)


def _tokens() -> set[str]:
    folder = Path(pulumi_gcp.__file__).parent
    modules = (path for path in folder.rglob("*.py") if "iam" in path.name)
    return {token for path in modules for token in _TOKEN.findall(path.read_text(encoding="utf-8"))}


def test_every_iam_resource_of_the_provider_is_known() -> None:
    tokens = _tokens()
    grants = {token for token in tokens if is_grant(_resource(token))}
    assert len(grants) == 3 * 158
    assert all(_NO_GRANTS.fullmatch(token) for token in tokens - grants)


@pytest.mark.parametrize(
    "type_",
    [
        "gcp:projects/iamMemberRemove:IamMemberRemove",
        "gcp:iam/foldersPolicyBinding:FoldersPolicyBinding",
        "gcp:iam/denyPolicy:DenyPolicy",
        "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    ],
)
def test_what_grants_nothing(type_: str) -> None:
    resource = _resource(type_, role="roles/owner", member="allUsers")
    assert [*roles(resource), *members(resource)] == []


def test_roles_and_members_of_every_form() -> None:
    policy = {"bindings": [{"role": "roles/a", "members": ["user:a", "user:b"]}, {"role": "roles/b"}]}
    resource = _resource(role="roles/c", member="user:c", members=["user:d"], policyData=json.dumps(policy))
    assert [(field.path, field.value) for field in roles(resource) if isinstance(field, Field)] == [
        ("role", "roles/c"),
        ("policyData.bindings[0].role", "roles/a"),
        ("policyData.bindings[1].role", "roles/b"),
    ]
    assert [(field.path, field.value) for field in members(resource) if isinstance(field, Field)] == [
        ("member", "user:c"),
        ("members[0]", "user:d"),
        ("policyData.bindings[0].members[0]", "user:a"),
        ("policyData.bindings[0].members[1]", "user:b"),
    ]


def test_walk_stops_at_what_is_unknown() -> None:
    root = Field(path="", value={"a": [{"b": 1}, UNKNOWN, {"b": UNKNOWN}, {}]})
    found = list(walk(root, "a", EACH, "b"))
    assert [field.path for field in found] == ["a[0].b", "a[1]", "a[2].b", "a[3].b"]
    assert [isinstance(field, Unjudged) for field in found] == [False, True, True, False]


@given(st.text(max_size=40) | st.integers(1, 100_000).map(lambda depth: "[" * depth))
def test_any_text_is_a_policy_or_none(policy: str) -> None:
    for field in [*roles(_resource(policyData=policy)), *members(_resource(policyData=policy))]:
        assert field.path
