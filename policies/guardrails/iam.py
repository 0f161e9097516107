"""Who is granted which role, in whatever resource says so.

The provider `gcp` 10.2.0 has 158 triples of IAM resources, such as `gcp:projects/iAMMember:IAMMember`. All have the
same fields: `role` with `member` or `members`, or a whole allow policy as JSON text in `policyData`. Removals
(`IamMemberRemove`) are no grants. Fields inside the JSON text are named as if it were an object.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from guardrails.control import Unjudged
from guardrails.fields import Field
from guardrails.resource import Resource
from guardrails.scalars import text

_GRANT: Final = re.compile(r"gcp:[^:]+:\w*I(?:am|AM)(?:Member|Binding|Policy)")

EACH: Final = "[]"
"""A step into every element of a list."""


def is_grant(resource: Resource) -> bool:
    """Whether this is one of the IAM resources."""
    return bool(_GRANT.fullmatch(resource.type))


def roles(resource: Resource) -> Iterator[Field | Unjudged]:
    """Every role that the resource grants; none for what is no IAM resource."""
    if is_grant(resource):
        root = Field.root(resource)
        yield root.at("role")
        yield from _in_policy(root, "role")


def members(resource: Resource) -> Iterator[Field | Unjudged]:
    """Everybody to whom the resource grants something; nobody for what is no IAM resource."""
    if is_grant(resource):
        root = Field.root(resource)
        yield root.at("member")
        yield from walk(root, "members", EACH)
        yield from _in_policy(root, "members", EACH)


def walk(field: Field | Unjudged, *steps: str) -> Iterator[Field | Unjudged]:
    """The fields at the end of a path with lists in it, such as `walk(root, "accesses", EACH, "iamMember")`."""
    for position, step in enumerate(steps):
        if isinstance(field, Unjudged):
            break
        if step == EACH:
            for element in field.elements():
                yield from walk(element, *steps[position + 1 :])
            return
        field = field.at(step)
    yield field


def _in_policy(root: Field, *steps: str) -> Iterator[Field | Unjudged]:
    field = root.at("policyData")
    policy = text(field, absent="")
    if isinstance(policy, Unjudged):
        yield policy
    elif policy:
        try:
            bindings = Field(path="policyData", value=json.loads(policy))
        except (ValueError, RecursionError):
            yield Unjudged(path="policyData", reason="is no JSON")
            return
        yield from walk(bindings, "bindings", EACH, *steps)
