"""Machines run as a service account of their own.

Decided: absent and `default` both mean the Compute Engine default service account, and so does its address. The
machines that auto-provisioning makes count, on Autopilot too, where it is the only place to say so. What roles the
account has is for no-primitive-roles.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from guardrails.clusters import CLUSTER, autopilot, over_auto_provisioned, over_machines
from guardrails.control import EVERYWHERE, Control, Finding, Outcome, Parameters, Severity, Source, Unjudged
from guardrails.fields import Field
from guardrails.plain import quoted
from guardrails.resource import Resource
from guardrails.scalars import text

_DEFAULT: Final = re.compile(r"default|[0-9]+-compute@developer\.gserviceaccount\.com")


def judge(resource: Resource, _: Parameters) -> Iterator[Outcome]:
    """One finding for each kind of machine that runs as the default account."""
    root = Field.root(resource)
    if resource.type == CLUSTER and autopilot(root) is True:
        yield from over_auto_provisioned(root, _judge)
    else:
        yield from over_machines(resource, _judge)


def _judge(machines: Field) -> Iterator[Outcome]:
    field = machines.at("serviceAccount")
    account = text(field, absent="")
    if isinstance(account, Unjudged):
        yield account
    elif not account or _DEFAULT.fullmatch(account):
        yield Finding(
            path=field.path,
            found=f"{quoted(account)}, the Compute Engine default service account"
            if account
            else "nothing, which means the Compute Engine default service account",
            allowed="an account of the machines' own",
            fix="make an account with the role roles/container.defaultNodeServiceAccount and name it here",
        )


CONTROL: Final = Control(
    id="nodes-own-service-account",
    title="Machines run as a service account of their own",
    reason=(
        "The Compute Engine default service account often has the Editor role on the whole project, and every pod that "
        "breaks out gets it. Google recommends a custom account with the few roles that GKE's machines need."
    ),
    source=Source(
        title="Google, About service accounts in GKE",
        url="https://cloud.google.com/kubernetes-engine/docs/how-to/service-accounts",
    ),
    severity=Severity.HIGH,
    levels=EVERYWHERE,
    parameters=Parameters(),
    remediation=(
        "Give serviceAccount in each node pool's nodeConfig and in clusterAutoscaling.autoProvisioningDefaults the "
        "address of an account that is made for the machines, with roles/container.defaultNodeServiceAccount only."
    ),
    judge=judge,
)
