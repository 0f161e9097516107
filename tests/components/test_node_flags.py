"""The arguments of the binary, written out once for each profile, and one setting a case after that."""

from __future__ import annotations

from typing import Any

import pytest

from components.node_flags import node_arguments, public_name
from settings import NodeSettings
from settings.flags import MANAGED, flag_of

DNS = {"zone": "nodes", "domain": "dev.nodes.example.org"}
OLDER = [
    "--chain=contextfree",
    "--base-path=/data",
    "--name=p2p-nodes-dev-$(POD_NAME)",
    "--node-key-file=/data/key",
    "--listen-addr=/ip4/0.0.0.0/tcp/30333",
    "--public-addr=/dns4/$(POD_NAME).dev.nodes.example.org/tcp/30333",
    "--ws-port=9944",
    "--ws-external",
    "--rpc-port=9933",
    "--rpc-external",
    "--rpc-methods=safe",
    "--rpc-cors=all",
    "--prometheus-port=9615",
    "--prometheus-external",
    "--no-telemetry",
]
NEWER = [flag for flag in OLDER if not flag.startswith(("--ws-", "--rpc-port"))]
NEWER.insert(NEWER.index("--rpc-external"), "--rpc-port=9944")
PEER = "/dns4/boot.example.org/tcp/30333/p2p/12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN"


def arguments(given: dict[str, Any]) -> list[str]:
    settings = NodeSettings.model_validate({"dns": DNS, **given}, strict=False)
    return node_arguments(name="p2p-nodes-dev", settings=settings, key_file="/data/key")


@pytest.mark.parametrize(("profile", "expected"), [("two-port", OLDER), ("single-port", NEWER)])
def test_all_that_a_node_is_told(profile: str, expected: list[str]) -> None:
    assert arguments({"profile": profile}) == expected


@pytest.mark.parametrize(
    ("substrate", "older", "newer"),
    [
        ({"sync": "warp"}, ["--sync=warp"], ["--sync=warp"]),
        ({"database": "rocksdb"}, ["--database=rocksdb"], ["--database=rocksdb"]),
        ({"state_pruning": "archive"}, ["--pruning=archive"], ["--state-pruning=archive"]),
        ({"blocks_pruning": "1000"}, ["--keep-blocks=1000"], ["--blocks-pruning=1000"]),
        ({"log": "info,sync=debug"}, ["--log=info,sync=debug"], ["--log=info,sync=debug"]),
        ({"bootnodes": [PEER, PEER]}, *[[f"--bootnodes={PEER}"] * 2] * 2),
        ({"extra_arguments": ["--out-peers=50", "--no-mdns"]}, *[["--out-peers=50", "--no-mdns"]] * 2),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_differs_from_the_binarys_defaults_is_added(
    substrate: dict[str, Any], older: list[str], newer: list[str]
) -> None:
    for profile, usual, added in (("two-port", OLDER, older), ("single-port", NEWER, newer)):
        given = arguments({"substrate": substrate, "profile": profile})
        assert [one for one in given if one not in usual] == added
        assert [one for one in given if one in usual] == usual


@pytest.mark.parametrize("urls", [[], ["wss://t.example.org/submit/ 0", "wss://u.example.org/submit/ 1"]])
def test_a_node_that_reports_says_where(urls: list[str]) -> None:
    given = arguments({"substrate": {"telemetry": True, "telemetry_urls": urls}})
    assert "--no-telemetry" not in given
    assert given[-len(urls) or len(given) :] == [f"--telemetry-url={url}" for url in urls]


@pytest.mark.parametrize(
    ("given", "flag", "expected"),
    [
        ({"substrate": {"chain": "automata"}}, "chain", "automata"),
        (
            {"substrate": {"rpc_cors": ["https://a.example", "https://b.example"]}},
            "rpc-cors",
            "https://a.example,https://b.example",
        ),
        ({"ports": {"p2p": 30444}}, "listen-addr", "/ip4/0.0.0.0/tcp/30444"),
        ({"ports": {"p2p": 30444}}, "public-addr", "/dns4/$(POD_NAME).dev.nodes.example.org/tcp/30444"),
        ({"ports": {"rpc": 9955}}, "ws-port", "9955"),
        ({"ports": {"http": 9955}}, "rpc-port", "9955"),
        ({"ports": {"prometheus": 9955}}, "prometheus-port", "9955"),
    ],
)
def test_a_setting_changes_its_flag(given: dict[str, Any], flag: str, expected: str) -> None:
    assert [one for one in arguments(given) if flag_of(one) == flag] == [f"--{flag}={expected}"]


def test_a_node_that_nobody_reaches_announces_nothing() -> None:
    assert arguments({"exposure": "none"}) == [one for one in OLDER if flag_of(one) != "public-addr"]


@pytest.mark.parametrize("profile", ["two-port", "single-port"])
def test_every_flag_that_is_given_is_refused_from_a_user(profile: str) -> None:
    substrate = {
        "sync": "warp", "database": "rocksdb", "state_pruning": "archive", "blocks_pruning": "archive",
        "log": "debug", "telemetry": True, "telemetry_urls": ["wss://t 0"], "bootnodes": [PEER],
    }  # fmt: skip
    given = arguments({"profile": profile, "substrate": substrate})
    assert {flag_of(argument) for argument in given} <= set(MANAGED)


def test_the_public_name_is_the_records() -> None:
    settings = NodeSettings.model_validate({"dns": DNS})
    assert public_name(settings, "p2p-node-0") == "p2p-node-0.dev.nodes.example.org"
