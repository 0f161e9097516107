"""Cloud Storage is not reached with HMAC keys.

Decided: an inactive key is refused too: one call makes it active, and its secret is in the state.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.control import EVERYWHERE, Control, Finding, Parameters, Severity, Source
from guardrails.resource import Resource

_TYPE: Final = "gcp:storage/hmacKey:HmacKey"


def judge(resource: Resource, _: Parameters) -> Iterator[Finding]:
    """One finding for each key, whatever account it is for."""
    if resource.type == _TYPE:
        yield Finding(
            path="serviceAccountEmail",
            found="an HMAC key: a secret that never expires and acts as the account",
            allowed="no HMAC keys",
            fix="let clients use Google's own libraries with short-lived tokens instead of the S3-compatible API",
        )


CONTROL: Final = Control(
    id="no-hmac-keys",
    title="Nobody reaches Cloud Storage with an HMAC key",
    reason=(
        "An HMAC key consists of an access ID and a secret that sign requests in the name of a service account. It is "
        "a long-lived credential like a service account key, and no policy against those keeps it out."
    ),
    source=Source(title="Google, HMAC keys", url="https://cloud.google.com/storage/docs/authentication/hmackeys"),
    severity=Severity.HIGH,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation="Remove the key and let the client authenticate with its own identity and short-lived tokens.",
    judge=judge,
)
