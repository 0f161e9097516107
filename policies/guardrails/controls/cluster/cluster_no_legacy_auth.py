"""Nobody gets in by the ways that were there before IAM and RBAC.

Decided: attribute-based access control, client certificates and basic authentication, each off by default. Basic
authentication is on where `masterAuth.username` is not empty; clusters since 1.19 do not have it, but an old program
may still ask for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.clusters import CLUSTER
from guardrails.conditions import must_be
from guardrails.control import EVERYWHERE, Control, Finding, Outcome, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.resource import Resource
from guardrails.scalars import text


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for each of the three ways that is open."""
    if resource.type != CLUSTER:
        return
    root = Field.root(resource)
    permissions = "permissions that neither RBAC nor IAM knows of"
    yield from must_be(False, root.at("enableLegacyAbac"), absent=False, otherwise=permissions)
    auth = root.object_at("masterAuth")
    if isinstance(auth, Unjudged):
        yield auth
        return
    certificate = auth.at("clientCertificateConfig", "issueClientCertificate")
    yield from must_be(False, certificate, absent=False, otherwise="a client certificate that cannot be revoked")
    yield from _basic(text(auth.at("username"), absent=""))


def _basic(username: str | Unjudged) -> Iterator[Outcome]:
    if isinstance(username, Unjudged):
        yield username
    elif username:
        yield Finding(
            path="masterAuth.username",
            found="a user name, which turns basic authentication on",
            allowed="no user name",
            fix="remove user name and password; people and programs authenticate as Google identities",
        )


CONTROL: Final = Control(
    id="cluster-no-legacy-auth",
    title="Legacy authentication and authorization are off",
    reason=(
        "Legacy authorization grants identities, including service accounts and nodes, permissions beyond those of "
        "RBAC and IAM. Client certificates and passwords of basic authentication cannot be revoked one by one."
    ),
    source=Source(
        title="Google, Harden your cluster's security",
        url="https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster",
    ),
    severity=Severity.HIGH,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation="Leave enableLegacyAbac and masterAuth out, or set them to false; use RBAC and IAM.",
    judge=judge,
)
