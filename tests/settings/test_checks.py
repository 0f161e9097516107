from __future__ import annotations

import pytest

import settings

PROJECT = {"project": "a-project"}


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"network": {"pods_range": "10.10.0.0/16"}}, {"network.pods_range": "overlaps nodes_range"}),
        ({"network": {"services_range": "10.64.0.0/20"}}, {"network.services_range": "overlaps pods_range"}),
        (
            {"network": {"nat_min_ports_per_machine": 1024, "nat_max_ports_per_machine": 1024}},
            {"network.nat_max_ports_per_machine": "with nat_min_ports_per_machine 1024"},
        ),
        (
            {"node": {"vertical_autoscaling": {"min_memory_mib": 20000}}},
            {"node.vertical_autoscaling.min_memory_mib": "above max_memory_mib 16384"},
        ),
        (
            {"node": {"vertical_autoscaling": {"min_cpu_millicores": 5000}}},
            {"node.vertical_autoscaling.min_cpu_millicores": "above max_cpu_millicores 4000"},
        ),
        (
            {"node": {"vertical_autoscaling": {"max_cpu_millicores": 400}}},
            {"node.resources.cpu_millicores": "outside the bounds"},
        ),
        (
            {"node": {"resources": {"memory_mib": 8192}}},
            {"node.resources.memory_limit_mib": "4096, below memory_mib 8192"},
        ),
        (
            {"cluster": {"authorized_networks": ["10.0.0.0/24", "10.1.0.0/24"]}},
            {"cluster.authorized_networks": "2 ranges, with control_plane_access dns"},
        ),
        (
            {"cluster": {"control_plane_access": "ip", "external_access": True}},
            {"cluster.external_access": "true, with control_plane_access ip"},
        ),
        (
            {"cluster": {"control_plane_access": "ip", "authorized_networks": ["10.0.0.0/24", "0.0.0.0/0"]}},
            {"cluster.authorized_networks[1]": "every address"},
        ),
        (
            {"egress": {"allowed_domains": ["www.example.org", ".example.org"]}},
            {"egress.allowed_domains[0]": '"www.example.org", which the entry ".example.org" includes'},
        ),
        (
            {"egress": {"allowed_domains": [".example.org", "example.org", ".www.example.org"]}},
            {
                "egress.allowed_domains[1]": '"example.org", which the entry ".example.org" includes',
                "egress.allowed_domains[2]": '".www.example.org", which the entry ".example.org" includes',
            },
        ),
        (
            {"egress": {"allowed_domains": ["example.org", "example.com", "example.org"]}},
            {"egress.allowed_domains[2]": '"example.org", which the entry "example.org" includes'},
        ),
    ],
)
def test_settings_that_contradict_each_other(config: dict[str, object], expected: dict[str, str]) -> None:
    with pytest.raises(settings.SettingsError) as caught:
        settings.load({**PROJECT, **config})
    found = {mistake.key.removeprefix("p2p-nodes:"): mistake for mistake in caught.value.mistakes}
    assert sorted(found) == sorted(expected)
    for key, got in expected.items():
        assert got in found[key].got
        assert found[key].allowed
        assert found[key].advice


@pytest.mark.parametrize(
    "config",
    [
        {"cluster": {"control_plane_access": "ip", "authorized_networks": ["0.0.0.0/1"]}},
        {"cluster": {"control_plane_access": "dns", "external_access": True}},
        {"egress": {"allowed_domains": ["example.org", "www.example.org", ".notexample.org", ".example.com"]}},
        {"network": {"nodes_range": "10.10.0.0/20", "pods_range": "10.10.16.0/20"}},
        {"node": {"resources": {"memory_mib": 1024, "memory_limit_mib": 1024}}},
        {"node": {"replicas": 20, "vertical_autoscaling": {"mode": "Off"}}},
    ],
)
def test_settings_at_the_edge_of_what_fits(config: dict[str, object]) -> None:
    settings.load({**PROJECT, **config})
