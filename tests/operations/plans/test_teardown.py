"""Kubernetes objects go first, and the cluster waits for what they hold in the cloud."""

from dataclasses import replace

import pytest

from operations.facts import CloudBacked, LoadBalancer, StackResource, Volume
from operations.plans import teardown


def resource(type_: str, *, custom: bool = True) -> StackResource:
    return StackResource(urn=f"urn:pulumi:dev::p2p-nodes::{type_}::r", type=type_, id="r", custom=custom)


def volume(disk: str, policy: str) -> Volume:
    return Volume(name=disk, disk=disk, claim=f"p2p-node/data-{disk}", reclaim_policy=policy)


def test_only_kubernetes_objects_go_first() -> None:
    objects = [resource("kubernetes:apps/v1:StatefulSet"), resource("kubernetes:core/v1:Namespace")]
    others = [
        resource("pulumi:providers:kubernetes"),
        resource("gcp:container/cluster:Cluster"),
        resource("p2p-nodes:platform:P2PNode", custom=False),
        resource("kubernetes:yaml:ConfigFile", custom=False),
    ]
    plan = teardown.plan([*others, *objects])
    assert plan.kubernetes_first == tuple(item.urn for item in objects)
    assert plan.has_cluster
    assert not teardown.plan(objects).has_cluster


@pytest.mark.parametrize("mark", ["protected", "deletion_protection"])
def test_what_refuses_to_go_is_found_before_anything_goes(mark: str) -> None:
    cluster = resource("gcp:container/cluster:Cluster")
    refusing = replace(cluster, protected=mark == "protected", deletion_protection=mark == "deletion_protection")
    assert teardown.plan([resource("gcp:compute/network:Network"), refusing]).refused == (refusing,)


def test_what_was_replaced_and_is_left_over_is_neither_asked_nor_held_by_pulumi() -> None:
    old = replace(resource("gcp:container/cluster:Cluster"), left_over=True, protected=True)
    assert not teardown.plan([old]).has_cluster
    assert teardown.plan([old]).refused == ()
    held_by_google = replace(old, deletion_protection=True)
    assert teardown.plan([held_by_google]).refused == (held_by_google,)


def test_a_volume_with_reclaim_policy_delete_and_every_load_balancer_must_go() -> None:
    held = CloudBacked(
        volumes=(volume("disk-b", "Delete"), volume("disk-a", "Retain")),
        load_balancers=(LoadBalancer(namespace="p2p-node", name="p2p-node-0", address="192.0.2.1"),),
    )
    remaining = teardown.remaining(held)
    assert remaining.disks == ("disk-b",)
    assert remaining.load_balancers == ("p2p-node/p2p-node-0",)
    assert not remaining.nothing
    assert str(remaining) == "load balancers p2p-node/p2p-node-0; disks disk-b"


def test_a_retained_volume_is_not_waited_for_and_is_listed() -> None:
    held = CloudBacked(volumes=(volume("disk-a", "Retain"),), load_balancers=())
    assert teardown.remaining(held).nothing
    assert [volume.disk for volume in teardown.retained(held)] == ["disk-a"]


def test_a_load_balancer_without_an_address_yet_is_waited_for() -> None:
    held = CloudBacked(volumes=(), load_balancers=(LoadBalancer(namespace="a", name="b", address=""),))
    assert not teardown.remaining(held).nothing
