"""Flags of a Substrate binary that are not a user's to give: what the program gives itself, and what it cannot keep.

Read in sc-cli 0.9.0 of 2021, from which the assignment's image is built, and in substrate/client/cli of polkadot-sdk.
Long flags there are case-sensitive and cannot be shortened: clap's InferLongArgs is off in both.
"""

from __future__ import annotations

from collections.abc import Mapping

BASE_PATH = "nothing instead: the database is on the node's volume, mounted at /data"
METRICS = "nothing instead: the metrics are served, and node.access.metrics_namespaces says who reads them"
P2P = "node.ports.p2p"
RPC = "nothing instead: RPC is served in the cluster, and node.access.rpc_namespaces says who reaches it"

MANAGED: Mapping[str, str] = {
    "base-path": BASE_PATH,
    "d": BASE_PATH,
    "blocks-pruning": "node.substrate.blocks_pruning",
    "bootnodes": "node.substrate.bootnodes",
    "chain": "node.substrate.chain",
    "database": "node.substrate.database",
    "db": "node.substrate.database",
    "experimental-rpc-endpoint": "node.ports.rpc and node.substrate.rpc_cors",
    "keep-blocks": "node.substrate.blocks_pruning",
    "l": "node.substrate.log",
    "listen-addr": P2P,
    "log": "node.substrate.log",
    "name": "nothing instead: each node is called by its stack and its pod",
    "no-prometheus": METRICS,
    "no-telemetry": "node.substrate.telemetry",
    "node-key-file": "node.node_key.source",
    "node-key-type": "nothing instead: there is one type, Ed25519",
    "port": P2P,
    "prometheus-external": METRICS,
    "prometheus-port": "node.ports.prometheus",
    "pruning": "node.substrate.state_pruning",
    "public-addr": "node.exposure and node.dns.domain",
    "rpc-cors": "node.substrate.rpc_cors",
    "rpc-external": RPC,
    "rpc-listen-addrs": "node.ports.rpc and node.substrate.rpc_cors",
    "rpc-methods": "nothing instead: RPC is asked by other pods, and serves them its safe methods",
    "rpc-port": "node.ports.rpc or, with profile two-port, node.ports.http",
    "state-pruning": "node.substrate.state_pruning",
    "sync": "node.substrate.sync",
    "telemetry-url": "node.substrate.telemetry_urls",
    "unsafe-rpc-external": RPC,
    "unsafe-ws-external": RPC,
    "ws-external": RPC,
    "ws-port": "node.ports.rpc",
}
"""What the program gives, or leaves out, by itself: flags without their dashes, and what to use instead."""

_ACCOUNTS = ("alice", "bob", "charlie", "dave", "eve", "ferdie", "one", "two")
_AUTHORITY = (
    "these are full nodes: one that makes blocks needs session keys, must never run twice, and is not for "
    "an autoscaler to move"
)
_SECRET = "whoever lists pods or processes reads what is on a command line"  # noqa: S105 - a sentence

REFUSED: Mapping[str, str] = {
    "dev": "it makes blocks with a key that everybody knows; for its chain alone set node.substrate.chain to dev",
    "tmp": "the database would be gone at every restart",
    **dict.fromkeys(("validator", "collator", "sentry", "force-authoring", *_ACCOUNTS), _AUTHORITY),
    "light": "a light client keeps no database and serves no peers",
    "node-key": f"{_SECRET}; node.node_key says where keys are kept",
    "unsafe-force-node-key-generation": "only a node that makes blocks needs it; a full node makes its key by itself",
    "password": _SECRET,
    "password-interactive": "there is nobody to type it",
    **dict.fromkeys(("help", "version", "h", "V"), "the binary would print and end"),
}
"""What no setting is for, because the program could not keep what it promises: flags without dashes, and why."""
SECRETS = ("node-key", "password")
"""Those whose value is never shown."""
UNSAFE = ("rpc-methods", "rpc-external", "unsafe-rpc-external", "ws-external", "unsafe-ws-external", "base-path", "d")
"""Those that the program decides for a relay chain's half as well: who reaches its RPC and where its database is."""

REPEATABLE = ("ipfs-bootnodes", "relay-chain-rpc-urls", "reserved-nodes", "rpc-rate-limit-whitelisted-ips")
"""Flags that a binary takes more than once. Any other, given twice, keeps it from starting."""


def flag_of(argument: str) -> str:
    """The flag without its dashes and its value: `chain` of `--chain=dev`, `l` of `-ldebug`; empty for a value.

    What clap would not know is read as what it means, so that it is told here and not by a binary that does not start:
    `--Chain`, `--base_path`, `--chain dev` in one.
    """
    if argument.startswith("--"):
        return argument[2:].partition("=")[0].partition(" ")[0].lower().replace("_", "-")
    return argument[1:2] if argument.startswith("-") else ""
