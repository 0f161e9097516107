"""Settings that become flags of the Substrate node."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from settings.fields import NODES, Allowed, Changes, Section

KEPT = r"archive|archive-canonical|[1-9][0-9]{0,9}"
LEVEL = r"(error|warn|info|debug|trace|off)"
LOG = rf"({LEVEL}|[A-Za-z0-9_:-]+={LEVEL})"

Pruning = Annotated[
    str,
    Field(pattern=rf"^({KEPT})?$"),
    Allowed('empty, "archive", "archive-canonical" or a number of blocks, in quotes'),
    Changes(NODES),
]
Bootnode = Annotated[
    str,
    Field(pattern=r"^/(ip4|dns|dns4)/[^/\s]+/tcp/[0-9]{1,5}(/wss?)?/p2p/[1-9A-HJ-NP-Za-km-z]{46,59}$"),
    Allowed("a multiaddress with a peer id, such as /dns4/boot.example.org/tcp/30333/p2p/12D3KooW..."),
]
TelemetryEndpoint = Annotated[
    str,
    Field(pattern=r"^wss?://\S+ [0-9]$"),
    Allowed("an address and a verbosity from 0 to 9, such as wss://telemetry.example.org/submit/ 0"),
]
Origin = Annotated[
    str,
    Field(pattern=r"^(all|https?://[^\s/,]+)$"),
    Allowed('"all", or an origin such as https://app.example.org, without a path'),
]
Argument = Annotated[
    str,
    Field(pattern=r"^(--[A-Za-z][A-Za-z0-9_-]*(=.*\S)?|-[A-Za-z]\S*|--|[^\s-](.*\S)?)$"),
    Allowed("an argument such as --out-peers=50, or a flag and its value as two of them"),
]


def _not_empty(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value:
        raise ValueError("empty")
    return value


class SubstrateSettings(Section):
    """How the node syncs, keeps and serves its chain. What is left at its default is not passed to the node, whose own
    default it is; so the flags are few, and those that an older binary does not know stay away from it."""

    chain: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9/][A-Za-z0-9_./-]*$"),
        Allowed("the name of a chain that the binary knows, or the path of a chain specification in the image"),
        Changes(NODES),
    ] = Field(
        default="contextfree",
        description="Chain. Another one begins with an empty database, beside the old one on the same disk.",
    )
    sync: Annotated[Literal["full", "fast", "fast-unsafe", "warp"], Changes(NODES)] = Field(
        default="full",
        description="How an empty node catches up with the chain. Binaries of early 2021, the default image's among "
        "them, know none but full.",
    )
    database: Annotated[Literal["default", "rocksdb", "paritydb"], Changes(NODES)] = Field(
        default="default",
        description="Format of the database; default is the binary's. One that is there is not converted.",
    )
    state_pruning: Pruning = Field(
        default="",
        description="Blocks whose state is kept; empty for the binary's default, 256. A database that was made with a "
        "number does not open with a word, nor the other way round.",
    )
    blocks_pruning: Pruning = Field(
        default="", description="Finalized blocks whose bodies are kept; empty for the binary's default, which is all."
    )
    rpc_cors: Annotated[
        tuple[Origin, ...],
        AfterValidator(_not_empty),
        Allowed('a list of at least one origin, or of "all" alone'),
        Changes(NODES),
    ] = Field(
        default=("all",),
        description="Origins whose pages browsers let call RPC. With anything but all a node also refuses whoever "
        "calls it by another name than localhost, other pods included.",
    )
    log: Annotated[
        str,
        Field(pattern=rf"^{LOG}(,{LOG})*$"),
        Allowed("a level (error, warn, info, debug, trace, off), or targets with levels, such as info,sync=debug"),
        Changes(NODES),
    ] = Field(default="info", description="What is logged.")
    bootnodes: Annotated[tuple[Bootnode, ...], Changes(NODES)] = Field(
        default=(), description="First peers to ask, beside those of the chain's specification."
    )
    telemetry: Annotated[bool, Changes(NODES)] = Field(
        default=False,
        description="Whether nodes report their name, version and height to telemetry servers. They dial them without "
        "the proxy: `node.access.peer_ports` must hold their port, which is 443 for most.",
    )
    telemetry_urls: Annotated[tuple[TelemetryEndpoint, ...], Changes(NODES)] = Field(
        default=(), description="Telemetry servers, in place of those of the chain's specification."
    )
    extra_arguments: Annotated[tuple[Argument, ...], Changes(NODES)] = Field(
        default=(),
        description="Further arguments of the binary, none of which another setting is for. What follows `--` is for "
        "the relay chain's half of a parachain's node.",
    )
