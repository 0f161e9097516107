from __future__ import annotations

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from settings import ExclusionSettings, StackSettings, descriptions
from settings.documentation import HEAD, TOGGLES, settings_table, toggles_table

LEAVES = [*descriptions.leaves(StackSettings), *descriptions.leaves(ExclusionSettings)]
EFFECTS = {
    "deletes the backup plan",
    "deletes the key",
    "in place",
    "needs grow-disks",
    "nothing",
    "replaces the DNS records",
    "replaces the BucketIAMMember, rolls the nodes",
    "replaces the SecretIamMember",
    "deletes the DNS records, deletes the reserved addresses, rolls the nodes",
    "replaces the backup plan",
    "replaces the cluster",
    "replaces the StorageClass",
    "replaces the VolumeSnapshotClass",
    "rolls the nodes",
    "rolls the proxies",
    "rolls the nodes, rolls the proxies",
    "replaces the DNS records, rolls the nodes",
    "rolls the system pool",
}


def test_the_table_has_a_row_for_every_setting() -> None:
    rows = settings_table().splitlines()
    assert tuple(rows[:2]) == HEAD
    keys = [row.split(" | ")[0].removeprefix("| ") for row in rows[2:]]
    listed = "cluster.maintenance.exclusions"
    expected: list[str] = []
    for path, _ in descriptions.leaves(StackSettings):
        key = ".".join(path)
        expected.append(key)
        if key == listed:
            expected += [f"{listed}[].{name}" for name in ("name", "start", "end", "scope")]
    assert keys == [f"`p2p-nodes:{key}`" for key in expected]


@pytest.mark.parametrize(
    "row",
    [
        "| `p2p-nodes:node.disk_gib` | whole number | GiB | `50` | needs grow-disks | "
        "Size of each node's SSD disk at /data. |",
        "| `p2p-nodes:project` | text |  | required | replaces the cluster; refused without `accept_replacement` | "
        "Google Cloud project that everything is created in. |",
        "| `p2p-nodes:egress.replicas` | whole number | pods | `2` | in place | "
        "Number of proxies, each on a machine of its own. |",
        "| `p2p-nodes:cluster.maintenance.exclusions[].start` | instant |  | required | in place | When it begins. |",
        '| `p2p-nodes:network.shared_vpc.network` | text |  | `""` | replaces the cluster; refused without '
        "`accept_replacement` | Name of its network. |",
    ],
)
def test_a_row_says_type_unit_default_effect_and_meaning(row: str) -> None:
    assert row in settings_table().splitlines()


def test_the_switches_have_a_row_each_with_the_effect_of_the_settings_table() -> None:
    rows = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in toggles_table().splitlines()[2:]]
    assert [(title, key) for title, key, *_ in rows] == [
        (title, f"`p2p-nodes:{key}`") for key, title in TOGGLES.items()
    ]
    settings = {row.split(" | ")[0].removeprefix("| "): row.split(" | ") for row in settings_table().splitlines()}
    for _, key, default, effect in rows:
        assert [default, effect] == settings[key][3:5]


@pytest.mark.parametrize(("path", "field"), LEAVES, ids=[".".join(path) for path, _ in LEAVES])
def test_every_setting_is_explained_and_every_cell_is_one_cell(path: tuple[str, ...], field: FieldInfo) -> None:
    assert field.description
    assert "|" not in field.description
    assert field.description.endswith(".")
    # Without a name for its type, this raises.
    assert "|" not in descriptions.type_name(field)


@pytest.mark.parametrize(("path", "field"), LEAVES, ids=[".".join(path) for path, _ in LEAVES])
def test_every_setting_says_what_its_change_does(path: tuple[str, ...], field: FieldInfo) -> None:
    assert descriptions.on_change(field) in EFFECTS


@pytest.mark.parametrize(("path", "field"), LEAVES, ids=[".".join(path) for path, _ in LEAVES])
def test_every_number_has_a_unit_or_is_a_port(path: tuple[str, ...], field: FieldInfo) -> None:
    if descriptions.type_name(field) == "whole number":
        assert descriptions.unit(field) or path[-1] == "port" or path[-2] == "ports"


def test_a_setting_that_says_nothing_of_its_change_is_found() -> None:
    class Silent(BaseModel):
        size: int = 3

    with pytest.raises(LookupError):
        descriptions.on_change(Silent.model_fields["size"])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", '""'),
        ("a", "a"),
        (True, "true"),
        (5, "5"),
        (("a", "b"), '["a", "b"]'),
        ((), "[]"),
        ({"a": "b"}, '{"a": "b"}'),
    ],
)
def test_values_read_as_one_would_write_them(value: object, expected: str) -> None:
    assert descriptions.plain(value) == expected
