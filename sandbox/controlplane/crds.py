"""Installs what GKE has built in and a bare API server has not: VerticalPodAutoscaler and volume snapshots."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import yaml

from sandbox.controlplane.api import Api
from sandbox.controlplane.errors import ControlPlaneError

_PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def read_crds(folder: Path) -> list[dict[str, Any]]:
    """Every CustomResourceDefinition in the folder's YAML files."""
    documents: Iterable[Any] = (
        document for file in sorted(folder.glob("*.yaml")) for document in yaml.safe_load_all(file.read_text("utf-8"))
    )
    return [d for d in documents if isinstance(d, dict) and d.get("kind") == "CustomResourceDefinition"]


def apply_crds(api: Api, crds: Iterable[dict[str, Any]]) -> None:
    """Applies them; those that are already there stay as they are. Raises ControlPlaneError with the server's words."""
    for crd in crds:
        # The generators write an empty status, which is the API server's to set.
        wanted = {key: value for key, value in crd.items() if key != "status"}
        name = crd["metadata"]["name"]
        answer = api.apply(f"{_PATH}/{name}", wanted)
        if answer.status not in (200, 201):
            raise ControlPlaneError(
                f"The API server refused the CustomResourceDefinition {name} ({answer.status}): {answer.text[:500]}. "
                f"The control plane was left running; the same command tries again."
            )


def served(api: Api, crds: Iterable[dict[str, Any]]) -> Callable[[], str | None]:
    """A check for wait_until: None once every CRD is established and answers at each version, else what is missing."""
    wanted = {crd["metadata"]["name"]: _collections(crd) for crd in crds}

    def check() -> str | None:
        answer = api.get(_PATH)
        if answer.status != 200:
            return f"{answer.status} {answer.text}"
        missing = set(wanted) - {crd["metadata"]["name"] for crd in answer.json["items"] if _is_established(crd)}
        if missing:
            return f"not established yet: {', '.join(sorted(missing))}"
        # For a second after Established the server still says 429, "storage is (re)initializing".
        silent = [path for paths in wanted.values() for path in paths if api.get(path).status != 200]
        return f"not served yet: {', '.join(silent)}" if silent else None

    return check


def _collections(crd: dict[str, Any]) -> list[str]:
    spec = crd["spec"]
    versions = [version["name"] for version in spec["versions"] if version["served"]]
    return [f"/apis/{spec['group']}/{version}/{spec['names']['plural']}?limit=1" for version in versions]


def _is_established(crd: dict[str, Any]) -> bool:
    conditions = crd.get("status", {}).get("conditions") or []
    return any(condition["type"] == "Established" and condition["status"] == "True" for condition in conditions)
