"""Mistakes across the settings of the nodes: flags, ports, names, and where their data and their keys come from."""

from __future__ import annotations

from collections.abc import Iterator

from settings.flags import MANAGED, REFUSED, REPEATABLE, SECRETS, UNSAFE, flag_of
from settings.mistakes import Mistake, key_path, shown
from settings.node import PortSettings
from settings.protection import GUARDED
from settings.stack import StackSettings

LONGEST_DOMAIN = 253
LONGEST_POD = len("p2p-node-999")
NOT_YET = (
    (
        "state_pruning",
        ("archive-canonical",),
        'empty, "archive", or a number of blocks',
        "choose archive; or set node.profile to single-port if the image is a newer one",
    ),
    (
        "blocks_pruning",
        ("archive", "archive-canonical"),
        "empty, or a number of blocks",
        "remove it: such a binary keeps all blocks by itself",
    ),
)
"""Settings whose words no binary of two ports knew before September 2022, and few after: the flags that take them
(github.com/paritytech/substrate/pull/11983) came nine months before the second port went (pull/13384)."""

MOST_SECRETS = 50
"""A choice: so many calls to Secret Manager, one after the other, still fit in the two minutes that the kubelet gives a
mount (node CSI calls time out after that: kubernetes, pkg/volume/csi/csi_client.go, csiTimeout)."""


def ports(stack: StackSettings) -> Iterator[Mistake]:
    """Two listeners on one port."""
    listening = list(stack.node.listening.items())
    for position, (name, port) in enumerate(listening):
        earlier = next((other for other, taken in listening[:position] if taken == port), None)
        if earlier:
            yield Mistake(
                key=key_path(["node", "ports", name]),
                got=f"{port}, which {earlier} has already",
                allowed="a port of its own for each",
                advice=f"change {name} or {earlier}",
            )


def arguments(stack: StackSettings) -> Iterator[Mistake]:
    """Further arguments that another setting is for, that are refused, or that no binary would start with."""
    given = stack.node.substrate.extra_arguments
    own = given.index("--") if "--" in given else len(given)
    flags = [flag_of(argument) for argument in given]
    for position, (argument, flag) in enumerate(zip(given, flags, strict=True)):
        # What follows `--` is for another node in the same process: the program gives it nothing, but promises as much.
        if flag in REFUSED:
            found = ("which is refused", "flags that a full node can keep", f"remove it: {REFUSED[flag]}")
        elif flag in MANAGED and (position < own or flag in UNSAFE):
            found = ("which the program decides", "flags that no setting is for", f"remove it, and use {MANAGED[flag]}")
        elif flag and flag in flags[:position] and flag not in REPEATABLE and position < own:
            found = ("for the second time", "each flag once", "remove one of them: no binary starts with both")
        elif not flag and position == 0 and argument != "--":
            found = ("which belongs to no flag", "a flag first", "remove it: the binary would take it for a command")
        else:
            continue
        got, allowed, advice = found
        yield Mistake(
            key=key_path(["node", "substrate", "extra_arguments", position]),
            # A refused secret must not be told to whoever reads the log.
            got=f"{f'--{flag}' if flag in SECRETS else shown(argument)}, {got}",
            allowed=allowed,
            advice=advice,
        )


def profile(stack: StackSettings) -> Iterator[Mistake]:
    """What a binary of the profile does not know."""
    node = stack.node
    if node.profile == "single-port" and node.ports.http != PortSettings.model_fields["http"].default:
        yield Mistake(
            key=key_path(["node", "ports", "http"]),
            got=f"{node.ports.http}, with profile single-port",
            allowed="nothing: one port, node.ports.rpc, serves RPC by WebSocket and by HTTP",
            advice="remove it, or set node.profile to two-port if the image is an older one",
        )
    if node.profile == "two-port":
        for name, words, allowed, advice in NOT_YET:
            value = getattr(node.substrate, name)
            if value in words:
                yield Mistake(
                    key=key_path(["node", "substrate", name]),
                    got=f'"{value}", with profile two-port',
                    allowed=allowed,
                    advice=advice,
                )


def sync(stack: StackSettings) -> Iterator[Mistake]:
    """A node that keeps every state has to execute every block: else it refuses to start (sc-service, builder.rs)."""
    substrate = stack.node.substrate
    if substrate.sync != "full" and substrate.state_pruning.startswith("archive"):
        yield Mistake(
            key=key_path(["node", "substrate", "sync"]),
            got=f"{substrate.sync}, with state_pruning {substrate.state_pruning}",
            allowed="full: an archive executes every block",
            advice="remove it, or state_pruning",
        )


def origins(stack: StackSettings) -> Iterator[Mistake]:
    """Origins beside `all`, which the binary then ignores."""
    given = stack.node.substrate.rpc_cors
    if "all" in given and len(given) > 1:
        yield Mistake(
            key=key_path(["node", "substrate", "rpc_cors"]),
            got=f"all, and {len(given) - 1} more",
            allowed='"all" alone, or origins without it',
            advice="remove all, or the others",
        )


def telemetry(stack: StackSettings) -> Iterator[Mistake]:
    """Servers for reports that are turned off."""
    substrate = stack.node.substrate
    if substrate.telemetry_urls and not substrate.telemetry:
        yield Mistake(
            key=key_path(["node", "substrate", "telemetry_urls"]),
            got=f"{len(substrate.telemetry_urls)} servers, with telemetry false",
            allowed="none",
            advice="remove them, or set telemetry to true",
        )


def reachable(stack: StackSettings) -> Iterator[Mistake]:
    """Nodes that nobody could call by a name: one pod template cannot carry an address for each of its pods."""
    node = stack.node
    missing = [name for name in ("zone", "domain") if not getattr(node.dns, name)]
    if node.exposure == "per-pod" and missing:
        yield Mistake(
            key=key_path(["node", "dns", missing[0]]),
            got="nothing, with exposure per-pod",
            allowed="a zone of Cloud DNS and a domain in it, because nodes announce themselves by their names",
            advice="set node.dns.zone and node.dns.domain; or set node.exposure to none, and nodes only dial out",
        )
    if len(node.dns.domain) + 1 + LONGEST_POD > LONGEST_DOMAIN:
        yield Mistake(
            key=key_path(["node", "dns", "domain"]),
            got=f"{len(node.dns.domain)} characters",
            allowed=f"at most {LONGEST_DOMAIN - 1 - LONGEST_POD}, as a node's name may have {LONGEST_DOMAIN}",
            advice="choose a shorter domain",
        )


def one_source(stack: StackSettings) -> Iterator[Mistake]:
    """Two sources of data, or an archive that is only half described."""
    snapshot = stack.node.snapshot
    archive = snapshot.archive
    given = [name for name in ("bucket", "object", "sha256") if getattr(archive, name)]
    missing = [name for name in ("bucket", "object", "sha256") if name not in given]
    if given and missing:
        yield Mistake(
            key=key_path(["node", "snapshot", "archive", missing[0]]),
            got=f"nothing, with {' and '.join(given)} given",
            allowed="bucket, object and sha256 together, or none of them",
            advice="say which archive it is, and its checksum",
        )
    if snapshot.volume_snapshot and given:
        yield Mistake(
            key=key_path(["node", "snapshot", "volume_snapshot"]),
            got=f'"{snapshot.volume_snapshot}", beside an archive',
            allowed="a VolumeSnapshot or an archive",
            advice="remove one of the two",
        )


def secrets(stack: StackSettings) -> Iterator[Mistake]:
    """Secrets that nothing mounts, more of them than a pod should mount, and a project for those that are not used."""
    key, replicas = stack.node.node_key, stack.node.replicas
    if key.source == "secret-manager" and not stack.cluster.secret_manager:
        yield Mistake(
            key=key_path(["cluster", "secret_manager"]),
            got="false, with node.node_key.source secret-manager",
            allowed="true: nothing else mounts the keys",
            advice="set it to true",
        )
    if key.source == "secret-manager" and replicas > MOST_SECRETS:
        yield Mistake(
            key=key_path(["node", "node_key", "source"]),
            got=f'"secret-manager", with {replicas} nodes',
            allowed=f"at most {MOST_SECRETS} nodes: one pod template mounts one list, so each pod fetches every key",
            advice="keep the keys on the volumes, or spread the nodes over several stacks",
        )
    if key.secrets_project and key.source == "volume":
        yield Mistake(
            key=key_path(["node", "node_key", "secrets_project"]),
            got=f'"{key.secrets_project}", with source volume',
            allowed="nothing",
            advice="remove it, or set source to secret-manager",
        )


def spot(stack: StackSettings) -> Iterator[Mistake]:
    """Machines that go before their nodes have closed a database.

    A node is given 15 seconds, whatever its terminationGracePeriodSeconds; then GKE's own pods have 15:
    https://docs.cloud.google.com/kubernetes-engine/docs/concepts/spot-vms
    """
    if stack.machines.spot and stack.environment in GUARDED:
        yield Mistake(
            key=key_path(["machines", "spot"]),
            got=f"true, with environment {stack.environment}",
            allowed="false: of a spot machine's last 30 seconds a node has 15, and needs up to 60 for its database",
            advice="remove it",
        )
