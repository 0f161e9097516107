from __future__ import annotations

from typing import Any

from tests.program_mocks import of_settings

MACHINES = ["p2p-nodes-test-vm@project.iam.gserviceaccount.com"]
HEALTH_CHECKS = ["35.191.0.0/16", "209.85.152.0/22", "209.85.204.0/22"]


def rules(port: int = 30333) -> dict[str, dict[str, Any]]:
    built = of_settings({"node": {"ports": {"p2p": port}}})
    return {one.name: one.inputs for one in built.of_type("gcp:compute/firewall:Firewall")}


def test_only_peers_and_health_checks_get_in_and_only_to_the_cluster_s_machines() -> None:
    opened = {name: rule for name, rule in rules().items() if "allows" in rule}
    assert {name: (rule["sourceRanges"], rule["allows"]) for name, rule in opened.items()} == {
        "firewall-peers": (["0.0.0.0/0"], [{"protocol": "tcp", "ports": ["30333"]}]),
        "firewall-health-checks": (HEALTH_CHECKS, [{"protocol": "tcp", "ports": ["30000-32767"]}]),
    }
    # Before GKE's own denials, which have 1000 and would win a tie.
    assert [rule["priority"] for rule in opened.values()] == [900, 900]
    assert [rule["targetServiceAccounts"] for rule in opened.values()] == [MACHINES, MACHINES]


def test_everything_else_is_refused_and_logged_after_every_other_rule() -> None:
    rest = rules()["firewall-rest"]
    assert rest["denies"] == [{"protocol": "all"}]
    assert (rest["sourceRanges"], rest["priority"]) == (["0.0.0.0/0"], 65534)
    assert rest["logConfig"] == {"metadata": "INCLUDE_ALL_METADATA"}
    assert "targetServiceAccounts" not in rest


def test_the_peers_rule_follows_the_port() -> None:
    assert rules(30334)["firewall-peers"]["allows"] == [{"protocol": "tcp", "ports": ["30334"]}]


def test_gke_opens_the_port_of_no_service_by_itself() -> None:
    cluster = of_settings().one("gcp:container/cluster:Cluster").inputs
    assert cluster["disableL4LbFirewallReconciliation"] is True
