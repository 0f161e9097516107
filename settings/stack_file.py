"""A stack file `Pulumi.<stack>.yaml` as the engine reads it, with the line of every key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import yaml

from settings.decoding import decoded
from settings.loading import Path
from settings.mistakes import NAMESPACE


class StackFileError(Exception):
    """The file cannot be read as a stack file; the message is one sentence."""


@dataclass(frozen=True, kw_only=True)
class StackFile:
    """`config` is what load() takes, without the secrets; `lines` are those of the keys, counted from 1."""

    config: dict[str, object] = field(default_factory=dict)
    lines: Mapping[Path, int] = field(default_factory=dict)
    secrets: frozenset[Path] = frozenset()


class _Loader(yaml.SafeLoader):
    """Scalars as the engine's YAML library (yaml.v3 of Go) reads them: yes, no, on, off and 10:00 are text there."""


_SCALARS = {
    "tag:yaml.org,2002:bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "tag:yaml.org,2002:int": (r"[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|0|[1-9][0-9_]*)", "-+0123456789"),
    "tag:yaml.org,2002:float": (r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
}
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if tag not in _SCALARS]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag, (_pattern, _first) in _SCALARS.items():
    _Loader.add_implicit_resolver(_tag, re.compile(f"({_pattern})$"), list(_first))


def read(text: str, *, name: str) -> StackFile:
    """What the text of the file `name` says about our namespace, or about none, which the engine takes for ours.

    Raises StackFileError where it is not YAML, repeats a key, or where the file or its `config` is not a mapping.
    """
    try:
        return _Reader(name, _Loader(text)).file()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{name}:{mark.line + 1}" if mark else name
        raise StackFileError(f"{place} is not YAML: {error.problem or error.context}.") from error
    except yaml.YAMLError as error:
        raise StackFileError(f"{name} is not YAML: {' '.join(str(error).split())}.") from error


class _Reader:
    """Walks the nodes of one file: plain data alone would not say where each key stands."""

    def __init__(self, name: str, loader: _Loader) -> None:
        self.name, self.loader = name, loader
        self.lines: dict[Path, int] = {}
        self.secrets: set[Path] = set()
        self.open: list[yaml.Node] = []

    def file(self) -> StackFile:
        root = self.loader.get_single_node()
        if root is None:
            return StackFile()
        config = dict(self._pairs(root, f"{self.name} is")).get("config", (0, None))[1]
        if config is None or config.tag == "tag:yaml.org,2002:null":
            return StackFile()
        settings: dict[str, object] = {}
        for key, (line, node) in self._pairs(config, f"config in {self.name} is").items():
            namespace, _, setting = key.rpartition(":")
            if namespace in ("", NAMESPACE):
                self.lines[(setting,)] = line
                value = self._value(node, (setting,))
                if (setting,) not in self.secrets:
                    settings[setting] = _handed_over(value)
        return StackFile(config=settings, lines=self.lines, secrets=frozenset(self.secrets))

    def _pairs(self, node: yaml.Node, what: str) -> dict[str, tuple[int, yaml.Node]]:
        """Line and value of each key of a mapping."""
        if not isinstance(node, yaml.MappingNode):
            raise StackFileError(f"{what} not a mapping; {self.name} holds keys below `config:`.")
        seen: dict[str, int] = {}
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise StackFileError(f"{self.name}:{line} has a mapping or a list as a key, which must be text.")
            if key.value in seen:
                raise StackFileError(f"{self.name}:{line} gives {key.value} again, after line {seen[key.value]}.")
            seen[str(key.value)] = line
        self.loader.flatten_mapping(node)
        return {str(key.value): (key.start_mark.line + 1, value) for key, value in node.value}

    def _value(self, node: yaml.Node, place: Path) -> object:
        """Plain data. What is secret is noted at its place and left out; a list that holds a secret is one."""
        if node in self.open:
            raise StackFileError(f"{self.name}:{node.start_mark.line + 1} holds itself, by its anchor.")
        self.open.append(node)
        try:
            if isinstance(node, yaml.MappingNode):
                return self._mapping(node, place)
            if isinstance(node, yaml.SequenceNode):
                return [self._item(item, place) for item in node.value]
            return _as_the_engine(self.loader.construct_object(node))
        finally:
            self.open.pop()

    def _mapping(self, node: yaml.MappingNode, place: Path) -> object:
        pairs = self._pairs(node, "")
        if list(pairs) == ["secure"]:
            self.secrets.add(place)
            return None
        values: dict[str, object] = {}
        for key, (line, value) in pairs.items():
            below = (*place, key)
            self.lines[below] = line
            plain = self._value(value, below)
            if below not in self.secrets:
                values[key] = plain
        return values

    def _item(self, node: yaml.Node, place: Path) -> object:
        outer, outer_lines = self.secrets, self.lines
        self.secrets, self.lines = set(), {}
        value = self._value(node, place)
        holds_one = bool(self.secrets)
        self.secrets, self.lines = outer | ({place} if holds_one else set()), outer_lines
        return value


def _as_the_engine(value: object) -> object:
    """A time without quotes becomes the text that the engine hands over, which is no instant to us."""
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).strftime("%Y-%m-%d %H:%M:%S +0000 UTC")
    return f"{value} 00:00:00 +0000 UTC" if isinstance(value, date) else value


def _handed_over(value: object) -> object:
    """A whole setting as it reaches the program: numbers as text, like everything that is not a mapping or a list."""
    if isinstance(value, str):
        return decoded(value)
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value
