"""For every setting, a change of it that the engine is asked about. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Settings = Mapping[str, object]
Given = Literal["sandbox", "recovery", "shared", "without-backups", "secrets", "archive"]

DNS: Settings = {"cluster.control_plane_access": "dns", "cluster.external_access": True}
HOST = {
    "network.shared_vpc.host_project": "p2p-nodes-host",
    "network.shared_vpc.network": "shared",
    "network.shared_vpc.subnetwork": "shared-a",
}
PEER = "12D3KooWEBo1HUPQJwiBmM5kSeg4XgiVxEArArQdDarYEsGxMfbS"
ARCHIVE: Settings = {
    "node.snapshot.archive.object": "contextfree.tar.gz",
    "node.snapshot.archive.sha256": "0" * 64,
}
GIVEN: Mapping[Given, Settings] = {
    "sandbox": {},
    "recovery": {
        "environment": "recovery",
        "recovery.primary_region": "europe-west4",
        # What a recovery stack must not go without: the sandbox has neither protection nor disks that stay.
        "accept_replacement": ["cluster", "volumes"],
    },
    "shared": HOST,
    # What was brought up with a plan loses it only where that is said.
    "secrets": {"cluster.secret_manager": True, "node.node_key.source": "secret-manager"},
    "archive": {"node.snapshot.archive.bucket": "p2p-nodes-archives", **ARCHIVE},
    "without-backups": {"backup.enabled": False, "accept_replacement": ["volumes"]},
}
"""What a stack was brought up with, beside Pulumi.sandbox.yaml, before a setting is changed."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """The setting's new value, and `also` other settings that must change with it.

    `unseen` says why the sandbox cannot show what the real engine does.
    """

    to: object
    also: Settings = field(default_factory=dict)
    given: Given = "sandbox"
    unseen: str = ""


CASES: Mapping[str, Case] = {
    "project": Case(
        to="p2p-nodes-elsewhere",
        unseen="the simulator does not hold the provider's project against that of resources which name none; "
        "the official provider replaces them (DefaultProviderProject of terraform-provider-google)",
    ),
    "region": Case(to="europe-west4"),
    "environment": Case(to="staging"),
    "labels": Case(to={"team": "nodes"}),
    "protect": Case(to=True),
    "accept_replacement": Case(to=["cluster"]),
    # A narrower or another range; a wider one that holds the old is in place, and rolls the nodes, which know it.
    "network.nodes_range": Case(to="10.20.0.0/20"),
    "network.pods_range": Case(to="10.72.0.0/14"),
    "network.services_range": Case(to="10.48.0.0/20"),
    "network.nat_min_ports_per_machine": Case(to=512),
    "network.nat_max_ports_per_machine": Case(to=32768),
    "network.flow_log_percent": Case(to=0),
    "network.google_apis": Case(to="restricted"),
    "network.shared_vpc.host_project": Case(
        to="p2p-nodes-other-host",
        also={"network.shared_vpc.network": "other", "network.shared_vpc.subnetwork": "other"},
        given="shared",
    ),
    "network.shared_vpc.network": Case(to="second", also={"network.shared_vpc.subnetwork": "second"}, given="shared"),
    "network.shared_vpc.subnetwork": Case(to="shared-b", given="shared"),
    "network.shared_vpc.pods_range_name": Case(to="more-pods", given="shared"),
    "network.shared_vpc.services_range_name": Case(to="more-services", given="shared"),
    "machines.spot": Case(to=True),
    "machines.families": Case(to=["n2", "n2d"]),
    # The two go together: the DNS name serves nobody without, and the private address nobody with it.
    "cluster.control_plane_access": Case(to="dns", also=DNS),
    "cluster.external_access": Case(to=True, also=DNS),
    "cluster.authorized_networks": Case(to=["10.200.0.0/24"]),
    "cluster.zones": Case(
        to=["us-central1-a", "us-central1-b", "us-central1-f"],
        unseen="the sandbox's region has three zones, and their order is the program's; the official provider updates "
        "nodeLocations of cluster and pool in place (resource_container_cluster.go: no ForceNew)",
    ),
    "cluster.release_channel": Case(to="STABLE"),
    "cluster.deletion_protection": Case(to=True),
    "cluster.secrets_encryption": Case(to=False),
    "cluster.binary_authorization": Case(to="enforced"),
    "cluster.security_posture": Case(to="disabled"),
    # Who makes no backups needs no agent, and the other way round.
    "cluster.secret_manager": Case(to=True),
    "cluster.backup_agent": Case(to=False, given="without-backups"),
    "cluster.managed_prometheus": Case(to=False),
    "cluster.log_components": Case(to=["SYSTEM_COMPONENTS"]),
    "cluster.metric_components": Case(to=["SYSTEM_COMPONENTS"]),
    "cluster.cost_allocation": Case(to=False),
    "cluster.upgrade_notifications": Case(to=False),
    "cluster.maintenance.days": Case(to=["MO", "TU"]),
    "cluster.maintenance.start": Case(to="03:00"),
    "cluster.maintenance.hours": Case(to=8),
    "cluster.maintenance.exclusions": Case(
        to=[{"name": "year-end", "start": "2026-12-18T00:00:00Z", "end": "2027-01-04T00:00:00Z"}]
    ),
    "cluster.system_pool.machine_type": Case(to="e2-standard-4"),
    "cluster.system_pool.machines_per_zone": Case(to=2),
    "cluster.auto_provisioning.max_cpu_cores": Case(to=80),
    "cluster.auto_provisioning.max_memory_gb": Case(to=320),
    "cluster.auto_provisioning.boot_disk_type": Case(to="pd-balanced"),
    "cluster.auto_provisioning.boot_disk_gb": Case(to=120),
    "cluster.auto_provisioning.profile": Case(to="OPTIMIZE_UTILIZATION"),
    "cluster.auto_provisioning.upgrade_strategy": Case(to="blue-green"),
    "storage.disk_type": Case(to="pd-balanced"),
    "storage.reclaim_policy": Case(to="Retain"),
    "storage.encryption_key": Case(to="projects/p2p-nodes-keys/locations/europe-west1/keyRings/ring/cryptoKeys/disks"),
    "storage.snapshot_location": Case(to="us"),
    "backup.enabled": Case(to=False),
    "backup.recovery_point_minutes": Case(to=60),
    "backup.location": Case(to="europe-west4"),
    "backup.retain_days": Case(to=30),
    "backup.delete_lock_days": Case(to=14),
    "node.image": Case(to="atactr/automata:contextfree-v0.1.0-rc5"),
    "node.binary": Case(to="/usr/local/bin/polkadot"),
    "node.profile": Case(to="single-port"),
    # Fewer deletes addresses and names, which docs/node.md says; the limits have to hold one more.
    "node.replicas": Case(
        to=3, also={"cluster.auto_provisioning.max_cpu_cores": 48, "cluster.auto_provisioning.max_memory_gb": 192}
    ),
    "node.disk_gib": Case(to=60),
    "node.exposure": Case(to="none"),
    "node.termination_grace_seconds": Case(to=300),
    "node.startup_minutes": Case(to=120),
    "node.ports.p2p": Case(to=30334),
    "node.ports.rpc": Case(to=9945),
    "node.ports.http": Case(to=9934),
    "node.ports.prometheus": Case(to=9616),
    "node.substrate.chain": Case(to="finitestate"),
    "node.substrate.sync": Case(to="fast"),
    "node.substrate.database": Case(to="paritydb"),
    "node.substrate.state_pruning": Case(to="1000"),
    "node.substrate.blocks_pruning": Case(to="1000"),
    "node.substrate.rpc_cors": Case(to=["https://app.example.org"]),
    "node.substrate.log": Case(to="info,sync=debug"),
    "node.substrate.bootnodes": Case(to=[f"/dns4/boot.example.org/tcp/30333/p2p/{PEER}"]),
    "node.substrate.telemetry": Case(to=True, also={"node.access.peer_ports": ["1-79", "81-65535"]}),
    "node.substrate.telemetry_urls": Case(
        to=["wss://telemetry.example.org:8443/submit/ 0"], also={"node.substrate.telemetry": True}
    ),
    "node.substrate.extra_arguments": Case(to=["--out-peers=50"]),
    "node.node_key.source": Case(to="secret-manager", also={"cluster.secret_manager": True}),
    "node.node_key.identity_of": Case(to="prod"),
    "node.node_key.secrets_project": Case(to="p2p-nodes-secrets", given="secrets"),
    "node.snapshot.volume_snapshot": Case(to="last-night"),
    "node.snapshot.archive.bucket": Case(to="p2p-nodes-archives", also=ARCHIVE),
    "node.snapshot.archive.object": Case(to="later.tar.gz", given="archive"),
    "node.snapshot.archive.sha256": Case(to="1" * 64, given="archive"),
    "node.snapshot.archive.image": Case(to="python:3.14.0-slim-bookworm", given="archive"),
    "node.dns.zone": Case(to="other-nodes"),
    "node.dns.domain": Case(to="other.nodes.example.org"),
    "node.dns.project": Case(to="p2p-nodes-names"),
    "node.dns.ttl_seconds": Case(to=600),
    "node.access.peer_ports": Case(to=["30333"]),
    "node.access.rpc_namespaces": Case(to=["apps"]),
    "node.access.metrics_namespaces": Case(to=["monitoring"]),
    "node.resources.cpu_millicores": Case(to=600),
    "node.resources.memory_mib": Case(to=3000),
    "node.resources.memory_limit_mib": Case(to=5000),
    "node.vertical_autoscaling.enabled": Case(to=False),
    "node.vertical_autoscaling.mode": Case(to="Off"),
    "node.vertical_autoscaling.min_cpu_millicores": Case(to=300),
    "node.vertical_autoscaling.max_cpu_millicores": Case(to=3000),
    "node.vertical_autoscaling.min_memory_mib": Case(to=1500),
    "node.vertical_autoscaling.max_memory_mib": Case(to=12000),
    "egress.image": Case(to=f"ubuntu/squid@sha256:{'7' * 64}"),
    "egress.replicas": Case(to=3),
    "egress.port": Case(to=3129),
    "egress.allowed_domains": Case(to=["example.org"]),
    "egress.drain_seconds": Case(to=60),
    "egress.client_namespaces": Case(to=["explorer"]),
    "recovery.primary_region": Case(to="us-east1", given="recovery"),
}
