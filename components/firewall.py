"""The firewall of an own network: closed, but for peers and for the health checks of the nodes' load balancers.

Where nodes only dial out there are no load balancers, and it is closed.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components.cluster import Cluster
from components.network import Network
from components.platform import Platform
from settings import StackSettings

# Where the probes of external passthrough load balancers come from:
# https://cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges
HEALTH_CHECK_RANGES = ["35.191.0.0/16", "209.85.152.0/22", "209.85.204.0/22"]

# With externalTrafficPolicy Local each Service has a port of its own for them, out of Kubernetes' range of node ports.
HEALTH_CHECK_PORTS = "30000-32767"

# GKE's own rules have priority 1000, denials for single load balancers among them since 1.35; a denial wins a tie.
OPENING_PRIORITY = 900
CLOSING_PRIORITY = 65534


@dataclass(frozen=True, kw_only=True)
class FirewallArgs:
    """The cluster's machines are told apart by their service account, which they have in every pool."""

    platform: Platform
    network: Network
    cluster: Cluster
    settings: StackSettings


class Firewall(pulumi.ComponentResource):
    """Ingress rules. A passthrough load balancer keeps the port of its Service, so that one is opened, no node port.

    With a shared VPC nothing is created: its firewall belongs to the team of its host project.
    """

    def __init__(self, name: str, args: FirewallArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("p2p-nodes:platform:Firewall", name, {}, opts)
        if not args.network.shared:
            self._rules(name, args)
        self.register_outputs({})

    def _rules(self, name: str, args: FirewallArgs) -> None:
        if args.settings.node.exposure == "per-pod":
            self._let_peers_in(name, args)
        gcp.compute.Firewall(
            f"{name}-rest",
            name=f"{args.platform.name}-rest",
            description="Everything else is refused, as a VPC does by itself, and here it is logged.",
            network=args.network.network_id,
            direction="INGRESS",
            priority=CLOSING_PRIORITY,
            source_ranges=["0.0.0.0/0"],
            denies=[gcp.compute.FirewallDenyArgs(protocol="all")],
            log_config=gcp.compute.FirewallLogConfigArgs(metadata="INCLUDE_ALL_METADATA"),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _let_peers_in(self, name: str, args: FirewallArgs) -> None:
        self._open(
            f"{name}-peers",
            args,
            "Peers, from anywhere, to the p2p port of the machines.",
            ["0.0.0.0/0"],
            str(args.settings.node.ports.p2p),
        )
        self._open(
            f"{name}-health-checks",
            args,
            "Google's health checks of the nodes' load balancers.",
            HEALTH_CHECK_RANGES,
            HEALTH_CHECK_PORTS,
        )

    def _open(self, name: str, args: FirewallArgs, description: str, sources: list[str], ports: str) -> None:
        gcp.compute.Firewall(
            name,
            name=f"{args.platform.name}-{name.partition('-')[2]}",
            description=description,
            network=args.network.network_id,
            direction="INGRESS",
            priority=OPENING_PRIORITY,
            source_ranges=sources,
            target_service_accounts=[args.cluster.machine_account],
            allows=[gcp.compute.FirewallAllowArgs(protocol="tcp", ports=[ports])],
            opts=pulumi.ResourceOptions(parent=self),
        )
