"""YAML as Kubernetes reads it, with the line of every object.

Built from the events of libyaml and not by PyYAML's loaders: those know no duplicate key, read `12:30` and dates as
other types than Kubernetes does, follow an alias that contains itself, and take longer. Plain scalars mean what
`sigs.k8s.io/yaml`, through which kubectl reads every manifest, makes of them: YAML 1.1 without base 60, dates as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import yaml
from guardrails.plain import Plain
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

MOST_ALIASED: Final = 100_000
"""Values that the aliases of one document may stand for. Text of a few lines can stand for billions."""
DEEPEST: Final = 200
"""Objects and lists inside one another."""

_LOADER: Final[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_CONSTANTS: Final[dict[str, Plain]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
}
_INTEGER: Final = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)")
_LONGEST_INTEGER: Final = 20
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_LEADING_ZERO: Final = re.compile(r"([-+]?0)([0-7]+)")
_TAGS: Final = "tag:yaml.org,2002:"
_MERGE: Final = "<<"


class YamlError(Exception):
    """Text that is no YAML, or that Kubernetes would not read. `line` counts from 1, and is 0 where nobody knows it."""

    def __init__(self, problem: str, line: int) -> None:
        super().__init__(problem)
        self.problem, self.line = problem, line


@dataclass(frozen=True, kw_only=True)
class Document:
    """One document that is not empty."""

    value: Plain
    line: int
    lines: dict[int, int]
    """The line of each object in it, by the object's `id`."""

    def line_of(self, value: Plain) -> int:
        """Where an object of this document begins; the document's own line for what is no object."""
        return self.lines.get(id(value), self.line)


@dataclass(kw_only=True, slots=True)
class _Open:
    """An object or a list whose end was not read yet."""

    value: dict[str, Plain] | list[Plain]
    anchor: str | None
    key: str | None = None
    merged: list[dict[str, Plain]] = field(default_factory=list)
    size: int = 1


def documents(text: bytes) -> Iterator[Document]:
    """Every document of a YAML text that holds more than comments.

    Raises:
        YamlError: with the line.
    """
    try:
        # yaml.parse asks twice for each event.
        events = iter(_LOADER(text).get_event, None)
        for event in events:
            if isinstance(event, DocumentStartEvent):
                document = _document(events)
                if document.value is not None:
                    yield document
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # What is missing at the end is missed on a line that is not there.
        line = min(mark.line + 1, len(text.splitlines())) if mark else 0
        raise YamlError(str(error.problem or error.context), line) from error
    except yaml.reader.ReaderError as error:
        raise YamlError(f"it is no text: {error.reason} at byte {error.position}", 0) from error


def _document(events: Iterator[Any]) -> Document:
    stack: list[_Open] = [_Open(value=[], anchor=None)]
    anchored: dict[str, tuple[Plain, int]] = {}
    lines: dict[int, int] = {}
    aliased, first = 0, 0
    for event in events:
        kind = type(event)
        if kind is ScalarEvent:
            value = _scalar(event)
            if event.anchor:
                anchored[event.anchor] = value, 1
            _attach(stack[-1], value, 1, event)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            begun: dict[str, Plain] | list[Plain] = {} if kind is MappingStartEvent else []
            _known_tag(event, "map" if kind is MappingStartEvent else "seq")
            lines[id(begun)] = line = _line(event)
            stack.append(_Open(value=begun, anchor=event.anchor))
            if len(stack) > DEEPEST:
                raise YamlError(f"more than {DEEPEST} objects and lists inside one another", line)
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            closed = stack.pop()
            _merge(closed)
            if closed.anchor:
                anchored[closed.anchor] = closed.value, closed.size
            _attach(stack[-1], closed.value, closed.size, event)
        elif kind is AliasEvent:
            if event.anchor not in anchored:
                raise YamlError(f"the alias *{event.anchor} stands for nothing, or for what contains it", _line(event))
            value, size = anchored[event.anchor]
            aliased += size
            if aliased > MOST_ALIASED:
                raise YamlError(f"the aliases stand for more than {MOST_ALIASED:,} values", _line(event))
            _attach(stack[-1], value, size, event)
        else:
            break
        first = first or _line(event)
    [value] = stack[0].value
    return Document(value=value, line=first, lines=lines)


def _attach(into: _Open, value: Plain, size: int, event: Any) -> None:
    into.size += size
    if isinstance(into.value, list):
        into.value.append(value)
    elif into.key is None:
        if isinstance(value, dict | list):
            raise YamlError("an object or a list as a key", _line(event))
        into.key = value if isinstance(value, str) else json.dumps(value)
        if into.key in into.value:
            raise YamlError(f"the key {into.key} is given twice in one object", _line(event))
    elif into.key == _MERGE:
        for base in value if isinstance(value, list) else [value]:
            if not isinstance(base, dict):
                raise YamlError("<< merges what is no object", _line(event))
            into.merged.append(base)
        into.key = None
    else:
        into.value[into.key] = value
        into.key = None


def _merge(closed: _Open) -> None:
    if isinstance(closed.value, dict):
        for base in closed.merged:
            for key, value in base.items():
                closed.value.setdefault(key, value)


def _scalar(event: Any) -> Plain:
    plain, _ = event.implicit
    tag = event.tag
    if tag is None or tag == "!":
        return _meaning(event.value) if plain else str(event.value)
    if tag == _TAGS + "str":
        return str(event.value)
    value = _meaning(event.value)
    allowed = {"int": int, "float": int | float, "bool": bool, "null": type(None)}.get(tag.removeprefix(_TAGS))
    if allowed is None or not isinstance(value, allowed):
        raise YamlError(f"the tag {tag} does not fit the value, or is none that Kubernetes knows", _line(event))
    return value


@lru_cache(maxsize=10_000)
def _meaning(text: str) -> Plain:
    """What a plain scalar stands for. Whole numbers are integers, as they are after the engine's protocol."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    digits = text.replace("_", "") if text[0] in "+-.0123456789" else ""
    if len(digits) <= _LONGEST_INTEGER and _INTEGER.fullmatch(digits):
        return int(_LEADING_ZERO.sub(r"\1o\2", digits) if _LEADING_ZERO.fullmatch(digits) else digits, 0)
    if _FLOAT.fullmatch(digits):
        number = float(digits)
        return int(number) if number.is_integer() else number
    return text


def _known_tag(event: Any, expected: str) -> None:
    if event.tag not in (None, "!", _TAGS + expected):
        raise YamlError(f"the tag {event.tag} is none that Kubernetes knows", _line(event))


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1
