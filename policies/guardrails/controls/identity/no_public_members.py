"""Nothing is granted to everybody.

Decided: `allUsers` and `allAuthenticatedUsers`, which is everybody with any Google account, in every IAM resource, in
allow policies given as JSON text, in access lists of Cloud Storage with their predefined forms (`publicRead`,
`publicReadWrite`, `authenticatedRead`), and in access to BigQuery's datasets and rows. Whole domains and the identities
of a workload identity pool are not everybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Final

from guardrails.control import EVERYWHERE, Control, Finding, Outcome, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.iam import EACH, members, walk
from guardrails.plain import quoted
from guardrails.resource import Resource
from guardrails.scalars import text

_EVERYBODY: Final = frozenset({"allusers", "allauthenticatedusers"})
_PREDEFINED: Final = frozenset({"publicread", "publicreadwrite", "authenticatedread"})

_ELSEWHERE: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "gcp:storage/bucketAccessControl:BucketAccessControl": (("entity",),),
    "gcp:storage/objectAccessControl:ObjectAccessControl": (("entity",),),
    "gcp:storage/defaultObjectAccessControl:DefaultObjectAccessControl": (("entity",),),
    "gcp:storage/bucketACL:BucketACL": (("roleEntities", EACH), ("predefinedAcl",), ("defaultAcl",)),
    "gcp:storage/objectACL:ObjectACL": (("roleEntities", EACH), ("predefinedAcl",)),
    "gcp:storage/defaultObjectACL:DefaultObjectACL": (("roleEntities", EACH),),
    "gcp:bigquery/datasetAccess:DatasetAccess": (("specialGroup",), ("iamMember",)),
    "gcp:bigquery/dataset:Dataset": (("accesses", EACH, "specialGroup"), ("accesses", EACH, "iamMember")),
    "gcp:bigquery/rowAccessPolicy:RowAccessPolicy": (("grantees", EACH),),
}


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for each grant to everybody."""
    root = Field.root(resource)
    elsewhere = chain.from_iterable(walk(root, *steps) for steps in _ELSEWHERE.get(resource.type, ()))
    # A list that cannot be walked stands in the way of more than one field, and is one outcome.
    yield from dict.fromkeys(chain.from_iterable(_judge(field) for field in chain(members(resource), elsewhere)))


def _judge(field: Field | Unjudged) -> Iterator[Outcome]:
    member = text(field, absent="")
    if isinstance(member, Unjudged):
        yield member
    elif _is_public(member):
        yield Finding(
            path=field.path,
            found=f"{quoted(member)}, which is everybody",
            allowed="people, groups, service accounts and workload identities by their names",
            fix="name who needs it",
        )


def _is_public(member: str) -> bool:
    # Access lists have the role before the entity: READER:allUsers.
    return member.rpartition(":")[2].casefold() in _EVERYBODY or member.casefold() in _PREDEFINED


CONTROL: Final = Control(
    id="no-public-members",
    title="Nothing is granted to everybody",
    reason=(
        "allUsers is anyone on the internet, and allAuthenticatedUsers anyone who signed in with a Google account, "
        "inside the organisation or not. What is granted to them is public."
    ),
    source=Source(title="Google, IAM principals", url="https://cloud.google.com/iam/docs/principals-overview"),
    severity=Severity.CRITICAL,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation="Remove the grant, or make it to the groups, service accounts and workload identities that need it.",
    judge=judge,
)
