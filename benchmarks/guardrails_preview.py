"""A preview of many resources with one policy pack, in this process: `python -m benchmarks.guardrails_preview PACK N`.

The resources are declared as components under the types of real ones: the engine hands them to the pack all the same,
and no provider has a share in the time.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pulumi
from pulumi import automation

from benchmarks.guardrails_objects import resources
from sandbox.ending import leave
from sandbox.engine_folder import environment
from sandbox.layout import Layout


def preview(pack: Path, count: int) -> None:
    """Runs it in the sandbox folder that the environment names, whose engine is prepared."""
    layout = Layout.from_environment()
    stack = automation.create_or_select_stack(
        stack_name="benchmark",
        project_name="p2p-nodes",
        program=lambda: declare(count),
        opts=automation.LocalWorkspaceOptions(
            env_vars=environment(layout, speed=1),
            pulumi_command=automation.PulumiCommand(root=str(layout.root)),
        ),
    )
    stack.preview(policy_packs=[str(pack)])


def declare(count: int) -> None:
    """The program."""
    for type_, name, inputs in resources(count):
        pulumi.ComponentResource(type_, name, inputs)


if __name__ == "__main__":
    preview(Path(sys.argv[1]), int(sys.argv[2]))
    leave(0)
