"""The stock Pulumi installation, for stacks on Google Cloud."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import semver
from pulumi import automation
from pulumi.automation.errors import CommandError, InvalidVersionError, StackNotFoundError

from operations.adapters.engine import Engine, reason
from operations.errors import OperationError

PROJECT = Path(__file__).resolve().parents[2]
OLDEST = semver.Version(3, 250, 0)
"""The engine that the suite runs. Older ones are refused, because nobody knows what they would do."""
NEEDED = ("pulumi", "pulumi-language-python", "pulumi-analyzer-policy-python")
"""What the official distribution brings. The engine alone cannot run a Python program."""


def open_stack(name: str) -> Engine:
    """The stack `name` of this project on the engine found on PATH, with the project's policy pack.

    Raises:
        OperationError: no stock Pulumi, no such stack file, or the stack was not created yet.
    """
    require_programs(f"Stack {name}")
    settings = PROJECT / f"Pulumi.{name}.yaml"
    if not settings.exists():
        known = ", ".join(sorted(path.name.split(".")[1] for path in PROJECT.glob("Pulumi.*.yaml")))
        raise OperationError(f"There is no {settings.name}. Stacks of this project: {known}.")
    require_version()
    try:
        stack = automation.select_stack(stack_name=name, work_dir=str(PROJECT))
    except StackNotFoundError as error:
        raise OperationError(
            f"Stack {name} does not exist in the backend you are signed in to. Check `pulumi whoami -v`, "
            f"then create it: `pulumi stack init {name}`."
        ) from error
    except CommandError as error:
        raise OperationError(reason(error)) from error
    return Engine(stack, policy_pack=PROJECT / "policies")


def require_installation(what: str) -> None:
    """Refuses to run `what` (the beginning of a sentence) without a stock Pulumi that is new enough."""
    require_programs(what)
    require_version()


def require_programs(what: str) -> None:
    """Refuses a PATH without the official distribution."""
    missing = [program for program in NEEDED if shutil.which(program) is None]
    if missing:
        raise OperationError(
            f"{what} runs on a stock Pulumi installation, and {', '.join(missing)} is not on PATH. "
            f"Install Pulumi {OLDEST} or newer (https://www.pulumi.com/docs/install/) and run the command again. "
            "To see the platform come up without a cloud account, run `make up`."
        )


def require_version() -> None:
    """Refuses an engine on PATH that is older than `OLDEST`."""
    try:
        version = automation.PulumiCommand().version
    except (InvalidVersionError, OSError, subprocess.SubprocessError) as error:
        raise OperationError(f"The Pulumi on PATH cannot be used: {error} Install Pulumi {OLDEST} or newer.") from error
    if version is None or semver.Version.parse(str(version)) < OLDEST:
        raise OperationError(
            f"The Pulumi on PATH is {version}; this project needs {OLDEST} or newer. Nothing was changed. "
            "Update it and run the command again."
        )
