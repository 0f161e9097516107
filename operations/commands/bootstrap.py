"""`bootstrap`: makes or adopts the place where every other stack keeps its state, and says how to use it."""

from __future__ import annotations

from operations.adapters.console import Console
from operations.adapters.engine import Engine
from operations.commands.up import up


def bootstrap(
    engine: Engine, console: Console, *, confirmed: bool, accept_unjudged: bool = False, caution: str | None = None
) -> None:
    """Shows what is made and what is adopted, asks, does it, and tells the two lines that stacks need.

    `caution` is told before them, `accept_unjudged` is that of `up`.

    Raises:
        OperationError: the preview or the update failed. A repeat goes on from there, with its state or without.
        DeclinedError: the operator did not confirm.
    """
    up(engine, console, confirmed=confirmed, accept_unjudged=accept_unjudged)
    outputs = engine.outputs()
    if caution:
        console.say(f"\n{caution}")
    console.say("\nIn Pulumi.yaml of the project:")
    console.say(f"backend:\n  url: {outputs['backend_url']}")
    console.say("\nFor each stack, once:")
    console.say(f'pulumi stack init STACK --secrets-provider="{outputs["secrets_provider"]}"')
