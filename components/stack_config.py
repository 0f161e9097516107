"""The stack's own configuration as plain data."""

from __future__ import annotations

from pulumi.runtime import config

from settings.decoding import decoded


def read_stack_config(namespace: str) -> dict[str, object]:
    """Every key below `namespace:`, without that prefix, structured values decoded.

    `pulumi.Config` only answers for keys one already knows, and a misspelled key is a mistake to be found. The
    language host hands configuration over in the environment, the Automation API in the process.
    """
    prefix = f"{namespace}:"
    everything = {**config.get_config_env(), **config.CONFIG.get()}
    return {key.removeprefix(prefix): decoded(value) for key, value in everything.items() if key.startswith(prefix)}
