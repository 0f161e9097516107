"""Nobody is granted a role over everything.

Decided: Owner, Editor and Viewer, and Google's newer basic roles Admin, Writer and Reader. They count in every IAM
resource, whatever it is about, in allow policies given as JSON text, and in what Privileged Access Manager hands out
on request. Roles that BigQuery and Cloud Storage call basic cover one dataset or bucket, and are not meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final

from guardrails.control import EVERYWHERE, Control, Finding, Outcome, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.iam import EACH, roles, walk
from guardrails.plain import quoted
from guardrails.resource import Resource
from guardrails.scalars import text

_BASIC: Final = frozenset(f"roles/{name}" for name in ("owner", "editor", "viewer", "admin", "writer", "reader"))
_ENTITLEMENT: Final = "gcp:privilegedaccessmanager/entitlement:Entitlement"


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for each grant of a basic role."""
    for field in chain(roles(resource), _on_request(resource)):
        role = text(field, absent="")
        if isinstance(role, Unjudged):
            yield role
        elif role in _BASIC:
            yield Finding(
                path=field.path,
                found=f"{quoted(role)}, a basic role with thousands of permissions over all services",
                allowed="predefined or custom roles",
                fix="grant the roles for what is really done; the IAM recommender lists them",
            )


def _on_request(resource: Resource) -> Iterator[Field | Unjudged]:
    if resource.type == _ENTITLEMENT:
        yield from walk(Field.root(resource), "privilegedAccess", "gcpIamAccess", "roleBindings", EACH, "role")


CONTROL: Final = Control(
    id="no-primitive-roles",
    title="Nobody is granted a basic role",
    reason=(
        '"Basic roles include thousands of permissions across all Google Cloud services. In production environments, '
        "do not grant basic roles unless there is no alternative. Instead, grant the most limited predefined roles or "
        'custom roles that meet your needs."'
    ),
    source=Source(title="Google, Roles and permissions", url="https://cloud.google.com/iam/docs/roles-overview#basic"),
    severity=Severity.HIGH,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation="Replace the basic role by the predefined or custom roles for what the member really does.",
    judge=judge,
)
