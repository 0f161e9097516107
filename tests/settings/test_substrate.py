"""Values of the Substrate settings that are wrong in themselves, or right."""

from __future__ import annotations

from typing import Any

import pytest

from settings import NodeSettings
from tests.settings.configurations import load, mistakes

PEER = "12D3KooWEBo1HUPQJwiBmM5kSeg4XgiVxEArArQdDarYEsGxMfbS"
OLD_PEER = "QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC"


def substrate(**settings: Any) -> dict[str, Any]:
    return {"node": {"substrate": settings}}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("chain", ["contextfree", "finitestate", "/chain/spec.json", "dev"]),
        ("sync", ["full", "fast", "fast-unsafe", "warp"]),
        ("database", ["default", "rocksdb", "paritydb"]),
        ("state_pruning", ["", "archive", "256", "4294967295"]),
        ("blocks_pruning", ["", "1000"]),
        ("rpc_cors", [["all"], ["https://app.example.org", "http://localhost:3000"]]),
        ("log", ["info", "off", "info,sync=debug", "error,sub-libp2p=trace,runtime::system=warn", "sync=debug"]),
        (
            "bootnodes",
            [
                [],
                [f"/dns/boot.example.org/tcp/30333/p2p/{PEER}", f"/ip4/192.0.2.1/tcp/30333/ws/p2p/{OLD_PEER}"],
                [f"/dns4/boot.example.org/tcp/8443/wss/p2p/{PEER}", f"/ip4/192.0.2.1/tcp/30333/p2p/{PEER}"],
            ],
        ),
        ("telemetry_urls", [["wss://telemetry.example.org:8443/submit/ 0", "ws://192.0.2.1:8000/submit 9"]]),
    ],
)
def test_what_a_node_takes(name: str, values: list[Any]) -> None:
    reports = {"telemetry": True} if name == "telemetry_urls" else {}
    for value in values:
        found = getattr(load(substrate(**{name: value}, **reports)).node.substrate, name)
        assert (list(found) if isinstance(value, list) else found) == value


@pytest.mark.parametrize(
    ("name", "values", "allowed"),
    [
        ("chain", ["", "-x", "a b", "../spec.json", "https://a.example/spec.json"], "the name of a chain"),
        ("sync", ["Full", "light", ""], "one of full, fast, fast-unsafe, warp"),
        ("database", ["", "auto", "paritydb-experimental"], "one of default, rocksdb, paritydb"),
        ("state_pruning", ["0", "-1", "1e3", "all", "archive ", "99999999999"], "a number of blocks, in quotes"),
        ("state_pruning", [256], "in quotes"),
        ("blocks_pruning", ["none"], "in quotes"),
        ("rpc_cors", [[]], "a list of at least one origin"),
        ("log", ["", "inof", "sync", "info,", "sync=loud", "INFO", "info, sync=debug"], "a level (error, warn"),
    ],
)
def test_what_it_does_not_take(name: str, values: list[Any], allowed: str) -> None:
    for value in values:
        found = mistakes(substrate(**{name: value}))
        assert list(found) == [f"node.substrate.{name}"]
        assert allowed in found[f"node.substrate.{name}"].allowed


@pytest.mark.parametrize(
    ("name", "values", "allowed"),
    [
        (
            "rpc_cors",
            ["*", "app.example.org", "https://", "https://a.example/", "https://a.example,https://b.example", ""],
            "an origin such as https://app.example.org, without a path",
        ),
        (
            "bootnodes",
            [
                "",
                "/dns4/boot.example.org/tcp/30333",
                f"/dns4/boot.example.org/udp/30333/quic/p2p/{PEER}",
                f"boot.example.org:30333/p2p/{PEER}",
                f"/dns4//tcp/30333/p2p/{PEER}",
                "/dns4/boot.example.org/tcp/30333/p2p/12D3KooW",
                f"/dns4/boot.example.org/tcp/30333/p2p/{PEER[:-1]}0",
            ],
            "a multiaddress with a peer id",
        ),
        (
            "telemetry_urls",
            [
                "wss://telemetry.example.org/submit/",
                "https://telemetry.example.org 0",
                "wss://telemetry.example.org 10",
            ],
            "an address and a verbosity from 0 to 9",
        ),
    ],
)
def test_elements_that_it_does_not_take(name: str, values: list[str], allowed: str) -> None:
    for value in values:
        found = mistakes(substrate(**{name: [value]}))
        assert list(found) == [f"node.substrate.{name}[0]"]
        assert allowed in found[f"node.substrate.{name}[0]"].allowed


@pytest.mark.parametrize(
    ("profile", "listening", "rpc"),
    [
        ("two-port", {"p2p": 30333, "rpc": 9944, "http": 9933, "prometheus": 9615}, ("rpc", "http")),
        ("single-port", {"p2p": 30333, "rpc": 9944, "prometheus": 9615}, ("rpc",)),
    ],
)
def test_a_profile_says_what_a_node_listens_on(profile: Any, listening: dict[str, int], rpc: tuple[str, ...]) -> None:
    node = NodeSettings(profile=profile)
    assert dict(node.listening) == listening
    assert node.rpc_ports == rpc
    assert set(rpc) < set(listening)
