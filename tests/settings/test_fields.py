"""Values that are wrong in themselves."""

from __future__ import annotations

import pytest

from tests.settings.configurations import mistakes


@pytest.mark.parametrize(
    ("config", "key", "got", "allowed", "advice"),
    [
        ({"node": {"replicas": "2"}}, "node.replicas", '"2"', "whole number from 1 to 1000", "a number, without"),
        ({"node": {"replicas": 0}}, "node.replicas", "0", "from 1 to 1000 (nodes)", "default"),
        ({"node": {"replicas": 1001}}, "node.replicas", "1001", "from 1 to 1000", "default"),
        ({"node": {"replicas": 2.5}}, "node.replicas", "2.5", "whole number", "default"),
        ({"node": {"replicas": True}}, "node.replicas", "true", "whole number", "default"),
        ({"node": {"replicas": None}}, "node.replicas", "null", "whole number", "default"),
        ({"node": {"termination_grace_seconds": 60}}, "node.termination_grace_seconds", "60", "61", "default"),
        ({"node": {"image": "automata"}}, "node.image", '"automata"', "a tag or a digest", "default"),
        ({"node": "small"}, "node", '"small"', "a mapping of settings", "Pulumi.<stack>.yaml"),
        ({"node": [1]}, "node", "[1]", "a mapping of settings", "Pulumi.<stack>.yaml"),
        ({"node": {"replcas": 3}}, "node.replcas", "unknown key replcas", "replicas", "rename it to replicas"),
        ({"nodes": {}}, "nodes", "unknown key nodes", "node, ", "rename it to node"),
        ({"zzz": "1"}, "zzz", "unknown key zzz", "project", "remove it"),
        ({"egress": {"port": 80}}, "egress.port", "80", "from 1024 to 65535", "default"),
        ({"node": {"ports": {"p2p": 80}}}, "node.ports.p2p", "80", "from 1024 to 65535", "default"),
        ({"node": {"ports": {"p2p": "30333"}}}, "node.ports.p2p", '"30333"', "from 1024", "a number, without quotes"),
        ({"node": {"ports": {"ws": 1}}}, "node.ports.ws", "unknown key ws", "http, p2p, prometheus, rpc", "remove it"),
        ({"network": 3}, "network", "3", "a mapping of settings", "default"),
        ({"cluster": {"maintenance": "never"}}, "cluster.maintenance", '"never"', "a mapping of settings", "default"),
        ({"labels": ["a"]}, "labels", '["a"]', "a mapping of label to value", "default"),
        ({"labels": {"team": 1}}, "labels.team", "1", "text", "default"),
        ({"protect": "yes"}, "protect", '"yes"', "true or false", "write true or false, without quotes"),
        ({"accept_replacement": "cluster"}, "accept_replacement", '"cluster"', "list of one of cluster", "default"),
        (
            {"accept_replacement": ["nodes"]},
            "accept_replacement[0]",
            '"nodes"',
            "one of cluster, volumes, keys, databases",
            "default",
        ),
        ({"environment": "prod"}, "environment", '"prod"', "development, staging, production, recovery", "default"),
        ({"machines": {"families": []}}, "machines.families", "[]", "at least one of e2, n1", "default"),
        ({"machines": {"families": ["e2", "m4"]}}, "machines.families[1]", '"m4"', "one of e2, n1, n2", "default"),
        (
            {"storage": {"encryption_key": "ssd"}},
            "storage.encryption_key",
            '"ssd"',
            "projects/P/locations/L",
            "default",
        ),
        ({"cluster": {"zones": ["b"]}}, "cluster.zones[0]", '"b"', "a Google Cloud zone such as", "default"),
        (
            {"cluster": {"maintenance": {"exclusions": "winter"}}},
            "cluster.maintenance.exclusions",
            '"winter"',
            "list of mapping",
            "default",
        ),
        (
            {"cluster": {"maintenance": {"exclusions": ["winter"]}}},
            "cluster.maintenance.exclusions[0]",
            '"winter"',
            "a mapping of settings",
            "default",
        ),
        ({"cluster": {"maintenance": {"start": 60}}}, "cluster.maintenance.start", "60", "in quotes", "default"),
        (
            {"cluster": {"maintenance": {"start": "24:00"}}},
            "cluster.maintenance.start",
            '"24:00"',
            'a time of day in UTC, in quotes, such as "01:00"',
            "default",
        ),
        ({"project": {"secure": "v1:x"}}, "project", '{"secure": "v1:x"}', "Google Cloud project id", "correct"),
        *(
            (
                {"cluster": {"system_pool": {"machine_type": refused}}},
                "cluster.system_pool.machine_type",
                f'"{refused}"',
                "a standard or highmem machine type of the families e2, n1",
                "default",
            )
            for refused in ("c4-standard-2", "c4a-standard-1", "m4-megamem-28", "e2-medium", "e2", "n2-standard-3")
        ),
        ({"region": "europe-west1-b"}, "region", '"europe-west1-b"', "not a zone", "default"),
        *(
            ({"project": refused}, "project", f'"{refused}"', "a Google Cloud project id: 6 to 30", "correct the value")
            for refused in ("A-project", "abc", "1-project", "project-", "a" * 31, "a_project", "a project", "")
        ),
        ({"cluster": {"release_channel": "fast"}}, "cluster.release_channel", '"fast"', "RAPID, REGULAR", "default"),
        (
            {"cluster": {"deletion_protection": "no"}},
            "cluster.deletion_protection",
            '"no"',
            "true or",
            "without quotes",
        ),
        ({"network": {"nodes_range": "10.10.0.1/20"}}, "network.nodes_range", "10.10.0.1/20", "CIDR", "default"),
        ({"network": {"nodes_range": "fd00::/64"}}, "network.nodes_range", "fd00::/64", "IPv4 range", "default"),
        (
            {"network": {"nat_min_ports_per_machine": 100}},
            "network.nat_min_ports_per_machine",
            "100",
            "power of two",
            "default",
        ),
        (
            {"node": {"vertical_autoscaling": {"mode": "Auto"}}},
            "node.vertical_autoscaling.mode",
            '"Auto"',
            "Auto is deprecated since VPA 1.5 and meant Recreate",
            "default",
        ),
        (
            {"egress": {"allowed_domains": ["example.org", "org", "*.example.org"]}},
            "egress.allowed_domains[1]",
            '"org"',
            "a leading dot includes its subdomains",
            "name the domains below it",
        ),
        ({"egress": {"replicas": 1}}, "egress.replicas", "1", "from 2 to 20", "default"),
        (
            {"cluster": {"authorized_networks": ["10.0.0.0/33"]}},
            "cluster.authorized_networks[0]",
            '"10.0.0.0/33"',
            "IPv4 range",
            "default",
        ),
    ],
)
def test_a_mistake_says_where_what_and_what_to_do(
    config: dict[str, object], key: str, got: str, allowed: str, advice: str
) -> None:
    mistake = mistakes(config)[key]
    assert got in mistake.got
    assert allowed in mistake.allowed
    assert advice in mistake.advice
