"""No service account has a key.

Decided: keys that Google makes and keys whose public half is uploaded are the same resource and both refused: whoever
holds the private half is the account, until somebody remembers to delete it. So is an API key that is bound to a
service account, which acts as it. An API key without an account identifies a project, not a caller, and passes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import EVERYWHERE, Control, Finding, Outcome, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.resource import Resource
from guardrails.scalars import text

_KEY: Final = "gcp:serviceaccount/key:Key"
_API_KEY: Final = "gcp:projects/apiKey:ApiKey"


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for each key, whatever account it is for."""
    root = Field.root(resource)
    if resource.type == _KEY:
        uploaded = root.at("publicKeyData")
        given = isinstance(uploaded, Unjudged) or uploaded.value is not None
        what = "a key whose public half is uploaded" if given else "a key that Google makes"
        yield _finding("serviceAccountId", f"{what}, which never expires by itself")
    elif resource.type == _API_KEY:
        account = text(root.at("serviceAccountEmail"), absent="")
        if isinstance(account, Unjudged):
            yield account
        elif account:
            yield _finding("serviceAccountEmail", "an API key that acts as a service account")


def _finding(path: str, found: str) -> Finding:
    return Finding(
        path=path,
        found=found,
        allowed="no keys of service accounts",
        fix="use Workload Identity Federation, an attached service account or impersonation",
    )


CONTROL: Final = Control(
    id="no-service-account-keys",
    title="Service accounts have no keys",
    reason=(
        "Service account keys are a security risk: they leak into places where they are not supposed to be, serve to "
        "escalate privileges, and hide who acted. Workload identity federation eliminates the maintenance and security "
        "burden associated with them."
    ),
    source=Source(
        title="Google, Best practices for managing service account keys",
        url="https://cloud.google.com/iam/docs/best-practices-for-managing-service-account-keys",
    ),
    severity=Severity.CRITICAL,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation=(
        "Remove the key. Pods use Workload Identity Federation for GKE, pipelines use Workload Identity Federation "
        "with their own tokens, people impersonate the account."
    ),
    judge=judge,
)
