"""The stack files themselves, and the page that shows them side by side."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from settings import StackSettings, descriptions, environments, stack_file
from settings.effective import value_at
from settings.loading import Path, load
from tests.readme import ROOT
from tests.settings import configurations

NAMES = ("dev", "staging", "prod", "dr", "sandbox")
TEXTS = {name: (ROOT / f"Pulumi.{name}.yaml").read_text() for name in NAMES}
FILES = {name: stack_file.read(text, name=f"Pulumi.{name}.yaml") for name, text in TEXTS.items()}
STACKS = {name: load(file.config) for name, file in FILES.items()}
PAGE = environments.page(TEXTS)


def given(config: object, path: Path = ()) -> list[Path]:
    """Each setting that a file gives, down to the deepest key."""
    if not isinstance(config, dict):
        return [path]
    return [leaf for name, value in config.items() for leaf in given(value, (*path, name))]


GIVEN = [(name, path) for name in NAMES for path in given(FILES[name].config)]


def explained(lines: list[str], number: int) -> bool:
    """Whether the line, counted from 1, has a comment above it or at its end."""
    return lines[number - 2].lstrip().startswith("#") or " # " in lines[number - 1]


def test_these_are_all_the_stack_files() -> None:
    assert sorted(path.name for path in ROOT.glob("Pulumi.*.yaml")) == sorted(f"Pulumi.{name}.yaml" for name in NAMES)


@pytest.mark.parametrize(("name", "path"), GIVEN, ids=[f"{name}-{'.'.join(path)}" for name, path in GIVEN])
def test_a_stack_file_states_only_what_differs_from_the_defaults(name: str, path: Path) -> None:
    field = dict(descriptions.leaves(StackSettings))[path]
    assert value_at(STACKS[name], path) != descriptions.default(field)


@pytest.mark.parametrize(("name", "path"), GIVEN, ids=[f"{name}-{'.'.join(path)}" for name, path in GIVEN])
def test_each_difference_is_explained_at_its_key_or_at_the_block_it_is_in(name: str, path: Path) -> None:
    lines, file = TEXTS[name].splitlines(), FILES[name]
    assert any(explained(lines, file.lines[path[:end]]) for end in range(1, len(path) + 1))


def test_an_unexplained_key_is_found() -> None:
    lines = ["config:", "  a: 1", "  # why", "  b: 2", "  c: 3 # why"]
    assert [explained(lines, number) for number in (2, 4, 5)] == [False, True, True]


def test_recovery_stands_in_for_production() -> None:
    prod, recovery = STACKS["prod"], STACKS["dr"]
    assert recovery.recovery.primary_region == prod.region != recovery.region
    assert recovery.project != prod.project
    different = {"project", "region", "environment", "network", "recovery"}
    same = [name for name in StackSettings.model_fields if name not in different]
    assert {"egress", "cluster", "machines", "storage"} <= set(same)
    assert [name for name in same if name != "node" and getattr(recovery, name) != getattr(prod, name)] == []


def test_recovery_s_nodes_are_production_s_under_other_names() -> None:
    prod, recovery = STACKS["prod"].node, STACKS["dr"].node
    assert recovery.node_key.identity_of == "prod"
    assert recovery.dns.domain != prod.dns.domain, "a name that both stacks made would be one stack's too many"
    different = {"dns": {"domain"}, "node_key": {"identity_of"}}
    assert recovery.model_dump(exclude=different) == prod.model_dump(exclude=different)


def test_recovery_and_production_have_no_address_in_common() -> None:
    ranges = [
        [stack.network.nodes_range, stack.network.pods_range, stack.network.services_range]
        for stack in (STACKS["prod"], STACKS["dr"])
    ]
    assert [pair for pair in product(*ranges) if pair[0].overlaps(pair[1])] == []


def test_recovery_has_production_s_network_settings_but_for_its_addresses() -> None:
    addresses = {"nodes_range", "pods_range", "services_range"}
    prod, recovery = (STACKS[name].network.model_dump(exclude=addresses) for name in ("prod", "dr"))
    assert prod == recovery


@pytest.mark.parametrize("name", ["prod", "dr"])
def test_what_must_not_be_lost_is_guarded(name: str) -> None:
    stack = STACKS[name]
    assert stack.environment in ("production", "recovery")
    assert stack.accept_replacement == (), "an acknowledgement is for one change"


def row(key: str, *, last: bool = False) -> list[str]:
    lines = [line for line in PAGE.splitlines() if line.startswith(f"| {key} |")]
    line = lines[-1 if last else 0]
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


def test_the_page_has_a_row_for_each_difference_and_no_other() -> None:
    keys = [line.split("`")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    assert sorted(keys) == sorted({f"p2p-nodes:{'.'.join(path)}" for _, path in GIVEN})


def test_a_row_shows_the_default_once_and_what_differs() -> None:
    assert row("Key") == ["Default", *NAMES]
    assert row("`p2p-nodes:node.replicas`") == ["`2`", "", "", "`3`", "`3`", ""]
    assert row("`p2p-nodes:project`")[:2] == ["required", "`p2p-nodes-dev`"]
    assert row("`p2p-nodes:cluster.control_plane_access`") == ["`dns`", "", "", "", "", "`ip`"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("# One thing. And another.\nconfig: {}", "One thing."),
        ("# One thing\nconfig: {}", "One thing."),
        ("#One thing: v1.2 of it.", "One thing: v1.2 of it."),
    ],
)
def test_the_first_sentence_says_what_a_stack_is_for(text: str, sentence: str) -> None:
    assert environments.purpose(text) == sentence


@pytest.mark.parametrize("name", NAMES)
def test_every_stack_says_what_it_is_for(name: str) -> None:
    assert TEXTS[name].startswith("# ")
    assert f"- **{name}**: {environments.purpose(TEXTS[name])}" in PAGE


@pytest.mark.parametrize(
    ("cluster", "expected"),
    [
        (
            {},
            ("its DNS name; the IP endpoint is off", "from any network, after `gcloud", "from any runner"),
        ),
        (
            {"control_plane_access": "ip", "external_access": False},
            (
                "its private address",
                "through a bastion in the stack's own subnet",
                "a runner in the stack's own subnet",
            ),
        ),
        (
            {"control_plane_access": "ip", "external_access": False, "authorized_networks": ["10.1.0.0/24"]},
            ("its private address", "from `10.1.0.0/24`, by VPN", "on a runner in `10.1.0.0/24`"),
        ),
    ],
)
def test_ways_into_the_control_plane(cluster: dict[str, Any], expected: tuple[str, str, str]) -> None:
    found = environments.ways_in(configurations.load({"cluster": cluster}).cluster)
    assert all(part in told for part, told in zip(expected, found, strict=True))


@pytest.mark.parametrize("name", [name for name in NAMES if name != "sandbox"])
def test_the_page_says_how_each_stack_on_google_cloud_is_reached(name: str) -> None:
    assert row(name) == list(environments.ways_in(STACKS[name].cluster))


def test_the_page_says_what_quota_each_stack_needs() -> None:
    # System pool 3 x e2-standard-4, two proxies on e2-standard-2, three nodes and one that moves on e2-standard-8.
    assert row("prod", last=True) == ["9", "48", "192", "1050 pd-ssd", "3"]
