"""Every stack gives Google what Google writes back: nothing that it gives comes back as a difference for ever.

What Google writes back is the simulator's table of reported cases, each with its issue: `normalised` in
sandbox/simulator/catalogue/. tests/engine/test_refresh.py shows the same by a refresh of the sandbox's stack.
"""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

import pytest

from sandbox.simulator import normal
from sandbox.simulator.catalogue import rows
from sandbox.simulator.differences import changes
from sandbox.simulator.paths import covers, first
from tests.program_mocks import Registered
from tests.test_program import STACKS, world

CLUSTER = "gcp:container/cluster:Cluster"


def unsettled(inputs: dict[str, Any], one: Registered) -> list[str]:
    """The paths of what the program gives that an endless difference would show."""
    row = rows()[one.type]
    before, after = (normal.compared(row, each) for each in (normal.written_back(row, inputs), inputs))
    found = changes(before, after, immutables=(), sets=row.sets)
    paths = [change.path for change in found if first(inputs, change.path) is not None]
    return [path for path in paths if not any(covers(f"{ignored}.**", path) for ignored in one.ignored)]


@cache
def cluster(stack: str) -> Registered:
    return world(stack).one(CLUSTER)


@pytest.mark.parametrize("stack", STACKS)
def test_nothing_comes_back(stack: str) -> None:
    ours = [one for one in world(stack).resources if one.type.startswith("gcp:")]
    assert {one.key: unsettled(one.inputs, one) for one in ours if unsettled(one.inputs, one)} == {}


@pytest.mark.parametrize(
    ("block", "key", "careless"),
    [
        ("privateClusterConfig", "enablePrivateEndpoint", False),
        ("loggingConfig", "enableComponents", ["WORKLOADS", "SYSTEM_COMPONENTS"]),
        ("monitoringConfig", "enableComponents", ["STATEFULSET", "SYSTEM_COMPONENTS"]),
    ],
)
def test_without_the_component_s_care_it_would(block: str, key: str, careless: object) -> None:
    inputs = deepcopy(cluster("prod").inputs)
    inputs[block][key] = careless
    shown = unsettled(inputs, cluster("prod"))
    assert shown
    assert all(path.startswith(f"{block}.{key}") for path in shown)


@pytest.mark.parametrize("edge", ["startTime", "endTime"])
def test_a_window_in_local_time_would(edge: str) -> None:
    inputs = deepcopy(cluster("prod").inputs)
    window = inputs["maintenancePolicy"]["recurringWindow"]
    window[edge] = window[edge].replace("Z", "+00:00")
    assert unsettled(inputs, cluster("prod")) == [f"maintenancePolicy.recurringWindow.{edge}"]
