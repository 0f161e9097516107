"""Rules that pulumi_gcp states in its own docstrings: immutable properties, conflicts, allowed values.

Each rule keeps the sentence it was read from: the docstring is the reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from sandbox.simulator.paths import join
from sandbox.simulator.rules import Both, Conflict, Immutable, When
from sandbox.simulator.schema import Properties, ResourceSchema, Schema, Type

_ALWAYS = re.compile(
    r"resource must be recreated to modify this field|can be set only at resource creation time"
    r"|immutable and causes resource replacement|Changing this will force recreation of the resource"
    r"|Changing this forces a new \w"
)
_ONCE_SET = re.compile(r"Changing this field at any other time forces recreation")
_NAMES = r"`?(\w+)`?(?:(?:,| and| or) `?(\w+)`?)?"
_CONFLICTS = re.compile(rf"^Conflicts with {_NAMES}$")
_EXCLUSIVE = re.compile(rf"^Mutually exclusive with {_NAMES}$")
_NOT_TOGETHER = re.compile(rf"^\w+ cannot be used at the same time as {_NAMES}$")
_VALUES = re.compile(r"Possible values(?: are)?:? ((?:`[A-Z0-9_]+`(?:, and |, | and | or )?)+)\.")


def immutables(schema: Schema, resource: ResourceSchema) -> Iterator[Immutable]:
    """Every input whose docstring says that changing it replaces the resource."""
    for path, sentences in _documented(schema, resource):
        for sentence in sentences:
            when: When | None = (
                "always" if _ALWAYS.search(sentence) else "once-set" if _ONCE_SET.search(sentence) else None
            )
            if when is not None:
                # A property that is a map or a block is meant with all that it holds.
                yield Immutable(path=f"{path}.**", when=when, reference=_cited(schema, resource, path, sentence))


def conflicts(schema: Schema, resource: ResourceSchema) -> Iterator[Conflict]:
    """Every pair of inputs that a docstring calls conflicting."""
    for path, sentences in _documented(schema, resource):
        for sentence in sentences:
            both: Both = "true" if _EXCLUSIVE.match(sentence) else "given"
            match = _CONFLICTS.match(sentence) or _NOT_TOGETHER.match(sentence) or _EXCLUSIVE.match(sentence)
            if match is None:
                continue
            reference = _cited(schema, resource, path, sentence)
            for other in filter(None, match.groups()):
                yield Conflict(path=path, other=_sibling(path, other), both=both, reference=reference)


@lru_cache(maxsize=1024)
def allowed_values(doc: str) -> tuple[str, ...]:
    """The values that a docstring lists as the possible ones, or nothing."""
    match = _VALUES.search(" ".join(doc.split()))
    return tuple(re.findall(r"`([A-Z0-9_]+)`", match.group(1))) if match else ()


def _documented(schema: Schema, resource: ResourceSchema) -> Iterator[tuple[str, list[str]]]:
    yield from _walk(schema, resource.inputs, "", frozenset())


def _walk(schema: Schema, properties: Properties, path: str, within: frozenset[str]) -> Iterator[tuple[str, list[str]]]:
    for name, prop in properties.items():
        place = join(path, name)
        yield place, re.split(r"\.(?:\s+|$)", " ".join(prop.doc.split()))
        suffix, inner = _innermost(prop.type)
        if inner.class_name and inner.class_name not in within:
            yield from _walk(schema, schema.fields(inner.class_name), f"{place}{suffix}", within | {inner.class_name})


def _innermost(found: Type) -> tuple[str, Type]:
    suffix = ""
    while found.kind == "list" and found.items:
        suffix, found = f"{suffix}[*]", found.items
    return suffix, found


def _sibling(path: str, name: str) -> str:
    wire = re.sub(r"_(\w)", lambda match: match.group(1).upper(), name)
    parent, dot, _ = path.rpartition(".")
    return f"{parent}{dot}{wire}"


def _cited(schema: Schema, resource: ResourceSchema, path: str, sentence: str) -> str:
    return f"pulumi_gcp {schema.version}, docstring of {resource.name}.{path}: {sentence}"
