"""The sandbox's stack on the real engine: the project's own program, run inline."""

from __future__ import annotations

import asyncio
import runpy
from collections.abc import Mapping

import pulumi
from pulumi import automation

from operations.adapters.engine import Engine, reason
from operations.errors import OperationError
from sandbox.ahead import plugins_ahead, with_imports_ahead
from sandbox.engine_folder import STACK, own_plugins
from sandbox.layout import CHECKOUT, Layout

PROGRAM = CHECKOUT / "__main__.py"


async def the_program() -> None:
    """What the language host would run for `pulumi up`: the project's `__main__.py`, unchanged."""
    pulumi.log.debug = unheard
    runpy.run_path(str(PROGRAM), run_name="__main__")
    # One turn of the loop, in which the registrations begin: the SDK awaits those one by one. Where none has begun, it
    # goes on to await the outputs, and looks at all of them again whenever one is there.
    await asyncio.sleep(0)


def unheard(
    msg: str, resource: pulumi.Resource | None = None, stream_id: int | None = None, ephemeral: bool | None = None
) -> None:
    """In place of the SDK's debug messages: it sends five a resource and waits for each, and no engine here shows them.

    The engine drops them unless it runs with --debug.
    """


def open_engine(
    layout: Layout,
    environment: Mapping[str, str],
    *,
    stack_name: str = STACK,
    program: automation.PulumiFn = the_program,
    ahead: bool = False,
) -> Engine:
    """The sandbox's stack, created where it does not exist yet. The benchmark gives a program of its own.

    `ahead` is for a command that will run the project's program: it and its plugins are loaded while the engine starts.

    Raises:
        OperationError: the engine cannot open the stack.
    """
    if ahead:
        found = plugins_ahead(layout.plugins / "ready", own_plugins(layout), environment)
        environment = {**environment, **found}
        program = with_imports_ahead(program, PROGRAM)
    try:
        workspace = automation.LocalWorkspace(
            work_dir=str(layout.engine),
            program=program,
            env_vars=dict(environment),
            pulumi_command=automation.PulumiCommand(root=str(layout.root)),
        )
        stack = automation.Stack.create_or_select(stack_name, workspace)
    except automation.errors.CommandError as error:
        raise OperationError(reason(error)) from error
    return Engine(stack, policy_pack=CHECKOUT / "policies")


def explained(words: str, layout: Layout) -> str:
    """The engine's words about a stack that it cannot read, with what to do about them; other words as they are."""
    if "incorrect passphrase" in words:
        return (
            f"{words}\nThe sandbox's state was made with another passphrase; nothing was changed. "
            "Unset PULUMI_CONFIG_PASSPHRASE, or set it to the one used before."
        )
    if "failed to load checkpoint" in words:
        stacks = layout.engine / "state" / ".pulumi" / "stacks"
        return (
            f"{words}\nThe sandbox's state cannot be read; nothing was changed. The engine keeps the version before as "
            f"`.json.bak` beside the state in {stacks}, and older ones in the folder `backups`: copy one over it. Or "
            f"begin a new sandbox: `make down`, then remove {layout.root}."
        )
    return words
