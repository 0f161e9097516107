"""The folder the engine works in, and the executables it finds first.

The project's own files stay clean: what only the sandbox needs (plugins by path, a passphrase, a file backend) is
written here.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from operations.adapters.yaml_file import mapping
from sandbox.files import usable
from sandbox.layout import CHECKOUT, Layout
from sandbox.plugins import takeover
from sandbox.plugins.takeover import FOLDER_VARIABLE
from sandbox.policy_shim import write_analyzer_shim

STACK = "sandbox"
PASSPHRASE = "sandbox"  # noqa: S105 - guards nothing: the sandbox's secrets are made on this machine, for it alone
REAL_STATE = ("backend",)
REAL_SECRETS = ("secretsprovider", "encryptedkey")
CORRECT = "Correct it, or take it back from version control, and run the same command again."
REMOVE = "Remove it, and run the same command again: it is written anew from the checkout's."


def prepare(layout: Layout, *, engine: Path, kubectl: Path, schemas: Path) -> dict[str, Path]:
    """Writes everything the engine needs and returns the plugins' folders. Repeating it changes nothing.

    Raises:
        OperationError: a file cannot be written, or one that it is made from cannot be read.
    """
    with usable(layout):
        return _prepare(layout, engine, kubectl, schemas)


def _prepare(layout: Layout, engine: Path, kubectl: Path, schemas: Path) -> dict[str, Path]:
    prepare_engine(layout, engine)
    link(layout.bin / "kubectl", kubectl)
    write_auth_plugin(layout)
    used = plugins(layout, schemas)
    write_ready(layout, schemas)
    project = mapping(CHECKOUT / "Pulumi.yaml", remedy=CORRECT)
    write(layout.engine / "Pulumi.yaml", yaml.safe_dump(project_of_the_sandbox(project, used)))
    copy = layout.engine / f"Pulumi.{STACK}.yaml"
    settings = mapping(CHECKOUT / copy.name, remedy=CORRECT)
    earlier = mapping(copy, remedy=REMOVE) if copy.exists() else {}
    write(copy, yaml.safe_dump(settings_with_salt(settings, earlier)))
    return used


def prepare_engine(layout: Layout, engine: Path) -> None:
    """What every program on the engine needs; raises OSError where it cannot be written."""
    for folder in (layout.bin, layout.engine / "home", layout.engine / "state"):
        folder.mkdir(parents=True, exist_ok=True)
    link(layout.bin / "pulumi", engine)
    write_analyzer_shim(layout.bin, Path(sys.executable))


def project_of_the_sandbox(project: Mapping[str, Any], plugins: Mapping[str, Path]) -> dict[str, Any]:
    """The project with our plugins by path, and without the cloud's place for its state.

    It has no language host: the Automation API runs the program inline.
    """
    own = {key: value for key, value in project.items() if key not in REAL_STATE}
    return {**own, "runtime": "python", "plugins": by_path(plugins)}


def by_path(plugins: Mapping[str, Path]) -> dict[str, Any]:
    """`plugins` of a Pulumi.yaml."""
    return {"providers": [{"name": name, "path": str(path)} for name, path in plugins.items()]}


def settings_with_salt(settings: Mapping[str, Any], earlier: Mapping[str, Any]) -> dict[str, Any]:
    """The stack's settings with the salt that the engine added to its copy, or every run would make a new one.

    The key with which a real stack encrypts is left out: the sandbox has its passphrase.
    """
    own = {key: value for key, value in settings.items() if key not in REAL_SECRETS}
    salt = earlier.get("encryptionsalt")
    return {**own, **({"encryptionsalt": salt} if salt else {})}


def plugins(layout: Layout, schemas: Path) -> dict[str, Path]:
    """The folders of both plugins. An official kubernetes plugin on PATH, of any version, is used instead of ours."""
    official = shutil.which("pulumi-resource-kubernetes")
    return {
        "gcp": write_plugin(layout, "gcp", schemas),
        "kubernetes": Path(official).parent if official else write_plugin(layout, "kubernetes", schemas),
    }


def own_plugins(layout: Layout) -> list[str]:
    """The names of those plugins that are the sandbox's own."""
    providers = mapping(layout.engine / "Pulumi.yaml", remedy=REMOVE)["plugins"]["providers"]
    return [provider["name"] for provider in providers if Path(provider["path"]).parent == layout.plugins]


def version_of(plugin: Path) -> str | None:
    """The version that a plugin's executable tells of itself; None when it tells none."""
    try:
        answer = subprocess.run([plugin, "--version"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    found = re.search(r"v?\d+\.\d+\.\d+\S*", answer.stdout)
    return found.group() if found and answer.returncode == 0 else None


def write_plugin(layout: Layout, name: str, schemas: Path) -> Path:
    """An executable that runs our plugin, in a folder of its own as the engine wants it."""
    folder = layout.plugins / name
    folder.mkdir(parents=True, exist_ok=True)
    module, socket = f"sandbox.plugins.{name}", f'"${FOLDER_VARIABLE}/{name}"'
    script(
        folder / f"pulumi-resource-{name}",
        environment_of_plugins(layout, schemas)
        + f'[ -S {socket} ] && exec {quote(sys.executable)} -I -S {quote(takeover.__file__)} {socket} {module} "$@"\n'
        f'exec {quote(sys.executable)} -m {module} "$@"\n',
    )
    return folder


def write_ready(layout: Layout, schemas: Path) -> None:
    """An executable that loads our plugins ahead."""
    body = f'{environment_of_plugins(layout, schemas)}exec {quote(sys.executable)} -m sandbox.plugins.ready "$@"\n'
    script(layout.plugins / "ready", body)


def environment_of_plugins(layout: Layout, schemas: Path) -> str:
    """The lines of a script that say where the plugins find their code and their files."""
    return f"export PYTHONPATH={quote(CHECKOUT)} SANDBOX_HOME={quote(layout.root)} SANDBOX_SCHEMAS={quote(schemas)}\n"


def write_auth_plugin(layout: Layout) -> None:
    """Answers for GKE's credential plugin with the local control plane's token."""
    token = json.loads(layout.endpoint.read_text())["token"]
    credential = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "kind": "ExecCredential",
        "status": {"token": token},
    }
    answer = layout.controlplane / "credential.json"
    write(answer, json.dumps(credential), mode=0o600)
    script(layout.bin / "gke-gcloud-auth-plugin", f"exec cat {quote(answer)}\n")


def environment(layout: Layout, *, speed: float) -> dict[str, str]:
    """What the engine, its plugins and the policy pack find in their environment."""
    return {
        "PATH": first_on_path(layout.bin),
        "PULUMI_HOME": str(layout.engine / "home"),
        "PULUMI_BACKEND_URL": f"file://{layout.engine / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": os.environ.get("PULUMI_CONFIG_PASSPHRASE", PASSPHRASE),
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PYTHONPATH": str(CHECKOUT),
        "SANDBOX_HOME": str(layout.root),
        "SANDBOX_SPEED": f"{speed:g}",
    }


def first_on_path(folder: Path) -> str:
    """PATH with `folder` in front, once."""
    others = [entry for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if entry != str(folder)]
    return os.pathsep.join([str(folder), *others])


def link(path: Path, target: Path) -> None:
    """Points `path` at `target`, replacing what was there."""
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target.resolve())
    temporary.replace(path)


def quote(path: Path | str) -> str:
    """A path as the shell reads it back."""
    return shlex.quote(str(path))


def script(path: Path, body: str) -> None:
    """A shell script that anyone may run."""
    write(path, "#!/bin/sh\n" + body, mode=0o755)


def write(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Writes `text` unless it is there already, so that nothing looks changed that is not."""
    if path.exists() and path.read_bytes() == text.encode() and stat.S_IMODE(path.stat().st_mode) == mode:
        return
    temporary = path.with_name(path.name + ".new")
    temporary.touch(mode=0o600)
    temporary.write_text(text)
    temporary.chmod(mode)
    temporary.replace(path)
