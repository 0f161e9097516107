"""Kubernetes manifests that never saw Pulumi, as the resources that the controls judge.

One path is one environment: what a chart was rendered to, or what one `kubectl apply -f` would be given. Two equal
objects count once; two that differ under one name are both judged, and told.

In a folder, documents without a `kind` are passed over and listed, since values of charts lie beside manifests. A
document with a kind and no apiVersion is an error everywhere, and so is a path without any manifest: what looks like a
clean result must not come from having looked at nothing.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from guardrails.plain import Plain
from guardrails.resource import Resource

from operations.adapters import manifest_files
from operations.adapters.manifest_files import FileFault
from operations.adapters.yaml_documents import Document
from operations.errors import OperationError

_API_VERSION: Final = re.compile(r"(?:([a-z0-9.-]+)/)?([a-z0-9]+)")
_KIND: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an object begins; `line` counts from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, kw_only=True)
class Manifests:
    """Everything that was read below one path."""

    resources: tuple[Resource, ...]
    places: Mapping[str, Place]
    """Where each resource begins, by its `urn`."""
    notes: tuple[str, ...]
    """What was passed over and what is there twice, one sentence each."""


@dataclass(frozen=True, kw_only=True)
class _Object:
    """What one document, or one item of a list, declares."""

    content: dict[str, Plain]
    type: str
    place: Place

    @property
    def name(self) -> str:
        """Empty where the API server makes one up, or refuses the object."""
        return self._text("name")

    @property
    def shown(self) -> str:
        """The name, or what stands in for it."""
        generated = self._text("generateName")
        return self.name or (f"{generated}*" if generated else "(no name)")

    @property
    def identity(self) -> str:
        """What a person calls it, such as `Pod p2p/node`."""
        namespace = self._text("namespace")
        return f"{self.content['kind']} {namespace}{'/' if namespace else ''}{self.shown}"

    def _text(self, key: str) -> str:
        metadata = self.content.get("metadata")
        value = metadata.get(key) if isinstance(metadata, dict) else None
        return value if isinstance(value, str) else ""


def read(path: Path) -> Manifests:
    """Every Kubernetes object of a file, or of all YAML and JSON files below a folder.

    Raises:
        OperationError: with each file that cannot be judged, its line and why; or there is no manifest at all.
    """
    found: list[_Object] = []
    others: list[Place] = []
    faults: list[str] = []
    for file in manifest_files.files(path):
        try:
            for document in manifest_files.read(file):
                place = Place(file=str(file), line=document.line)
                if isinstance(document.value, dict) and "kind" in document.value:
                    found += _objects(document.value, place, document)
                else:
                    others.append(place)
        except FileFault as fault:
            faults.append(str(fault))
    listed = ", ".join(map(str, others))
    if faults:
        raise OperationError("\n".join([*faults, "Nothing was judged. Mend or move what is named above."]))
    if others and not path.is_dir():
        raise OperationError(f"{listed} is no Kubernetes object: it has no kind. Nothing was judged.")
    if not found:
        passed_over = f": {listed} have no kind" if others else ""
        raise OperationError(f"There is no Kubernetes manifest in {path}{passed_over}. Nothing was judged.")
    return _manifests(found, [f"{listed}: passed over, without a kind it is no Kubernetes object"] if others else [])


def type_token(api_version: Plain, kind: Plain) -> str:
    """The Pulumi type of a Kubernetes kind, such as `kubernetes:core/v1:Pod`. Raises ValueError for what is neither."""
    match = _API_VERSION.fullmatch(api_version) if isinstance(api_version, str) else None
    if match is None:
        raise ValueError(f"the apiVersion is not of the form group/version: {json.dumps(api_version)}")
    if not isinstance(kind, str) or not _KIND.fullmatch(kind):
        raise ValueError(f"the kind is not of the form StatefulSet: {json.dumps(kind)}")
    return f"kubernetes:{match[1] or 'core'}/{match[2]}:{kind}"


def _objects(
    value: Plain, place: Place, document: Document, inherited: Mapping[str, Plain] | None = None
) -> list[_Object]:
    """The object itself, or the items of a list of objects, which may leave their type to the list's."""
    if not isinstance(value, dict):
        raise FileFault(f"{place}: an item of a list is no object")
    content = {**(inherited or {}), **value}
    try:
        type_ = type_token(content.get("apiVersion"), content.get("kind"))
    except ValueError as error:
        raise FileFault(f"{place}: {error}") from error
    kind = str(content["kind"])
    if kind != "List" and not (kind.endswith("List") and "items" in content):
        return [_Object(content=content, type=type_, place=place)]
    items = content.get("items")
    if not isinstance(items, list | None):
        raise FileFault(f"{place}: the items of this {kind} are no list")
    of_items = {"apiVersion": content["apiVersion"], "kind": kind.removesuffix("List")} if kind != "List" else {}
    return [
        one
        for item in items or []
        for one in _objects(item, Place(file=place.file, line=document.line_of(item)), document, of_items)
    ]


def _manifests(found: Iterable[_Object], notes: list[str]) -> Manifests:
    resources: list[Resource] = []
    places: dict[str, Place] = {}
    first: dict[tuple[str, str], _Object] = {}
    seen: Counter[str] = Counter()
    for one in found:
        known = first.setdefault((one.type, one.identity), one)
        if known is not one and one.name:
            if known.content == one.content:
                notes.append(f"{one.place}: {one.identity} is the same as at {known.place}, and counts once")
                continue
            notes.append(f"{one.place}: {one.identity} differs from the one at {known.place}; both are judged")
        urn = f"{one.place} {one.identity}"
        seen[urn] += 1
        # Objects of one line, as in JSON.
        urn = urn if seen[urn] == 1 else f"{urn} ({seen[urn]})"
        places[urn] = one.place
        resources.append(Resource(type=one.type, name=one.shown, urn=urn, props=one.content))
    return Manifests(resources=tuple(resources), places=places, notes=tuple(notes))
