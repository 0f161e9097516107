"""What an update may not take without an acknowledgement."""

import re
from dataclasses import replace

import pytest

from operations.facts import DATABASES, Action, Failure, Operation, StackResource
from operations.plans import losses
from operations.plans.effects import effects
from tests.program_mocks import ROOT

CLUSTER = "gcp:container/cluster:Cluster"
NODES = "kubernetes:apps/v1:StatefulSet"
KEY = "gcp:kms/cryptoKey:CryptoKey"


def operation(type: str, action: Action, *forced_by: str) -> Operation:
    return Operation(urn=f"urn:pulumi:dev::p2p-nodes::{type}::p2p", action=action, paths=forced_by, forced_by=forced_by)


KINDS = {
    CLUSTER: {"cluster", "volumes"},
    NODES: {"volumes"},
    "kubernetes:core/v1:Namespace": {"volumes"},
    "kubernetes:core/v1:PersistentVolume": {"volumes"},
    "kubernetes:core/v1:PersistentVolumeClaim": {"volumes"},
    "gcp:compute/disk:Disk": {"volumes"},
    "gcp:compute/regionDisk:RegionDisk": {"volumes"},
    KEY: {"keys"},
    "gcp:kms/keyRing:KeyRing": {"keys"},
    "gcp:gkebackup/backupPlan:BackupPlan": {"volumes"},
    **{type: {"databases"} for type in DATABASES},
}


@pytest.mark.parametrize("action", [Action.REPLACE, Action.DELETE])
@pytest.mark.parametrize(("type", "kinds"), KINDS.items())
def test_precious_things_that_go_are_losses(type: str, kinds: set[str], action: Action) -> None:
    gone = operation(type, action)
    assert losses.losses([gone]) == (gone,)
    assert losses.unaccepted([gone], []) == (gone,)
    assert losses.unaccepted([gone], {"cluster", "volumes", "keys", "databases"} - kinds) == (gone,)
    assert losses.unaccepted([gone], kinds) == ()


def test_nothing_else_is_precious() -> None:
    assert set(losses.PRECIOUS) == set(KINDS)


@pytest.mark.parametrize("action", [Action.REPLACE, Action.DELETE])
@pytest.mark.parametrize("type", KINDS)
def test_no_loss_is_said_to_be_in_place(type: str, action: Action) -> None:
    (said,) = effects([operation(type, action)])
    assert said.startswith(f"{action}s the ")


@pytest.mark.parametrize(
    "change",
    [
        operation(CLUSTER, Action.UPDATE, "resourceLabels.team"),
        operation(CLUSTER, Action.CREATE),
        operation("gcp:container/nodePool:NodePool", Action.REPLACE),
        operation("kubernetes:storage.k8s.io/v1:StorageClass", Action.REPLACE),
        operation("kubernetes:core/v1:Service", Action.DELETE),
    ],
)
def test_everything_else_is_none(change: Operation) -> None:
    assert losses.losses([change]) == ()


@pytest.mark.parametrize("acknowledged", [(), ("cluster",), ("volumes",), ("keys",), ("volumes", "keys")])
def test_a_cluster_needs_its_volumes_acknowledged_too(acknowledged: tuple[str, ...]) -> None:
    gone = operation(CLUSTER, Action.REPLACE)
    assert losses.unaccepted([gone], acknowledged) == (gone,)
    assert losses.unaccepted([gone], ("cluster", "volumes")) == ()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (None, set()),
        ("", set()),
        ('["cluster","volumes"]', {"cluster", "volumes"}),
        ('["everything","keys"]', {"keys"}),
        ('"cluster"', set()),
        ('{"cluster": true}', set()),
        ("[[]]", set()),
        ("cluster", set()),
        ("true", set()),
    ],
)
def test_what_is_acknowledged(text: str | None, kinds: set[str]) -> None:
    assert losses.accepted(text) == kinds


def test_the_refusal_names_what_goes_why_and_both_ways_out() -> None:
    text = losses.refusal("dev", [operation(CLUSTER, Action.REPLACE, "subnetwork"), operation(KEY, Action.DELETE)])
    assert "replaces gcp:container/cluster:Cluster p2p, because of subnetwork\n" in text
    assert "deletes gcp:kms/cryptoKey:CryptoKey p2p\n" in text
    assert "Nothing was changed" in text
    assert "Take the change back" in text
    assert "add cluster, keys, volumes to p2p-nodes:accept_replacement in Pulumi.dev.yaml" in text


def test_deletion_protection_counts_as_it_is_now() -> None:
    gone = operation(CLUSTER, Action.REPLACE)
    held = StackResource(urn=gone.urn, type=CLUSTER, id="c", custom=True, deletion_protection=True)
    other = StackResource(urn="urn:other", type=CLUSTER, id="o", custom=True, deletion_protection=True)
    free = StackResource(urn=gone.urn, type=CLUSTER, id="c", custom=True)
    assert losses.undeletable([gone], [held, other]) == (held,)
    assert losses.undeletable([gone], [free, other]) == ()
    assert losses.undeletable([gone], [free, replace(held, left_over=True)]) == ()


TO_UNPROTECT = "To unprotect the resource, remove the `protect` flag from the resource in your Pulumi program and "


@pytest.mark.parametrize(
    "said",
    [
        f'unable to replace resource "urn"\nas it is currently marked for protection. {TO_UNPROTECT}run `pulumi up`',
        'unable to replace resource "urn" as part of replacing "other" as it is currently marked for protection. '
        f"{TO_UNPROTECT}run `pulumi up`, or use the command:\n`pulumi state unprotect 'urn'`",
        'resource "urn" cannot be deleted\nbecause it is protected. To unprotect the resource, either remove the '
        "`protect` flag from the resource in your Pulumi program and run `pulumi up`, or use the command:\n"
        "`pulumi state unprotect 'urn'`",
    ],
)
def test_protection_is_read_from_the_engine_s_words(said: str) -> None:
    assert losses.is_protected([Failure(urn="urn", message="quota exceeded"), Failure(urn="urn", message=said)])
    assert losses.protected("dev").count("make up STACK=dev") == 1


def test_the_runbook_takes_the_same_locks_off() -> None:
    runbook = (ROOT / "docs" / "upgrades.md").read_text().partition("## Taking protection off on purpose")[2]
    for setting in ("p2p-nodes:protect: false", "deletion_protection: false", "accept_replacement: [cluster]"):
        assert setting in losses.locks_off("STACK")
        assert setting in runbook.partition("```yaml")[2].partition("```")[0]


@pytest.mark.parametrize(("goes", "types"), [("the cluster,", [CLUSTER]), ("the same for", [CLUSTER, KEY])])
def test_the_runbook_names_every_kind_that_a_cluster_needs(goes: str, types: list[str]) -> None:
    (row,) = re.findall(rf"^ *\| {goes}.*\| `\[(.*)\]` \|$", (ROOT / "docs" / "upgrades.md").read_text(), re.MULTILINE)
    assert set(row.split(", ")) == set().union(*(KINDS[type] for type in types))


def test_other_failures_are_not_protection() -> None:
    assert not losses.is_protected([Failure(urn="urn", message="quota exceeded")])


def test_what_is_acknowledged_is_said_with_what_it_lets_through() -> None:
    lost = [operation(CLUSTER, Action.REPLACE, "subnetwork"), operation(NODES, Action.DELETE)]
    assert losses.allowance({"volumes"}, lost) == (
        "p2p-nodes:accept_replacement allows volumes; take it out when it is no longer meant.\n"
        "  lets through: deletes kubernetes:apps/v1:StatefulSet p2p"
    )
    assert "lets through: replaces gcp:container/cluster" in losses.allowance({"cluster", "volumes"}, lost)


def test_the_cluster_among_the_losses() -> None:
    assert losses.takes_the_cluster([operation(NODES, Action.REPLACE), operation(CLUSTER, Action.REPLACE)])
    assert not losses.takes_the_cluster([operation(NODES, Action.REPLACE)])
