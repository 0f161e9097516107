from __future__ import annotations

import pulumi

from components.node_priority import CLASS, VALUE, node_priority
from tests.program_mocks import run

SYSTEM = 2_000_000_000
LARGEST_OF_USERS = 1_000_000_000
"""kubernetes/pkg/apis/scheduling/types.go: SystemCriticalPriority and HighestUserDefinablePriority."""


def test_nodes_come_before_other_work_and_after_the_system() -> None:
    def program() -> None:
        node_priority("p2p-node", parent=pulumi.ComponentResource("a:b:C", "parent"))

    built = run(program)
    priority = built.one("kubernetes:scheduling.k8s.io/v1:PriorityClass", "p2p-node-priority")
    assert priority.parent == built.one("a:b:C").urn
    assert priority.inputs["metadata"]["name"] == CLASS == "p2p-node"
    assert 0 < priority.inputs["value"] == VALUE < LARGEST_OF_USERS < SYSTEM
    assert priority.inputs["preemptionPolicy"] == "PreemptLowerPriority"
    # Else every pod of the cluster that names no class would be as urgent.
    assert priority.inputs["globalDefault"] is False
