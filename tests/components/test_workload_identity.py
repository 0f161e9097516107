from __future__ import annotations

from tests.program_mocks import of_settings


def test_nodes_are_somebody_of_their_own_to_google() -> None:
    workload, suffix = "p2p-node", "node"
    built = of_settings()
    account = built.one("gcp:serviceaccount/account:Account", f"{workload}-identity-account")
    assert account.inputs["accountId"] == f"p2p-nodes-test-{suffix}"
    binding = built.one("gcp:serviceaccount/iAMMember:IAMMember", f"{workload}-identity-user")
    assert binding.inputs == {
        "serviceAccountId": f"projects/project/serviceAccounts/p2p-nodes-test-{suffix}@project.iam.gserviceaccount.com",
        "role": "roles/iam.workloadIdentityUser",
        "member": f"serviceAccount:a-project.svc.id.goog[{workload}/{workload}]",
    }
    in_cluster = built.one("kubernetes:core/v1:ServiceAccount", f"{workload}-account").inputs
    assert in_cluster["metadata"]["annotations"] == {
        "iam.gke.io/gcp-service-account": f"p2p-nodes-test-{suffix}@a-project.iam.gserviceaccount.com"
    }
    assert in_cluster["metadata"]["namespace"] == in_cluster["metadata"]["name"] == workload


def test_the_proxy_is_nobody_to_google() -> None:
    built = of_settings()
    accounts = {one.inputs["accountId"] for one in built.of_type("gcp:serviceaccount/account:Account")}
    assert accounts == {"p2p-nodes-test-vm", "p2p-nodes-test-node"}
    in_cluster = built.one("kubernetes:core/v1:ServiceAccount", "egress-proxy-account").inputs
    assert "annotations" not in in_cluster["metadata"]


def test_nobody_but_the_machines_has_a_role_in_the_project() -> None:
    roles = [one.inputs["role"] for one in of_settings().of_type("gcp:projects/iAMMember:IAMMember")]
    assert roles == ["roles/container.defaultNodeServiceAccount"]


def test_the_pool_of_identities_is_there_first() -> None:
    built = of_settings()
    of_storage = {one.urn for one in built.resources if one.parent == built.one("p2p-nodes:platform:Storage").urn}
    for workload in ("p2p-nodes:platform:P2PNode", "p2p-nodes:platform:EgressProxy"):
        assert of_storage <= set(built.one(workload).dependencies)
    provider = built.one("pulumi:providers:kubernetes")
    assert built.one("gcp:container/cluster:Cluster").urn in provider.dependencies
