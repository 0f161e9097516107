from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from settings import StackSettings, descriptions
from settings.documentation import HEAD, settings_table


def leaves(model: type[BaseModel], path: str = "") -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        inner = descriptions.section(field)
        if inner is None:
            yield path + name, field
        else:
            yield from leaves(inner, f"{path}{name}.")


def test_the_table_has_a_row_for_every_setting() -> None:
    rows = settings_table().splitlines()
    assert tuple(rows[:2]) == HEAD
    keys = [row.split(" | ")[0].removeprefix("| ") for row in rows[2:]]
    assert keys == [f"`p2p-nodes:{path}`" for path, _ in leaves(StackSettings)]


def test_a_row_says_type_unit_default_and_meaning() -> None:
    rows = settings_table().splitlines()
    assert "| `p2p-nodes:node.disk_gib` | whole number | GiB | `50` | Size of each node's SSD disk at /data. |" in rows
    assert any(row.startswith("| `p2p-nodes:project` | text |  | required |") for row in rows)


def test_every_setting_is_explained_and_every_cell_is_one_cell() -> None:
    for path, field in leaves(StackSettings):
        assert field.description, path
        assert "|" not in field.description, path
        assert field.description.endswith("."), path


def test_every_number_has_a_unit_or_is_a_port() -> None:
    for path, field in leaves(StackSettings):
        if descriptions.type_name(field) == "whole number":
            assert descriptions.unit(field) or "port" in path, path
