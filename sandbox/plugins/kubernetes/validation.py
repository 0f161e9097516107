"""Judging an object by its schema: misspelled fields, wrong types, missing required fields.

Values are never quoted in what is said, because they may be secret; UNKNOWN is right everywhere.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.plugins.kubernetes.schemas import Schemas
from sandbox.plugins.kubernetes.tokens import Kind
from sandbox.plugins.kubernetes.values import Json, Object, Path, Unknown, path_text

# Written as `type: string` in the OpenAPI document although the API server reads numbers as well.
_QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
_ANYTHING = ("x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing wrong with an object: where, and what."""

    path: str
    reason: str


def faults(schemas: Schemas, kind: Kind, obj: Object) -> list[Fault]:
    """Everything wrong with `obj`; nothing for kinds whose schema is not known here.

    Raises KindUnknown for a kind that its API group does not have.
    """
    schema = schemas.schema(kind)
    if schema is None:
        return []
    walk = _Walk(schemas=schemas, structural=bool(schema.get("x-structural")))
    return [Fault(path=path_text(path), reason=reason) for path, reason in walk.value(obj, schema, ())]


@dataclass(frozen=True, kw_only=True)
class _Walk:
    schemas: Schemas
    structural: bool
    """Whether fields that the schema does not name are refused even where it names none at all (CRDs)."""

    def value(self, value: Json, schema: Object, path: Path) -> Iterator[tuple[Path, str]]:
        if isinstance(value, Unknown):
            return
        reference = schema.get("$ref", "")
        if reference:
            schema = self.schemas.definition(reference)
            if reference.endswith(_QUANTITY) and isinstance(value, (int, float)):
                return
            # The common metadata is described by Kubernetes even inside of a CRD.
            yield from _Walk(schemas=self.schemas, structural=False).value(value, schema, path)
            return
        if schema.get("x-kubernetes-int-or-string") or schema.get("format") == "int-or-string":
            if isinstance(value, bool) or not isinstance(value, (int, str)):
                yield path, f"must be an integer or a string, not {_name(value)}"
            return
        wanted = schema.get("type") or ("object" if "properties" in schema else "")
        if wanted and not _fits(value, wanted):
            yield path, f"must be {_article(wanted)}, not {_name(value)}"
            return
        if (allowed := schema.get("enum")) and value not in allowed:
            yield path, f"must be one of {', '.join(str(one) for one in allowed)}"
        if isinstance(value, dict):
            yield from self._object(value, schema, path)
        elif isinstance(value, list) and "items" in schema:
            for index, item in enumerate(value):
                yield from self.value(item, schema["items"], (*path, index))

    def _object(self, value: Object, schema: Object, path: Path) -> Iterator[tuple[Path, str]]:
        properties: Object = schema.get("properties", {})
        others = schema.get("additionalProperties")
        described = bool(properties) or (self.structural and schema.get("type") == "object")
        closed = described and not others and not any(schema.get(mark) for mark in _ANYTHING)
        for name, item in value.items():
            if name in properties:
                yield from self.value(item, properties[name], (*path, name))
            elif isinstance(others, dict):
                yield from self.value(item, others, (*path, name))
            elif closed:
                yield (*path, name), f"unknown field{_suggestion(name, properties)}"
        for name in schema.get("required", []):
            if name not in value:
                yield (*path, name), "required and not given"


def _fits(value: Json, wanted: str) -> bool:
    match wanted:
        case "object":
            return isinstance(value, dict)
        case "array":
            return isinstance(value, list)
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, (int, float)) and not isinstance(value, bool)
    return True


def _name(value: Json) -> str:
    names = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number"}
    return _article(names.get(type(value), type(value).__name__))


def _article(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


def _suggestion(name: str, properties: Object) -> str:
    near = difflib.get_close_matches(name, list(properties), n=1)
    return f"; did you mean '{near[0]}'?" if near else ""
