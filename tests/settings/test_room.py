from __future__ import annotations

from typing import Any

import pytest

import settings

LIMITS = "cluster.auto_provisioning"
SCALING = "node.vertical_autoscaling"


def load(node: dict[str, Any], cluster: dict[str, Any], egress: dict[str, Any]) -> dict[str, settings.Mistake]:
    try:
        settings.load({"project": "a-project", "node": node, "cluster": cluster, "egress": egress})
    except settings.SettingsError as error:
        return {one.key.removeprefix("p2p-nodes:"): one for one in error.mistakes}
    return {}


def limits(cores: int, memory_gb: int) -> dict[str, Any]:
    return {"auto_provisioning": {"max_cpu_cores": cores, "max_memory_gb": memory_gb}}


# System pool 3 x (2, 8), two proxies (2, 8) each, two nodes and one that moves at (8, 32).
def test_the_limits_hold_the_system_pool_the_proxies_and_a_machine_for_each_node() -> None:
    assert load({}, limits(34, 136), {}) == {}
    found = load({}, limits(33, 135), {})
    assert sorted(found) == [f"{LIMITS}.max_cpu_cores", f"{LIMITS}.max_memory_gb"]
    cpu, memory = (found[key] for key in sorted(found))
    parts = "6 (system pool) + 4 (egress proxies) + 24 (2 nodes and 1 that moves)"
    assert cpu.got == f"33; at its largest the cluster needs {parts}"
    assert (cpu.allowed, memory.allowed) == ("at least 34", "at least 136")
    assert "else pods stay pending" in cpu.advice


@pytest.mark.parametrize(
    ("node", "system_pool", "egress", "cores", "memory_gb"),
    [
        ({"replicas": 5}, {}, {}, 58, 232),
        ({"replicas": 1}, {}, {}, 26, 104),
        ({}, {"machines_per_zone": 2}, {}, 40, 160),
        ({}, {"machine_type": "e2-highmem-4"}, {}, 40, 208),
        ({}, {}, {"replicas": 4}, 38, 152),
        ({"vertical_autoscaling": {"max_cpu_millicores": 3500, "max_memory_mib": 12000}}, {}, {}, 22, 88),
    ],
)
def test_every_group_counts(
    node: dict[str, Any], system_pool: dict[str, Any], egress: dict[str, Any], cores: int, memory_gb: int
) -> None:
    assert load(node, {"system_pool": system_pool, **limits(cores, memory_gb)}, egress) == {}
    assert list(load(node, {"system_pool": system_pool, **limits(cores - 1, memory_gb)}, egress)) == [
        f"{LIMITS}.max_cpu_cores"
    ]
    assert list(load(node, {"system_pool": system_pool, **limits(cores, memory_gb - 1)}, egress)) == [
        f"{LIMITS}.max_memory_gb"
    ]


@pytest.mark.parametrize(("resource", "most"), [("max_cpu_millicores", 31500), ("max_memory_mib", 118538)])
def test_a_node_larger_than_any_machine(resource: str, most: int) -> None:
    assert load({"vertical_autoscaling": {resource: most}}, limits(1000, 1000), {}) == {}
    found = load({"vertical_autoscaling": {resource: most + 1}}, limits(1000, 1000), {})
    assert list(found) == [f"{SCALING}.{resource}"]
    assert f"at most {most}" in found[f"{SCALING}.{resource}"].allowed
