"""The settings that a stack file leads to, each with its origin. Pure: from the file's text to rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from settings import descriptions, stack_file
from settings.loading import Path, load
from settings.stack import StackSettings

HIDDEN = "[secret]"
DEFAULT = "default"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One setting: its key without namespace, its value as text, its unit, and a file with a line, or `default`."""

    key: str
    value: str
    unit: str
    origin: str


def rows(text: str, *, name: str) -> list[Row]:
    """Every setting of the stack whose file is called `name` and holds `text`, in the order of the models.

    Secrets are not decrypted: they count as right, and are shown as `[secret]`.
    Raises StackFileError where the file cannot be read, and SettingsError where its settings cannot be used.
    """
    file = stack_file.read(text, name=name)
    stack = load(file.config, unreadable=file.secrets)
    # Where nothing is given, three of them follow from the region, if that is known.
    derived: dict[Path, object] = {}
    if ("region",) not in file.secrets:
        derived = {
            ("cluster", "zones"): stack.zones,
            ("storage", "snapshot_location"): stack.snapshot_location,
            ("backup", "location"): stack.backup_location,
        }
    found = []
    for path, field in descriptions.leaves(StackSettings):
        is_secret = any(path[: len(secret)] == secret for secret in file.secrets)
        value = descriptions.plain(derived.get(path, value_at(stack, path)))
        origin = f"{name}:{_line(file, path)}" if is_secret or _is_given(file.config, path) else DEFAULT
        found.append(
            Row(key=".".join(path), value=HIDDEN if is_secret else value, unit=descriptions.unit(field), origin=origin)
        )
    return found


def value_at(stack: StackSettings, path: Path) -> object:
    """The value of the setting at the path."""
    value: object = stack
    for name in path:
        value = getattr(value, name)
    return value


def _is_given(config: object, path: Path) -> bool:
    for name in path:
        if not isinstance(config, Mapping) or name not in config:
            return False
        config = config[name]
    return True


def _line(file: stack_file.StackFile, path: Path) -> int:
    """The line of the key, or of the nearest section above it that has one: a section may be JSON in one line."""
    return next(file.lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in file.lines)
