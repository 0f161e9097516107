"""pulumi_gcp's types as data: read once from its sources, then from a cache."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from sandbox.simulator import extraction
from sandbox.simulator.extraction import Extractor, Json

Kind = Literal["string", "boolean", "integer", "number", "any", "list", "map", "object"]


@dataclass(frozen=True, kw_only=True)
class Type:
    """`items` is the type of the elements of a list or map, `class_name` the class of an object."""

    kind: Kind
    items: Type | None = None
    class_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class Property:
    """One property under its camelCase wire name; `doc` is pulumi_gcp's docstring."""

    type: Type
    required: bool
    doc: str


Properties = Mapping[str, Property]


@dataclass(frozen=True, kw_only=True)
class ResourceSchema:
    """What pulumi_gcp lets a program give (`inputs`) and read (`outputs`)."""

    name: str
    inputs: Properties
    outputs: Properties


class Schema:
    """The types of the resources of the catalogue. Objects are built when asked for: most are never used."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self._classes: dict[str, Properties] = {}

    @cached_property
    def version(self) -> str:
        """The version of pulumi_gcp that was read."""
        return str(self._document["version"])

    @cached_property
    def provider(self) -> Properties:
        """The provider's configuration."""
        return _properties(self._document["provider"])

    def resource(self, file: str) -> ResourceSchema:
        """The resource that pulumi_gcp defines in `file`, e.g. `container/cluster.py`."""
        found = self._document["resources"][file]
        return ResourceSchema(
            name=found["name"], inputs=_properties(found["inputs"]), outputs=_properties(found["outputs"])
        )

    def fields(self, class_name: str) -> Properties:
        """The properties of a nested class."""
        if class_name not in self._classes:
            self._classes[class_name] = _properties(self._document["classes"][class_name])
        return self._classes[class_name]


def load(files: Sequence[str]) -> Schema:
    """The schema of the resources in `files`, from the cache if it was read before.

    The cache is a file for each version of pulumi_gcp and of the reader. An unreadable or unwritable cache costs half a
    second, never an error. Raises extraction.ExtractionError.
    """
    try:
        version = metadata.version("pulumi-gcp")
    except metadata.PackageNotFoundError:
        raise extraction.ExtractionError(
            "pulumi_gcp is not installed in this environment; any `make` command installs it into .venv"
        ) from None
    digest = hashlib.sha256(Path(extraction.__file__).read_bytes())
    digest.update(json.dumps(sorted(files)).encode())
    cached = cache_folder() / f"gcp-{version}-{digest.hexdigest()[:16]}.json"
    try:
        document = json.loads(cached.read_text(encoding="utf-8"))
        if set(document) == {"version", "provider", "resources", "classes"}:
            return Schema(document)
    except (OSError, ValueError, TypeError):
        pass
    document = _extract(files, version)
    _keep(cached, json.dumps(document))
    return Schema(document)


def cache_folder() -> Path:
    """$P2P_NODES_CACHE, or p2p-nodes below the user's cache folder; `schema` in it."""
    if named := os.environ.get("P2P_NODES_CACHE"):
        return Path(named) / "schema"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "p2p-nodes" / "schema"


def _extract(files: Sequence[str], version: str) -> Json:
    extractor = Extractor(package=extraction.package_folder())
    resources = {file: extractor.resource(file) for file in files}
    provider = extractor.provider()
    return {"version": version, "provider": provider, "resources": resources, "classes": extractor.classes}


def _keep(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
            file.write(text)
        Path(file.name).replace(path)
    except OSError:
        return  # the next start reads the sources again


def _properties(found: Json) -> Properties:
    return {
        name: Property(type=_type(value["type"]), required=value["required"], doc=value["doc"])
        for name, value in found.items()
    }


def _type(found: dict[str, Any]) -> Type:
    items = _type(found["items"]) if "items" in found else None
    return Type(kind=found["kind"], items=items, class_name=found.get("class"))
