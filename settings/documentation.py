"""The settings as a markdown table, read from the models, so that README cannot drift from them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from settings import descriptions
from settings.mistakes import key_path
from settings.stack import StackSettings

HEAD = ("| Key | Type | Unit | Default | On change | Meaning |", "| --- | --- | --- | --- | --- | --- |")
LOSES_DATA = re.compile(r"(replaces|deletes) the (backup plan|cluster|nodes|key)")


def settings_table() -> str:
    """Markdown with one row a setting: key, type, unit, default, effect of a change, meaning. No newline at its end."""
    return "\n".join([*HEAD, *_rows(StackSettings, "")])


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
