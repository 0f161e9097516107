"""The arguments of the Substrate binary, from the settings: no shell, no start script of the image.

Kubernetes replaces `$(POD_NAME)` in arguments, so that one pod template gives each pod its own name, address and key.
settings/flags.py holds the other half: the flags that nobody else may give.
"""

from __future__ import annotations

from collections.abc import Iterator

from settings import NodeSettings
from settings.substrate import SubstrateSettings

POD = "$(POD_NAME)"


def node_arguments(*, name: str, settings: NodeSettings, key_file: str) -> list[str]:
    """Every argument of the binary, in a fixed order; `name` is the platform's, `key_file` a path in the container.

    Substrate refuses node names of 64 characters and more, and any with a dot or an at sign
    (sc-cli, NODE_NAME_MAX_LENGTH and is_node_name_valid): the platform's has at most 24 characters, the pod's 14.
    """
    substrate = settings.substrate
    return [
        f"--chain={substrate.chain}",
        "--base-path=/data",
        f"--name={name}-{POD}",
        f"--node-key-file={key_file}",
        *_addresses(settings),
        *_rpc(settings),
        f"--prometheus-port={settings.ports.prometheus}",
        "--prometheus-external",
        *_database(settings),
        *_reports(substrate),
        *(f"--bootnodes={peer}" for peer in substrate.bootnodes),
        *substrate.extra_arguments,
    ]


def public_name(settings: NodeSettings, pod: str) -> str:
    """The DNS name of a pod, without a dot at its end."""
    return f"{pod}.{settings.dns.domain}"


def _addresses(settings: NodeSettings) -> Iterator[str]:
    p2p = settings.ports.p2p
    # Nodes listen on WebSocket by default, and on IPv6, which the cluster has not.
    yield f"--listen-addr=/ip4/0.0.0.0/tcp/{p2p}"
    if settings.exposure == "per-pod":
        # What the world sees. Live chains refuse the pod's own address, which is private.
        yield f"--public-addr=/dns4/{public_name(settings, POD)}/tcp/{p2p}"


def _rpc(settings: NodeSettings) -> Iterator[str]:
    """RPC on all addresses, so that the kubelet reaches the health; NetworkPolicies say who else does."""
    if settings.profile == "two-port":
        yield from (f"--ws-port={settings.ports.rpc}", "--ws-external", f"--rpc-port={settings.ports.http}")
    else:
        yield f"--rpc-port={settings.ports.rpc}"
    # `external` would make `auto` mean safe already; written out, it does not depend on that.
    yield from ("--rpc-external", "--rpc-methods=safe", f"--rpc-cors={','.join(settings.substrate.rpc_cors)}")


def _database(settings: NodeSettings) -> Iterator[str]:
    """What differs from the binary's own defaults. Binaries with two RPC ports have the older names of flags."""
    substrate, older = settings.substrate, settings.profile == "two-port"
    if substrate.sync != "full":
        yield f"--sync={substrate.sync}"
    if substrate.database != "default":
        yield f"--database={substrate.database}"
    if substrate.state_pruning:
        yield f"--{'pruning' if older else 'state-pruning'}={substrate.state_pruning}"
    if substrate.blocks_pruning:
        yield f"--{'keep-blocks' if older else 'blocks-pruning'}={substrate.blocks_pruning}"


def _reports(substrate: SubstrateSettings) -> Iterator[str]:
    if substrate.log != "info":
        yield f"--log={substrate.log}"
    if not substrate.telemetry:
        yield "--no-telemetry"
    yield from (f"--telemetry-url={endpoint}" for endpoint in substrate.telemetry_urls)
