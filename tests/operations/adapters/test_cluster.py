"""What a cluster holds in the cloud, and a cluster that does not answer."""

import socket
from types import SimpleNamespace as Object

import pytest
import yaml

from operations.adapters.cluster import Cluster, backed, load_balancer_of, volume_of
from operations.errors import OperationError, UnreachableError
from operations.facts import LoadBalancer, Volume


def service(type_: str, ingress: list[Object] | None) -> Object:
    return Object(
        metadata=Object(namespace="p2p-node", name="p2p-node-0"),
        spec=Object(type=type_),
        status=Object(load_balancer=Object(ingress=ingress)),
    )


@pytest.mark.parametrize(
    ("ingress", "address"),
    [
        (None, ""),
        ([], ""),
        ([Object(ip="192.0.2.1", hostname=None)], "192.0.2.1"),
        ([Object(ip=None, hostname="h")], "h"),
    ],
)
def test_load_balancers(ingress: list[Object] | None, address: str) -> None:
    assert load_balancer_of(service("LoadBalancer", ingress)) == LoadBalancer(
        namespace="p2p-node", name="p2p-node-0", address=address
    )


def test_only_services_of_type_load_balancer_are_backed_by_the_cloud() -> None:
    assert [backed(service(type_, None)) for type_ in ("LoadBalancer", "ClusterIP", "NodePort")] == [True, False, False]


@pytest.mark.parametrize("claim", [None, Object(namespace="p2p-node", name="data-p2p-node-0")])
def test_volumes(claim: Object | None) -> None:
    volume = Object(
        metadata=Object(name="pvc-1"),
        spec=Object(
            csi=Object(volume_handle="projects/p/zones/z/disks/pvc-1"),
            claim_ref=claim,
            persistent_volume_reclaim_policy="Delete",
        ),
    )
    assert volume_of(volume) == Volume(
        name="pvc-1",
        disk="projects/p/zones/z/disks/pvc-1",
        claim="p2p-node/data-p2p-node-0" if claim else "",
        reclaim_policy="Delete",
    )


def test_a_missing_credential_plugin_is_named() -> None:
    kubeconfig = yaml.safe_dump(
        {
            "clusters": [{"name": "c", "cluster": {"server": "https://192.0.2.1"}}],
            "users": [{"name": "u", "user": {"exec": {"command": "no-such-auth-plugin"}}}],
        }
    )
    with pytest.raises(OperationError, match="no-such-auth-plugin, which is not on PATH"):
        Cluster(kubeconfig)


def test_a_cluster_that_does_not_answer_is_named() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        server = f"http://127.0.0.1:{unused.getsockname()[1]}"
        kubeconfig = yaml.safe_dump(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{"name": "c", "cluster": {"server": server}}],
                "users": [{"name": "u", "user": {}}],
                "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
                "current-context": "c",
            }
        )
        with pytest.raises(UnreachableError, match=f"{server} does not answer"):
            Cluster(kubeconfig).cloud_backed()
