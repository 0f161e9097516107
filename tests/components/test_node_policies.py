"""The rules of a node's NetworkPolicy. What they add up to is in tests/inventories/reachability.yaml."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.node_policies import node_egress, node_ingress
from settings import AccessSettings, ArchiveSettings, NodeSettings, PortSettings, SnapshotSettings
from settings.peer_ports import bounds

METADATA_SERVER = "169.254.169.254/32"
GOOGLE_APIS = {"199.36.153.4/30", "199.36.153.8/30"}
ARCHIVE = SnapshotSettings(archive=ArchiveSettings(bucket="a-bucket", object="chain.tar", sha256="0" * 64))


def blocks(settings: NodeSettings) -> dict[str, Any]:
    """The rules by the addresses that they name."""
    rules: list[Any] = list(node_egress(settings, component="p2p-node", proxy_port=3128))
    return {peer.ip_block.cidr: rule for rule in rules for peer in rule.to if peer.ip_block}


def peer_ports(*entries: str, p2p: int = 30333) -> list[tuple[int, int]]:
    settings = NodeSettings(ports=PortSettings(p2p=p2p), access=AccessSettings(peer_ports=entries))
    rule = blocks(settings).get("0.0.0.0/0")
    return [(port.port, port.end_port or port.port) for port in rule.ports] if rule else []


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (("1-79", "81-442", "444-65535"), [(30333, 30333), (1, 79), (81, 442), (444, 65535)]),
        (("30333",), [(30333, 30333)]),
        (("30333-30333",), [(30333, 30333)]),
        (("30333", "30334"), [(30333, 30333), (30334, 30334)]),
        (("443",), [(443, 443)]),
        (("1024-30332",), [(1024, 30332)]),
        ((), []),
    ],
)
def test_the_usual_port_does_not_depend_on_ranges(entries: tuple[str, ...], expected: list[tuple[int, int]]) -> None:
    assert peer_ports(*entries) == expected


@st.composite
def port_entries(draw: st.DrawFn) -> tuple[str, ...]:
    """Ports and ranges that share none."""
    ends = sorted(draw(st.sets(st.integers(1, 65_535), min_size=2, max_size=8)))
    pairs = list(zip(ends[::2], ends[1::2], strict=False))
    return tuple(f"{first}-{last}" if draw(st.booleans()) else str(first) for first, last in pairs)


@given(port_entries(), st.integers(1024, 65_535))
def test_peers_are_dialled_on_the_ports_of_the_settings_and_no_other(entries: tuple[str, ...], p2p: int) -> None:
    found = {port for first, last in peer_ports(*entries, p2p=p2p) for port in range(first, last + 1)}
    assert found == {port for first, last in map(bounds, entries) for port in range(first, last + 1)}


@pytest.mark.parametrize("settings", [NodeSettings(), NodeSettings(snapshot=SnapshotSettings(volume_snapshot="chain"))])
def test_google_is_reached_for_an_archive_alone(settings: NodeSettings) -> None:
    asked = {METADATA_SERVER, *GOOGLE_APIS}
    assert not asked & blocks(settings).keys()
    assert asked <= blocks(NodeSettings(snapshot=ARCHIVE)).keys()
    assert set(blocks(settings)["0.0.0.0/0"].to[0].ip_block.except_) >= GOOGLE_APIS


def test_of_the_proxy_its_port_alone_is_reached() -> None:
    rules: list[Any] = list(node_egress(NodeSettings(), component="p2p-node", proxy_port=3129))
    named = {
        peer.namespace_selector.match_labels["kubernetes.io/metadata.name"]: [port.port for port in rule.ports]
        for rule in rules
        for peer in rule.to
        if peer.namespace_selector
    }
    assert named["egress-proxy"] == [3129]


def test_no_rule_is_without_peers_or_opens_every_port_to_somebody_outside() -> None:
    closed = AccessSettings(peer_ports=(), rpc_namespaces=(), metrics_namespaces=())
    for access in (AccessSettings(), closed):
        settings = NodeSettings(access=access, snapshot=ARCHIVE)
        coming: list[Any] = list(node_ingress(settings, component="p2p-node"))
        going: list[Any] = list(node_egress(settings, component="p2p-node", proxy_port=3128))
        assert all(rule.ports for rule in coming)
        assert [rule.ports for rule in coming if not rule.from_] == [coming[0].ports], "p2p alone is for everybody"
        assert all(rule.to for rule in going)
        assert all(rule.ports for rule in going)
