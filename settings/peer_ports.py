"""The ports of public peers: how they are written, mistakes in how they are, and who is dialled on others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from settings.mistakes import Mistake, key_path
from settings.stack import StackSettings

LAST_PORT = 65_535
HTTP, HTTPS = 80, 443


def bounds(ports: str) -> tuple[int, int]:
    """The first and the last port of an entry such as `30333` or `1024-65535`; both are one where it is one port."""
    first, _, last = ports.partition("-")
    return int(first), int(last or first)


def in_order(stack: StackSettings) -> Iterator[Mistake]:
    """Entries that are no ports, or that name a port which an earlier entry has already."""
    earlier: list[str] = []
    for position, entry in enumerate(stack.node.access.peer_ports):
        first, last = bounds(entry)
        key = key_path(["node", "access", "peer_ports", position])
        if last > LAST_PORT or first > LAST_PORT:
            yield Mistake(
                key=key,
                got=f'"{entry}"',
                allowed=f"ports from 1 to {LAST_PORT}",
                advice=f"end at {LAST_PORT}",
            )
        elif first > last:
            yield Mistake(
                key=key,
                got=f'"{entry}", which ends before it begins',
                allowed="a range with its lower end first",
                advice=f'write "{last}-{first}"',
            )
        else:
            common = next((other for other in earlier if _overlap(entry, other)), None)
            if common is not None:
                yield Mistake(
                    key=key,
                    got=f'"{entry}", which shares ports with "{common}"',
                    allowed="each port once",
                    advice="join the two, or take the common ports out of one",
                )
            earlier.append(entry)


def _overlap(one: str, other: str) -> bool:
    (first, last), (other_first, other_last) = bounds(one), bounds(other)
    return first <= other_last and other_first <= last


def archive_in_reach(stack: StackSettings) -> Iterator[Mistake]:
    """An archive at addresses that no NetworkPolicy can name, as the public ones of Google's APIs are any of many."""
    if stack.node.snapshot.archive.used and stack.network.google_apis == "public":
        yield Mistake(
            key=key_path(["network", "google_apis"]),
            got="public, with node.snapshot.archive",
            allowed="private or restricted: a NetworkPolicy cannot name the public addresses of Google's APIs",
            advice="set it to private; or restore from node.snapshot.volume_snapshot",
        )


def dialled(stack: StackSettings) -> Iterator[Mistake]:
    """Bootnodes and telemetry servers on ports that the NetworkPolicy keeps closed: a node would try them for ever.

    Neither goes through the egress proxy: peers and telemetry are libp2p's own TCP (substrate/client/telemetry/src/
    transport.rs of polkadot-sdk), which knows no HTTP proxy.
    """
    node = stack.node
    for position, peer in enumerate(node.substrate.bootnodes):
        port = int(re.search(r"/tcp/([0-9]+)", peer)[1])  # type: ignore[index]
        if not _is_open(stack, port):
            yield _closed(["bootnodes", position], f'"{peer}"', port)
    if not node.substrate.telemetry:
        return
    servers = node.substrate.telemetry_urls
    if not servers and not _is_open(stack, HTTPS):
        yield _closed(["telemetry"], "true, for servers of the chain's specification", HTTPS)
    for position, server in enumerate(servers):
        address = urlsplit(server.partition(" ")[0])
        port = address.port or {"wss": HTTPS, "ws": HTTP}[address.scheme]
        if not _is_open(stack, port):
            yield _closed(["telemetry_urls", position], f'"{server}"', port)


def _is_open(stack: StackSettings, port: int) -> bool:
    return any(first <= port <= last for first, last in map(bounds, stack.node.access.peer_ports))


def _closed(place: list[str | int], got: str, port: int) -> Mistake:
    return Mistake(
        key=key_path(["node", "substrate", *place]),
        got=f"{got}, on port {port}",
        allowed="whom nodes reach without the egress proxy: a port of node.access.peer_ports",
        advice=f"add {port} to node.access.peer_ports, which opens it to every public address; or remove it",
    )
