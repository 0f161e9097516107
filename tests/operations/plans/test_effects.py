"""Operations become the words that the settings table uses."""

from dataclasses import replace

import pytest

from operations.facts import Action, Operation
from operations.plans.effects import effects
from tests.operations.sets import inputs

CLUSTER = "gcp:container/cluster:Cluster"
POOL = "gcp:container/nodePool:NodePool"
NODES = "kubernetes:apps/v1:StatefulSet"
PROXIES = "kubernetes:apps/v1:Deployment"


def operation(type: str, action: Action, *paths: str) -> Operation:
    return Operation(urn=f"urn:pulumi:dev::p2p-nodes::{type}::name", action=action, paths=paths)


def test_another_size_or_source_of_claims_is_what_no_update_does() -> None:
    size = "spec.volumeClaimTemplates[0].spec.resources.requests.storage"
    replaced = replace(operation(NODES, Action.REPLACE, size), forced_by=(size,))
    assert effects([replaced]) == ("needs grow-disks",)
    assert effects([replace(replaced, before=inputs("50Gi"), after=inputs("60Gi"))]) == ("needs grow-disks",)
    # No command makes them smaller.
    assert effects([replace(replaced, before=inputs("50Gi"), after=inputs("40Gi"))]) == ("replaces the nodes",)
    template = "spec.volumeClaimTemplates[0].spec"
    for source in (f"{template}.dataSource", f"{template}.dataSource.name"):
        assert effects([replace(replaced, forced_by=(size, source))]) == ("needs grow-disks",)
    assert effects([replace(replaced, forced_by=(f"{template}.dataSourceRef",))]) == ("replaces the nodes",)
    other = "spec.volumeClaimTemplates[0].spec.accessModes[0]"
    assert effects([replace(replaced, forced_by=(size, other))]) == ("replaces the nodes",)
    assert effects([replace(replaced, forced_by=())]) == ("replaces the nodes",)


@pytest.mark.parametrize(
    ("type", "action", "paths", "effect"),
    [
        (CLUSTER, Action.SAME, (), "nothing"),
        ("pulumi:pulumi:Stack", Action.UPDATE, ("outputs.image",), "nothing"),
        (CLUSTER, Action.UPDATE, ("releaseChannel.channel",), "in place"),
        (CLUSTER, Action.CREATE, (), "in place"),
        (CLUSTER, Action.REPLACE, ("subnetwork",), "replaces the cluster"),
        (CLUSTER, Action.DELETE, (), "deletes the cluster"),
        (NODES, Action.UPDATE, ("spec.replicas",), "in place"),
        (NODES, Action.UPDATE, ("spec.templateless",), "in place"),
        (NODES, Action.UPDATE, ("spec.replicas", "spec.template.spec.containers[0].image"), "rolls the nodes"),
        (NODES, Action.UPDATE, ("spec.template",), "rolls the nodes"),
        (NODES, Action.REPLACE, ("spec.volumeClaimTemplates[0].spec.resources",), "replaces the nodes"),
        (PROXIES, Action.UPDATE, ("spec.template.spec.volumes[0].configMap.name",), "rolls the proxies"),
        (POOL, Action.UPDATE, ("nodeCount",), "in place"),
        (POOL, Action.UPDATE, ("nodeConfig.machineType",), "rolls the system pool"),
        (POOL, Action.UPDATE, ("nodeConfig",), "rolls the system pool"),
        (POOL, Action.UPDATE, ("nodeConfig.resourceLabels.team",), "in place"),
        (POOL, Action.UPDATE, ("nodeConfig.taints[0].value",), "in place"),
        ("kubernetes:storage.k8s.io/v1:StorageClass", Action.REPLACE, (), "replaces the StorageClass"),
        ("kubernetes:storage.k8s.io/v1:StorageClass", Action.DELETE, (), "in place"),
        ("kubernetes:core/v1:ConfigMap", Action.REPLACE, ("data",), "in place"),
        ("pulumi:providers:kubernetes", Action.REPLACE, ("kubeconfig",), "in place"),
        ("gcp:kms/cryptoKey:CryptoKey", Action.DELETE, (), "deletes the key"),
        ("kubernetes:core/v1:Namespace", Action.DELETE, (), "deletes the namespace"),
        ("kubernetes:core/v1:PersistentVolumeClaim", Action.DELETE, (), "deletes the claim"),
        ("gcp:compute/disk:Disk", Action.DELETE, (), "deletes the disk"),
        (CLUSTER, Action.CLEAN_UP, (), "nothing"),
        ("gcp:pubsub/topic:Topic", Action.DELETE, (), "in place"),
    ],
)
def test_one_operation(type: str, action: Action, paths: tuple[str, ...], effect: str) -> None:
    assert effects([operation(type, action, *paths)]) == (effect,)


def test_no_operation_is_nothing() -> None:
    assert effects([]) == ("nothing",)


def test_what_is_stronger_than_in_place_is_said_alone_sorted_and_once() -> None:
    template = "spec.template.spec.containers[0].env[1].value"
    assert effects(
        [
            operation(CLUSTER, Action.UPDATE, "resourceLabels.team"),
            operation(PROXIES, Action.UPDATE, template),
            operation(NODES, Action.UPDATE, template),
            operation(NODES, Action.UPDATE, template),
        ]
    ) == ("rolls the nodes", "rolls the proxies")


@pytest.mark.parametrize("action", [Action.REPLACE, Action.DELETE])
def test_a_cluster_that_goes_is_all_that_is_said(action: Action) -> None:
    said = effects([operation(NODES, Action.REPLACE), operation(POOL, Action.REPLACE), operation(CLUSTER, action)])
    assert said == (f"{action}s the cluster",)
