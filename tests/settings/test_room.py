from __future__ import annotations

from typing import Any

import pytest

from tests.settings import configurations
from tests.settings.configurations import mistakes

LIMITS = "cluster.auto_provisioning"
SCALING = "node.vertical_autoscaling"


def stack(node: dict[str, Any], cluster: dict[str, Any], egress: dict[str, Any]) -> dict[str, Any]:
    return {"node": node, "cluster": cluster, "egress": egress, "machines": {"families": ["e2"]}}


def load(node: dict[str, Any], cluster: dict[str, Any], egress: dict[str, Any]) -> None:
    configurations.load(stack(node, cluster, egress))


def refused(node: dict[str, Any], cluster: dict[str, Any], egress: dict[str, Any]) -> list[str]:
    return list(mistakes(stack(node, cluster, egress)))


def limits(cores: int, memory_gb: int) -> dict[str, Any]:
    return {"auto_provisioning": {"max_cpu_cores": cores, "max_memory_gb": memory_gb}}


# System pool 3 x (2, 8), two proxies (2, 8) each, two nodes and one that moves at (8, 32).
def test_the_limits_hold_the_system_pool_the_proxies_and_a_machine_for_each_node() -> None:
    load({}, limits(34, 136), {})
    found = mistakes(stack({}, limits(33, 135), {}))
    assert list(found) == [f"{LIMITS}.max_cpu_cores", f"{LIMITS}.max_memory_gb"]
    cpu, memory = found.values()
    parts = "6 (system pool) + 4 (egress proxies) + 24 (2 nodes and 1 that moves)"
    assert cpu.got == f"33; at its largest the cluster needs {parts}"
    assert memory.got.startswith("135; at its largest the cluster needs 24 (system pool)")
    assert (cpu.allowed, memory.allowed) == ("at least 34", "at least 136")
    assert "raise it, or lower node.replicas or the maxima of its vertical_autoscaling" in cpu.advice


@pytest.mark.parametrize(
    ("node", "system_pool", "egress", "cores", "memory_gb"),
    [
        ({"replicas": 5}, {}, {}, 58, 232),
        ({"replicas": 1}, {}, {}, 26, 104),
        ({}, {"machines_per_zone": 2}, {}, 40, 160),
        ({}, {"machine_type": "e2-highmem-4"}, {}, 40, 208),
        ({}, {}, {"replicas": 4}, 38, 152),
        ({"vertical_autoscaling": {"max_cpu_millicores": 3490, "max_memory_mib": 12000}}, {}, {}, 22, 88),
        ({"vertical_autoscaling": {"mode": "Off"}}, {}, {}, 16, 64),
        ({"vertical_autoscaling": {"enabled": False, "max_memory_mib": 1_000_000}}, {}, {}, 16, 64),
    ],
)
def test_every_group_counts(
    node: dict[str, Any], system_pool: dict[str, Any], egress: dict[str, Any], cores: int, memory_gb: int
) -> None:
    load(node, {"system_pool": system_pool, **limits(cores, memory_gb)}, egress)
    one_core_less = {"system_pool": system_pool, **limits(cores - 1, memory_gb)}
    assert refused(node, one_core_less, egress) == [f"{LIMITS}.max_cpu_cores"]
    one_gb_less = {"system_pool": system_pool, **limits(cores, memory_gb - 1)}
    assert refused(node, one_gb_less, egress) == [f"{LIMITS}.max_memory_gb"]


@pytest.mark.parametrize(("resource", "most"), [("max_cpu_millicores", 31420), ("max_memory_mib", 118538)])
def test_a_maximum_above_what_any_machine_has(resource: str, most: int) -> None:
    load({"vertical_autoscaling": {resource: most}}, limits(1000, 1000), {})
    found = mistakes(stack({"vertical_autoscaling": {resource: most + 1}}, limits(1000, 1000), {}))
    assert list(found) == [f"{SCALING}.{resource}"]
    (mistake,) = found.values()
    assert mistake.got == f"{most + 1}, more than any machine of e2 has left for a pod"
    assert mistake.allowed == f"at most {most}"
    assert "lower it, or allow larger machines.families" in mistake.advice


@pytest.mark.parametrize("scaling", [{"mode": "Off"}, {"enabled": False}])
def test_a_request_above_what_any_machine_has(scaling: dict[str, Any]) -> None:
    bounds = {"max_cpu_millicores": 40_000, "max_memory_mib": 400_000}

    def node(memory_mib: int) -> dict[str, Any]:
        resources = {"memory_mib": memory_mib, "memory_limit_mib": memory_mib}
        return {"resources": resources, "vertical_autoscaling": {**bounds, **scaling}}

    load(node(118538), limits(1000, 1000), {})
    found = mistakes(stack(node(118539), limits(1000, 1000), {}))
    assert list(found) == ["node.resources.memory_mib"]
    assert found["node.resources.memory_mib"].got == "118539, more than any machine of e2 has left for a pod"


def test_a_larger_family_makes_room() -> None:
    node = {"vertical_autoscaling": {"max_memory_mib": 200_000}}
    config = stack(node, limits(1000, 4000), {})
    assert list(mistakes(config)) == [f"{SCALING}.max_memory_mib"]
    configurations.load({**config, "machines": {"families": ["e2", "n2"]}})


def test_blue_green_upgrades_need_every_provisioned_machine_twice() -> None:
    blue_green = {"upgrade_strategy": "blue-green"}
    # System pool 3 x (2, 8), proxies 2 x 2 x (2, 8), nodes (2 x 2 + 1) x (8, 32).
    enough = {"auto_provisioning": {"max_cpu_cores": 54, "max_memory_gb": 216, **blue_green}}
    load({}, enough, {})
    short = {"auto_provisioning": {"max_cpu_cores": 53, "max_memory_gb": 215, **blue_green}}
    found = mistakes(stack({}, short, {}))
    assert sorted(found) == [f"{LIMITS}.max_cpu_cores", f"{LIMITS}.max_memory_gb"]
    assert "2 nodes, twice while blue-green upgrades run" in found[f"{LIMITS}.max_cpu_cores"].got
