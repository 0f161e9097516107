"""Copies the OpenAPI document of the pinned Kubernetes and the pinned CRDs out of the downloaded Go modules."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from sandbox.toolchain.go import GoFailed, GoRunner

_KUBERNETES = "k8s.io/kubernetes"
_SWAGGER = "api/openapi-spec/swagger.json"
_CRDS = {
    "k8s.io/autoscaler/vertical-pod-autoscaler": ("deploy/vpa-v1-crd-gen.yaml",),
    "github.com/kubernetes-csi/external-snapshotter/client/v8": (
        "config/crd/snapshot.storage.k8s.io_volumesnapshotclasses.yaml",
        "config/crd/snapshot.storage.k8s.io_volumesnapshotcontents.yaml",
        "config/crd/snapshot.storage.k8s.io_volumesnapshots.yaml",
    ),
}


def copy_schemas(target: Path, modules: Path, runner: GoRunner, report: Callable[[str], None]) -> None:
    """Makes `target` with swagger.json and crds/*.yaml in it. Raises GoFailed, OSError or BuildCancelled."""
    (target / "crds").mkdir(parents=True)
    for module, files in _CRDS.items():
        folder = _module_folder(module, modules / "crds", runner, report)
        for file in files:
            # The content only: the module cache is read-only, and the copy must be removable.
            shutil.copyfile(folder / file, target / "crds" / Path(file).name)
    kubernetes = _module_folder(_KUBERNETES, modules / "controlplane", runner, report)
    shutil.copyfile(kubernetes / _SWAGGER, target / "swagger.json")


def _module_folder(module: str, pinning: Path, runner: GoRunner, report: Callable[[str], None]) -> Path:
    report(f"fetching {module}")
    output = runner.run(["mod", "download", "-json", module], pinning, report)
    try:
        return Path(json.loads(output)["Dir"])
    except (ValueError, KeyError) as problem:
        raise GoFailed(f"go mod download -json {module} did not name the module's folder: {output[:500]}") from problem
