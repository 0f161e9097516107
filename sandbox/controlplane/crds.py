"""Installs what GKE has built in and a bare API server has not: custom resources, and what GKE does to pods."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any

import yaml

from sandbox.controlplane.api import Api
from sandbox.controlplane.errors import ControlPlaneError

_PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_ADMISSION = "/apis/admissionregistration.k8s.io/v1"
_POLICIES = {
    "MutatingAdmissionPolicy": f"{_ADMISSION}/mutatingadmissionpolicies",
    "MutatingAdmissionPolicyBinding": f"{_ADMISSION}/mutatingadmissionpolicybindings",
    "ValidatingAdmissionPolicy": f"{_ADMISSION}/validatingadmissionpolicies",
    "ValidatingAdmissionPolicyBinding": f"{_ADMISSION}/validatingadmissionpolicybindings",
}


def read_crds(*folders: Path) -> list[dict[str, Any]]:
    """Every CustomResourceDefinition in the folders' YAML files."""
    return _documents(folders, ("CustomResourceDefinition",))


def read_policies(folder: Path) -> list[dict[str, Any]]:
    """Every admission policy and binding in the folder's YAML files."""
    return _documents((folder,), _POLICIES)


def apply_crds(api: Api, crds: Iterable[dict[str, Any]]) -> None:
    """Applies them; those that are already there stay as they are. Raises ControlPlaneError with the server's words."""
    for crd in crds:
        # The generators write an empty status, which is the API server's to set.
        _apply(api, _PATH, {key: value for key, value in crd.items() if key != "status"})


def apply_policies(api: Api, policies: Iterable[dict[str, Any]]) -> None:
    """Applies admission policies and bindings, as apply_crds does. They are in force about a second later."""
    for policy in policies:
        _apply(api, _POLICIES[policy["kind"]], policy)


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


def _documents(folders: Iterable[Path], kinds: Collection[str]) -> list[dict[str, Any]]:
    files = (file for folder in folders for file in sorted(folder.glob("*.yaml")))
    documents: Iterable[Any] = (d for file in files for d in yaml.safe_load_all(file.read_text("utf-8")))
    return [d for d in documents if isinstance(d, dict) and d.get("kind") in kinds]


def _apply(api: Api, collection: str, wanted: dict[str, Any]) -> None:
    kind, name = wanted["kind"], wanted["metadata"]["name"]
    answer = api.apply(f"{collection}/{name}", wanted)
    if answer.status not in (200, 201):
        raise ControlPlaneError(
            f"The API server refused the {kind} {name} ({answer.status}): {answer.text[:500]}. "
            f"The control plane was left running; the same command tries again."
        )


def _collections(crd: dict[str, Any]) -> list[str]:
    spec = crd["spec"]
    versions = [version["name"] for version in spec["versions"] if version["served"]]
    return [f"/apis/{spec['group']}/{version}/{spec['names']['plural']}?limit=1" for version in versions]


def _is_established(crd: dict[str, Any]) -> bool:
    conditions = crd.get("status", {}).get("conditions") or []
    return any(condition["type"] == "Established" and condition["status"] == "True" for condition in conditions)
