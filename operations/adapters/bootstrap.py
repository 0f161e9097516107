"""The program in `bootstrap/`, on an engine whose own state can be thrown away.

It makes the place where state is kept, so its own cannot be there before. It is kept in a folder that Git ignores; what
is missing from it is found in the cloud and adopted.
"""

from __future__ import annotations

import re
import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pulumi import automation

from operations.adapters.engine import Engine, reason
from operations.adapters.stock import PROJECT, require_installation
from operations.adapters.yaml_file import mapping
from operations.errors import OperationError

PROGRAM = PROJECT / "bootstrap"
NAMESPACE = "p2p-nodes-bootstrap"
FOLDER = PROJECT / ".bootstrap"
PROJECT_ID = r"[a-z][a-z0-9-]{4,28}[a-z0-9]"
"""It names a stack and a file here, before the program can check it."""
CORRECT = "Correct it or remove it."
PASSPHRASE = "bootstrap"  # noqa: S105 - guards nothing: no secret is in this state, and labels are all it would hide


def open_on_stock(project: str, *, location: str | None) -> Engine:
    """The bootstrap of the Google Cloud project `project`, on the engine found on PATH.

    Raises:
        OperationError: no stock Pulumi, a file that cannot be read or written, or a name that no project can have.
    """
    require_installation(f"The bootstrap of project {project}")
    return open_bootstrap(project, location=location, folder=FOLDER, environment={})


def open_bootstrap(
    project: str,
    *,
    location: str | None,
    folder: Path,
    environment: Mapping[str, str],
    plugins: Mapping[str, Any] | None = None,
    command: automation.PulumiCommand | None = None,
) -> Engine:
    """The bootstrap of `project` with its state below `folder`, made where it does not exist yet.

    `location` is a multi-region (EU, US, ASIA); None is the one in `bootstrap/Pulumi.PROJECT.yaml`, or the default.

    Raises:
        OperationError: no project has such an id, a file cannot be read or written, or the engine refuses to open it.
    """
    if not re.fullmatch(PROJECT_ID, project):
        raise OperationError(
            f"{project!r} cannot be the id of a Google Cloud project: that has 6 to 30 lower-case letters, digits and "
            "hyphens, and starts with a letter. Nothing was changed."
        )
    try:
        write_work_folder(folder, project, location, plugins)
        workspace = automation.LocalWorkspace(
            work_dir=str(folder),
            program=the_program,
            env_vars={
                **environment,
                "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
                "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            },
            pulumi_command=command,
        )
        stack = automation.Stack.create_or_select(project, workspace)
    except automation.errors.CommandError as error:
        raise OperationError(
            f"The bootstrap of {project} cannot begin: {reason(error)}\nNothing was changed. If its own state is the "
            f"cause, remove {folder}: the next run finds in the cloud what it held."
        ) from error
    except OSError as error:
        raise OperationError(f"The bootstrap of {project} cannot begin: {error}. Nothing was changed.") from error
    return Engine(stack, policy_pack=PROJECT / "policies", refresh=True)


def the_program() -> None:
    """What the language host would run for `pulumi up` in `bootstrap/`."""
    runpy.run_path(str(PROGRAM / "__main__.py"), run_name="__main__")


def write_work_folder(folder: Path, project: str, location: str | None, plugins: Mapping[str, Any] | None) -> None:
    """The project's file and the stack's, in the folder that the engine may write to."""
    (folder / "state").mkdir(parents=True, exist_ok=True)
    manifest = {**_read(PROGRAM / "Pulumi.yaml"), "runtime": "python", **({"plugins": plugins} if plugins else {})}
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(manifest), encoding="utf-8")
    stack = f"Pulumi.{project}.yaml"
    chosen: dict[str, Any] = {
        **_chosen(PROGRAM / stack),
        "pulumi:disable-default-providers": ["gcp"],
        f"{NAMESPACE}:project": project,
        **({f"{NAMESPACE}:location": location} if location else {}),
    }
    # The engine wrote a salt into its copy, with which it reads its state again.
    salt = _read(folder / stack).get("encryptionsalt")
    settings = {"config": chosen, **({"encryptionsalt": salt} if salt else {})}
    (folder / stack).write_text(yaml.safe_dump(settings), encoding="utf-8")


def _read(path: Path) -> dict[str, Any]:
    """The keys and values of a file; `{}` where there is none."""
    return mapping(path, remedy=CORRECT) if path.exists() else {}


def _chosen(path: Path) -> dict[str, Any]:
    """What is below `config:` of a stack's file."""
    chosen = _read(path).get("config")
    if not isinstance(chosen, dict | None):
        raise OperationError(f"{path}: `config:` holds no keys and values. Nothing was changed. {CORRECT}")
    return chosen or {}
