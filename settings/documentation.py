"""The settings as a markdown table, read from the models, so that README cannot drift from them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from settings import descriptions
from settings.mistakes import key_path
from settings.stack import StackSettings

HEAD = ("| Key | Type | Unit | Default | Meaning |", "| --- | --- | --- | --- | --- |")


def settings_table() -> str:
    """Markdown with one row a setting: key, type, unit, default, meaning. Ends without a newline."""
    return "\n".join([*HEAD, *_rows(StackSettings, ())])


def _rows(model: type[BaseModel], path: tuple[str, ...]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = descriptions.section(field)
        if inner is not None:
            yield from _rows(inner, (*path, name))
            continue
        default = "required" if field.default is PydanticUndefined else f"`{_plain(field.default)}`"
        cells = (
            f"`{key_path((*path, name))}`",
            descriptions.type_name(field),
            descriptions.unit(field),
            default,
            field.description or "",
        )
        yield f"| {' | '.join(cells)} |"


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)
