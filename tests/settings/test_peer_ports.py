from __future__ import annotations

import pytest

from settings.peer_ports import bounds
from tests.settings.configurations import assert_only_mistake, load, mistakes

KEY = "node.access.peer_ports"
ARCHIVE = {"bucket": "a-bucket", "object": "chain.tar", "sha256": "0" * 64}


@pytest.mark.parametrize(("entry", "expected"), [("30333", (30333, 30333)), ("1-79", (1, 79)), ("443-443", (443, 443))])
def test_both_ends_of_an_entry(entry: str, expected: tuple[int, int]) -> None:
    assert bounds(entry) == expected


@pytest.mark.parametrize(
    ("entries", "got", "allowed", "advice"),
    [
        (["70000"], '"70000"', "ports from 1 to 65535", "end at 65535"),
        (["1024-99999"], '"1024-99999"', "ports from 1 to 65535", "end at 65535"),
        (["9000-8000"], "ends before it begins", "lower end first", 'write "8000-9000"'),
    ],
)
def test_what_are_no_ports(entries: list[str], got: str, allowed: str, advice: str) -> None:
    given = {"node": {"access": {"peer_ports": entries}}}
    assert_only_mistake(given, key=f"{KEY}[0]", got=got, allowed=allowed, advice=advice)


@pytest.mark.parametrize("entry", ["", "0", "80-", "-80", "a", "80,443", "1-2-3", "080"])
def test_what_is_not_written_like_ports(entry: str) -> None:
    given = {"node": {"access": {"peer_ports": ["30333", entry]}}}
    assert_only_mistake(given, key=f"{KEY}[1]", got="", allowed="a port or a range", advice="")


@pytest.mark.parametrize(
    ("entries", "position", "got"),
    [
        (["30333", "30333"], 1, '"30333", which shares ports with "30333"'),
        (["1-1024", "2000", "1024-1999"], 2, '"1024-1999", which shares ports with "1-1024"'),
        (["1024-65535", "30333"], 1, '"30333", which shares ports with "1024-65535"'),
        (["30333", "1-65535"], 1, '"1-65535", which shares ports with "30333"'),
    ],
)
def test_ports_that_are_named_twice(entries: list[str], position: int, got: str) -> None:
    given = {"node": {"access": {"peer_ports": entries}}}
    assert_only_mistake(given, key=f"{KEY}[{position}]", got=got, allowed="each port once", advice="join the two")


def test_each_wrong_entry_is_a_mistake_and_none_is_held_against_it() -> None:
    found = mistakes({"node": {"access": {"peer_ports": ["9000-8000", "8500", "65536-70000", "8500"]}}})
    assert list(found) == [f"{KEY}[0]", f"{KEY}[2]", f"{KEY}[3]"]


@pytest.mark.parametrize("entries", [[], ["1-65535"], ["443"], ["80"], ["81-443", "1-80", "444"]])
def test_any_order_and_any_port_will_do(entries: list[str]) -> None:
    assert load({"node": {"access": {"peer_ports": entries}}}).node.access.peer_ports == tuple(entries)


def test_an_archive_at_addresses_that_no_policy_can_name() -> None:
    assert_only_mistake(
        {"node": {"snapshot": {"archive": ARCHIVE}}, "network": {"google_apis": "public"}},
        key="network.google_apis",
        got="public, with node.snapshot.archive",
        allowed="private or restricted",
        advice="set it to private",
    )


@pytest.mark.parametrize("addresses", ["private", "restricted"])
def test_an_archive_at_addresses_inside_the_network(addresses: str) -> None:
    assert load({"node": {"snapshot": {"archive": ARCHIVE}}, "network": {"google_apis": addresses}})


def test_public_addresses_are_no_matter_without_an_archive() -> None:
    assert load({"network": {"google_apis": "public"}})
