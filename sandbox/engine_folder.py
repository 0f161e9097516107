"""The folder the engine works in, and the executables it finds first.

The project's own files stay clean: what only the sandbox needs (plugins by path, a passphrase, a file backend) is
written here.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from sandbox.layout import CHECKOUT, Layout
from sandbox.policy_shim import write_analyzer_shim

STACK = "sandbox"
PASSPHRASE = "sandbox"  # noqa: S105 - guards nothing: the sandbox's secrets are made on this machine, for it alone


def prepare(layout: Layout, *, engine: Path, kubectl: Path, schemas: Path) -> None:
    """Writes everything the engine needs. Repeating it changes nothing."""
    for folder in (layout.bin, layout.engine / "home", layout.engine / "state"):
        folder.mkdir(parents=True, exist_ok=True)
    link(layout.bin / "pulumi", engine)
    link(layout.bin / "kubectl", kubectl)
    write_analyzer_shim(layout.bin, Path(sys.executable))
    write_auth_plugin(layout)
    project = yaml.safe_load((CHECKOUT / "Pulumi.yaml").read_text())
    write(layout.engine / "Pulumi.yaml", yaml.safe_dump(project_of_the_sandbox(project, plugins(layout, schemas))))
    copy = layout.engine / f"Pulumi.{STACK}.yaml"
    settings = yaml.safe_load((CHECKOUT / copy.name).read_text())
    earlier = yaml.safe_load(copy.read_text()) if copy.exists() else {}
    write(copy, yaml.safe_dump(settings_with_salt(settings, earlier)))


def project_of_the_sandbox(project: Mapping[str, Any], plugins: Mapping[str, Path]) -> dict[str, Any]:
    """The project with our plugins by path. It has no language host: the Automation API runs the program inline."""
    return {
        **project,
        "runtime": "python",
        "plugins": {"providers": [{"name": name, "path": str(path)} for name, path in plugins.items()]},
    }


def settings_with_salt(settings: Mapping[str, Any], earlier: Mapping[str, Any] | None) -> dict[str, Any]:
    """The stack's settings with the salt that the engine added to its copy, or every run would make a new one."""
    salt = (earlier or {}).get("encryptionsalt")
    return {**settings, **({"encryptionsalt": salt} if salt else {})}


def plugins(layout: Layout, schemas: Path) -> dict[str, Path]:
    """The folders of both plugins. An official kubernetes plugin on PATH is used instead of ours."""
    official = shutil.which("pulumi-resource-kubernetes")
    return {
        "gcp": write_plugin(layout, "gcp", schemas),
        "kubernetes": Path(official).parent if official else write_plugin(layout, "kubernetes", schemas),
    }


def write_plugin(layout: Layout, name: str, schemas: Path) -> Path:
    """An executable that runs our plugin, in a folder of its own as the engine wants it."""
    folder = layout.plugins / name
    folder.mkdir(parents=True, exist_ok=True)
    script(
        folder / f"pulumi-resource-{name}",
        f'export PYTHONPATH="{CHECKOUT}" SANDBOX_HOME="{layout.root}" SANDBOX_SCHEMAS="{schemas}"\n'
        f'exec "{sys.executable}" -m sandbox.plugins.{name} "$@"\n',
    )
    return folder


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
    script(layout.bin / "gke-gcloud-auth-plugin", f'exec cat "{answer}"\n')


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


def script(path: Path, body: str) -> None:
    """A shell script that anyone may run."""
    write(path, "#!/bin/sh\n" + body, mode=0o755)


def write(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Writes `text` unless it is there already, so that nothing looks changed that is not."""
    if path.exists() and path.read_text() == text and stat.S_IMODE(path.stat().st_mode) == mode:
        return
    temporary = path.with_name(path.name + ".new")
    temporary.touch(mode=0o600)
    temporary.write_text(text)
    temporary.chmod(mode)
    temporary.replace(path)
