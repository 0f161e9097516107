"""What the pinned Kubernetes and the CRDs say an object looks like, without an API server."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import yaml

from sandbox import gke
from sandbox.plugins.failures import ResourceRefused
from sandbox.plugins.kubernetes.tokens import Kind
from sandbox.plugins.kubernetes.values import Object, at

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_METADATA = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"


class KindUnknown(ResourceRefused):
    """The group of a kind is known here, the kind is not: misspelled, or defined in the cluster alone."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(f'no matches for kind "{kind.name}" in version "{kind.api_version}"')


class Schemas:
    """`folder` holds `swagger.json` (OpenAPI v2 of the pinned Kubernetes) and `crds/*.yaml`. Read once, when needed.

    The definitions that the sandbox brings itself (sandbox/gke) are known as well.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._definitions: dict[str, Object] = {}
        self._names: dict[tuple[str, str], str] = {}
        self._custom: dict[tuple[str, str], Object] = {}
        self._loaded = False

    @property
    def present(self) -> bool:
        """Whether there is anything to judge by."""
        return (self._folder / "swagger.json").is_file()

    def schema(self, kind: Kind) -> Object | None:
        """The schema of `kind`; None for a group that neither Kubernetes nor a CRD is known to serve.

        Raises KindUnknown for a kind that its (known) group does not have.
        """
        self.load()
        key = (kind.api_version, kind.name)
        if key in self._custom:
            return self._custom[key]
        if key in self._names:
            return self._definitions[self._names[key]]
        if self._knows_group(kind.group):
            raise KindUnknown(kind)
        return None

    def definition(self, reference: str) -> Object:
        """What a `$ref` of a schema points to."""
        return self._definitions[reference.rpartition("/")[2]]

    def add_definition(self, crd: Object) -> None:
        """Learn the kinds of a CustomResourceDefinition, as one that the same update creates."""
        group, name = at(crd, "spec", "group"), at(crd, "spec", "names", "kind")
        for version in at(crd, "spec", "versions", default=[]):
            schema = at(version, "schema", "openAPIV3Schema")
            if isinstance(schema, dict) and isinstance(group, str) and isinstance(name, str):
                self._custom[f"{group}/{version.get('name')}", name] = _closed(schema)

    def _knows_group(self, group: str) -> bool:
        served = {api_version.rpartition("/")[0] for api_version, _ in [*self._names, *self._custom]}
        return group in served

    def load(self) -> None:
        """Reads the folder, once. Raises ResourceRefused."""
        with self._lock:
            if self._loaded:
                return
            try:
                document = json.loads((self._folder / "swagger.json").read_bytes())
                self._read_definitions(document["definitions"])
                for path in (*sorted((self._folder / "crds").glob("*.yaml")), *sorted(gke.FOLDER.glob("*.yaml"))):
                    for crd in yaml.load_all(path.read_text(), Loader=_LOADER):
                        if at(crd, "kind") == "CustomResourceDefinition":
                            self.add_definition(crd)
            except (OSError, ValueError, KeyError, yaml.YAMLError) as error:
                raise ResourceRefused(
                    f"the Kubernetes schemas in {self._folder} cannot be read ({error}); "
                    "`make up` writes them again after they are removed"
                ) from error
            self._loaded = True

    def _read_definitions(self, definitions: dict[str, Object]) -> None:
        self._definitions = definitions
        for name, definition in definitions.items():
            for gvk in definition.get("x-kubernetes-group-version-kind", []):
                api_version = f"{gvk['group']}/{gvk['version']}" if gvk["group"] else gvk["version"]
                self._names[api_version, gvk["kind"]] = name


def _closed(schema: Object) -> Object:
    """A CRD's schema as a whole object: every custom resource has apiVersion, kind and the common metadata."""
    common = {
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "metadata": {"$ref": f"#/definitions/{_METADATA}"},
    }
    return {**schema, "properties": {**schema.get("properties", {}), **common}, "x-structural": True}
