from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.dataplane.changes import Action, Create, Delete, Emit
from sandbox.dataplane.facts import NODE_POOL, Cluster
from sandbox.dataplane.machines import catalogue
from sandbox.dataplane.node_objects import auto_provisioned, node
from sandbox.dataplane.nodes import plan
from sandbox.simulator.store import Record

Json = dict[str, Any]
Make = Callable[..., Any]


@pytest.fixture(name="cluster")
def _cluster(cluster_of: Make) -> Cluster:
    return cluster_of()  # type: ignore[no-any-return]


def real_node(cluster: Cluster, name: str, zone: str, machine: str = "e2-standard-2", **spec: Any) -> Json:
    body = node(
        cluster, auto_provisioned(cluster, catalogue()[machine], zone), name=name, taken_addresses=(), taken_ranges=()
    )
    body["metadata"]["uid"] = f"uid-{name}"
    body["status"]["conditions"] = [{"type": "Ready", "status": "True"}]
    body["spec"] |= spec
    return body


def created(actions: list[Action], kind: str = "Node") -> list[Json]:
    return [c.body for a in actions for c in a.changes if isinstance(c, Create) and c.kind == kind]


def said(actions: list[Action]) -> list[str]:
    return [c.message for a in actions for c in a.changes if isinstance(c, Emit)]


def zones(bodies: list[Json]) -> list[str]:
    return [b["metadata"]["labels"]["topology.kubernetes.io/zone"] for b in bodies]


def types(bodies: list[Json]) -> list[str]:
    return [b["metadata"]["labels"]["node.kubernetes.io/instance-type"] for b in bodies]


SPREAD = {
    "topologySpreadConstraints": [
        {
            "maxSkew": 1,
            "topologyKey": "topology.kubernetes.io/zone",
            "whenUnsatisfiable": "DoNotSchedule",
            "minDomains": 3,
            "labelSelector": {"matchLabels": {"app": "p"}},
        }
    ]
}
APART = {
    "affinity": {
        "podAntiAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": [
                {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "p"}}}
            ]
        }
    }
}


@pytest.mark.parametrize(
    ("cpu", "spec", "count", "expected"),
    [
        ("500m", {}, 2, ["e2-standard-2"]),
        ("1500m", {}, 2, ["e2-standard-2", "e2-standard-2"]),
        ("900m", {}, 3, ["e2-standard-2", "e2-standard-2"]),
        ("3", {}, 1, ["e2-standard-4"]),
        ("500m", {"nodeSelector": {"cloud.google.com/machine-family": "n2"}}, 1, ["n2-standard-2"]),
        ("500m", {"nodeSelector": {"node.kubernetes.io/instance-type": "n2-highmem-4"}}, 1, ["n2-highmem-4"]),
        ("100m", SPREAD, 3, ["e2-standard-2"] * 3),
        ("100m", APART, 2, ["e2-standard-2"] * 2),
    ],
)
def test_the_smallest_machines_that_take_the_pods(
    make_facts: Make, pending: Make, cpu: str, spec: Json, count: int, expected: list[str]
) -> None:
    made = created(plan(make_facts(pods=[pending(f"p-{i}", cpu=cpu, **spec) for i in range(count)])))
    assert types(made) == expected
    assert len(set(zones(made))) == len(made), "one zone after the other"
    assert len({b["metadata"]["name"] for b in made}) == len(made)
    assert len({b["status"]["addresses"][0]["address"] for b in made}) == len(made)
    assert len({b["spec"]["podCIDR"] for b in made}) == len(made)


def test_a_node_looks_like_gkes(make_facts: Make, pending: Make) -> None:
    [body] = created(plan(make_facts(pods=[pending("p")])))
    labels, name = body["metadata"]["labels"], body["metadata"]["name"]
    assert labels["cloud.google.com/gke-boot-disk"] == "pd-ssd"
    assert labels["cloud.google.com/machine-family"] == "e2"
    assert labels["cloud.google.com/gke-provisioning"] == "standard"
    assert labels["cloud.google.com/gke-nodepool"].startswith("nap-e2-standard-2-")
    assert labels["topology.kubernetes.io/region"] == "europe-west4"
    assert labels["topology.gke.io/zone"] == labels["topology.kubernetes.io/zone"] == "europe-west4-b"
    assert labels["kubernetes.io/hostname"] == name
    assert body["spec"]["providerID"] == f"gce://demo/europe-west4-b/{name}"
    assert body["metadata"]["annotations"]["kwok.x-k8s.io/node"] == "fake"
    assert body["status"]["capacity"]["pods"] == "110"
    assert len(name) <= 63


def test_a_pod_that_fits_what_is_there_or_on_its_way_gets_no_node(
    make_facts: Make, pending: Make, cluster: Cluster
) -> None:
    assert not created(plan(make_facts(pods=[pending("p")], nodes=[real_node(cluster, "n", "europe-west4-b")])))


@pytest.mark.parametrize(
    "spec", [{"unschedulable": True}, {"taints": [{"key": "k", "value": "v", "effect": "NoSchedule"}]}]
)
def test_a_closed_node_does_not_count(make_facts: Make, pending: Make, cluster: Cluster, spec: Json) -> None:
    closed = real_node(cluster, "n", "europe-west4-b", **spec)
    assert len(created(plan(make_facts(pods=[pending("p")], nodes=[closed])))) == 1


@pytest.mark.parametrize("who", ["newcomer", "resident"])
def test_pods_that_keep_apart_do_so_whoever_asks(
    make_facts: Make, pending: Make, placed: Make, cluster: Cluster, who: str
) -> None:
    newcomer, resident = pending("p"), placed("r", "n", metadata={"labels": {"app": "p"}})
    (newcomer if who == "newcomer" else resident)["spec"] |= APART
    there = real_node(cluster, "n", "europe-west4-b")
    assert len(created(plan(make_facts(pods=[newcomer, resident], nodes=[there])))) == 1


def test_a_bound_volume_decides_the_zone(make_facts: Make, pending: Make, bound: Make) -> None:
    claim, volume = bound("data", zone="europe-west4-d")
    made = created(plan(make_facts(pods=[pending("p", claim="data")], claims=[claim], volumes=[volume])))
    assert zones(made) == ["europe-west4-d"]


def test_a_pod_whose_claim_is_missing_gets_no_node(make_facts: Make, pending: Make) -> None:
    assert not plan(make_facts(pods=[pending("p", claim="nowhere")]))


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        ({"cpu": 1, "memory": 64}, "max cluster cpu limit reached"),
        ({"cpu": 16, "memory": 4}, "max cluster memory limit reached"),
        ({"cpu": 1, "memory": 1}, "max cluster cpu, memory limit reached"),
    ],
)
def test_limits_are_kept_and_said(
    make_facts: Make, pending: Make, cluster_of: Make, limits: dict[str, int], says: str
) -> None:
    scaling = [{"resourceType": k, "minimum": 0, "maximum": v} for k, v in limits.items()]
    actions = plan(make_facts(cluster=cluster_of(resourceLimits=scaling), pods=[pending("p")]))
    assert not created(actions)
    assert says in said(actions)[0]


def test_limits_count_the_nodes_that_are_there(make_facts: Make, pending: Make, cluster: Cluster) -> None:
    full = real_node(cluster, "n", "europe-west4-b", "e2-standard-16")
    actions = plan(make_facts(pods=[pending("p", cpu="15900m")], nodes=[full]))
    assert not created(actions)
    assert "max cluster cpu" in said(actions)[0]


def test_only_idle_nodes_go(make_facts: Make, cluster: Cluster, placed: Make) -> None:
    nodes = [real_node(cluster, name, "europe-west4-b") for name in ("busy", "daemons", "empty", "ended")]
    daemon = placed("d", "daemons", metadata={"ownerReferences": [{"kind": "DaemonSet", "name": "d"}]})
    pods = [placed("p", "busy"), daemon, placed("e", "ended", phase="Succeeded")]
    actions = plan(make_facts(nodes=nodes, pods=pods))
    gone = {c.name: a.wait for a in actions for c in a.changes if isinstance(c, Delete)}
    assert set(gone) == {"daemons", "empty", "ended"}
    assert all(wait and wait.row == "node-idle" and wait.real_floor > 0 for wait in gone.values())


def test_the_minimum_stays(make_facts: Make, cluster_of: Make, cluster: Cluster) -> None:
    limits = [{"resourceType": "cpu", "minimum": 2, "maximum": 16}]
    nodes = [real_node(cluster, name, "europe-west4-b") for name in ("a", "b")]
    actions = plan(make_facts(cluster=cluster_of(resourceLimits=limits), nodes=nodes))
    assert sum(isinstance(c, Delete) for a in actions for c in a.changes) == 1


def test_without_a_cluster_our_nodes_go_and_others_stay(make_facts: Make, cluster: Cluster, an_object: Make) -> None:
    nodes = [real_node(cluster, "ours", "europe-west4-b"), an_object("Node", "theirs")]
    actions = plan(make_facts(cluster=None, nodes=nodes))
    assert [c for a in actions for c in a.changes] == [Delete(kind="Node", namespace="", name="ours")]


def test_node_pools_have_their_nodes(make_facts: Make, cluster: Cluster) -> None:
    outputs = {
        "name": "system",
        "cluster": "projects/demo/locations/europe-west4/clusters/p2p",
        "nodeCount": 1,
        "nodeConfig": {
            "machineType": "e2-standard-4",
            "diskType": "pd-ssd",
            "taints": [{"key": "t", "value": "true", "effect": "NO_SCHEDULE"}],
        },
    }
    record = Record(type=NODE_POOL, id=f"{cluster.id}/nodePools/system", inputs={}, outputs=outputs)
    made = created(plan(make_facts(records=(record,))))
    assert zones(made) == ["europe-west4-b", "europe-west4-c", "europe-west4-d"]
    assert set(types(made)) == {"e2-standard-4"}
    assert made[0]["spec"]["taints"] == [{"key": "t", "value": "true", "effect": "NoSchedule"}]
    for body in made:
        body["metadata"]["uid"] = f"uid-{body['metadata']['name']}"
    assert not created(plan(make_facts(records=(record,), nodes=made))), "they are made once"
    gone = [c.name for a in plan(make_facts(nodes=made)) for c in a.changes if isinstance(c, Delete)]
    assert sorted(gone) == sorted(b["metadata"]["name"] for b in made)


def test_every_node_registers_its_driver(make_facts: Make, cluster: Cluster) -> None:
    [body] = created(plan(make_facts(nodes=[real_node(cluster, "n", "europe-west4-b")])), "CSINode")
    assert body["spec"]["drivers"][0]["name"] == "pd.csi.storage.gke.io"
    assert body["spec"]["drivers"][0]["topologyKeys"] == ["topology.gke.io/zone"]
    assert body["metadata"]["ownerReferences"][0]["uid"] == "uid-n"
