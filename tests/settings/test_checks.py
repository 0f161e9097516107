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
        ({"node": {"ports": {"http": 30333}}}, {"node.ports.http": "which p2p has too"}),
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
            {"node": {"replicas": 20}},
            {
                "node.vertical_autoscaling.max_cpu_millicores": "20 nodes at that size need 80 cores",
                "node.vertical_autoscaling.max_memory_mib": "20 nodes at that size need 344 GB",
            },
        ),
        (
            {"cluster": {"auto_provisioning": {"max_cpu_cores": 4}}},
            {"node.vertical_autoscaling.max_cpu_millicores": "2 nodes at that size need 8 cores"},
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
        {"node": {"replicas": 14}},
        {"node": {"replicas": 16, "vertical_autoscaling": {"max_memory_mib": 15000}}},
        {"network": {"nodes_range": "10.10.0.0/20", "pods_range": "10.10.16.0/20"}},
        {"node": {"resources": {"memory_mib": 1024, "memory_limit_mib": 1024}}},
    ],
)
def test_settings_at_the_edge_of_what_fits(config: dict[str, object]) -> None:
    settings.load({**PROJECT, **config})
