"""The settings as markdown tables, read from the models, so that README and docs cannot drift from them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from settings import descriptions
from settings.mistakes import key_path
from settings.stack import StackSettings

HEAD = ("| Key | Type | Unit | Default | On change | Meaning |", "| --- | --- | --- | --- | --- | --- |")
TOGGLES: Mapping[str, str] = {
    "node.vertical_autoscaling.enabled": "Memory follows demand",
    "node.exposure": "Addresses and names in DNS",
    "node.snapshot.volume_snapshot": "New volumes from a VolumeSnapshot",
    "node.snapshot.archive.bucket": "Empty volumes from an archive in a bucket",
    "node.access.rpc_namespaces": "RPC for other namespaces",
    "node.substrate.telemetry": "Reports to telemetry servers",
    "machines.spot": "Spot machines first",
}
"""What a team may want to switch without a branch, by the setting that switches it. tests/engine/test_changes.py
asks the engine about each of them in every run."""
LOSES_DATA = re.compile(r"(replaces|deletes) the (backup plan|cluster|nodes|key)")


def settings_table() -> str:
    """Markdown with one row a setting: key, type, unit, default, effect of a change, meaning. No newline at its end."""
    return "\n".join([*HEAD, *_rows(StackSettings, "")])


def toggles_table() -> str:
    """Markdown with one row a switch: what it is for, key, default, what switching does. No newline at its end."""
    fields = {".".join(path): field for path, field in descriptions.leaves(StackSettings)}
    head = ("| Switch | Key | Default | What switching does to a running stack |", "| --- | --- | --- | --- |")
    rows = (
        f"| {title} | `{key_path([key])}` | `{descriptions.plain(descriptions.default(fields[key]))}` "
        f"| {_effect(fields[key])} |"
        for key, title in TOGGLES.items()
    )
    return "\n".join([*head, *rows])


def _rows(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for path, field in descriptions.leaves(model):
        key = prefix + ".".join(path)
        yield _row(key, field)
        listed = descriptions.listed_section(field)
        if listed is not None:
            yield from _rows(listed, f"{key}[].")


def _row(key: str, field: FieldInfo) -> str:
    default = descriptions.default(field)
    cells = (
        f"`{key_path([key])}`",
        descriptions.type_name(field),
        descriptions.unit(field),
        "required" if default is None else f"`{descriptions.plain(default)}`",
        _effect(field),
        field.description or "",
    )
    return f"| {' | '.join(cells)} |"


def _effect(field: FieldInfo) -> str:
    effect = descriptions.on_change(field)
    return f"{effect}; refused without `accept_replacement`" if LOSES_DATA.fullmatch(effect) else effect
