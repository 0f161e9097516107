"""The network: a custom VPC, one subnet with ranges for pods and services, and the way out through Cloud NAT."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components.platform import Platform
from components.private_google_apis import PrivateGoogleApis, PrivateGoogleApisArgs
from settings import NetworkSettings

PODS_RANGE = "pods"
SERVICES_RANGE = "services"


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """Where the network is and what it is called, and its settings."""

    platform: Platform
    settings: NetworkSettings


class Network(pulumi.ComponentResource):
    """Gives `network_id`, `subnetwork_id` the names of the subnet's secondary ranges, and whether they are `shared`.

    With a shared VPC nothing is created: its network, NAT, firewall and DNS belong to the team of its host project.
    """

    network_id: pulumi.Output[str]
    subnetwork_id: pulumi.Output[str]
    pods_range: str
    services_range: str
    shared: bool

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("p2p-nodes:platform:Network", name, {}, opts)
        shared = args.settings.shared_vpc
        self.shared = shared.used
        if shared.used:
            place = f"projects/{shared.host_project}"
            self.network_id = pulumi.Output.from_input(f"{place}/global/networks/{shared.network}")
            self.subnetwork_id = pulumi.Output.from_input(
                f"{place}/regions/{args.platform.region}/subnetworks/{shared.subnetwork}"
            )
            self.pods_range, self.services_range = shared.pods_range_name, shared.services_range_name
        else:
            self._create(name, args)
        self.register_outputs({"network_id": self.network_id, "subnetwork_id": self.subnetwork_id})

    def _create(self, name: str, args: NetworkArgs) -> None:
        here = pulumi.ResourceOptions(parent=self)
        kept = pulumi.ResourceOptions(parent=self, protect=args.platform.protect)
        network = gcp.compute.Network(
            f"{name}-vpc",
            name=args.platform.name,
            auto_create_subnetworks=False,
            routing_mode="REGIONAL",
            opts=kept,
        )
        # Google refuses to change a secondary range that is in use, and the provider does not know: another range takes
        # another subnet, and with it another cluster.
        ranged = pulumi.ResourceOptions(
            parent=self, protect=args.platform.protect, replace_on_changes=["secondaryIpRanges"]
        )
        subnetwork = self._subnet(name, args, network, ranged)
        router = gcp.compute.Router(
            f"{name}-router", name=args.platform.name, network=network.id, region=args.platform.region, opts=here
        )
        gcp.compute.RouterNat(
            f"{name}-nat",
            name=args.platform.name,
            router=router.name,
            region=args.platform.region,
            nat_ip_allocate_option="AUTO_ONLY",
            source_subnetwork_ip_ranges_to_nat="ALL_SUBNETWORKS_ALL_IP_RANGES",
            # Nodes dial thousands of peers: ports grow with demand. Google excludes endpoint-independent mapping
            # then, which is no loss: peers reach a node at its own load balancer address, never at a NAT mapping.
            enable_dynamic_port_allocation=True,
            enable_endpoint_independent_mapping=False,
            min_ports_per_vm=args.settings.nat_min_ports_per_machine,
            max_ports_per_vm=args.settings.nat_max_ports_per_machine,
            log_config=gcp.compute.RouterNatLogConfigArgs(enable=True, filter="ERRORS_ONLY"),
            opts=here,
        )
        if args.settings.google_apis != "public":
            PrivateGoogleApis(
                f"{name}-google-apis",
                PrivateGoogleApisArgs(
                    platform=args.platform, network_id=network.id, addresses=args.settings.google_apis
                ),
                here,
            )
        self.network_id, self.subnetwork_id = network.id, subnetwork.id
        self.pods_range, self.services_range = PODS_RANGE, SERVICES_RANGE

    def _subnet(
        self, name: str, args: NetworkArgs, network: gcp.compute.Network, opts: pulumi.ResourceOptions
    ) -> gcp.compute.Subnetwork:
        percent = args.settings.flow_log_percent
        return gcp.compute.Subnetwork(
            f"{name}-subnet",
            name=args.platform.name,
            network=network.id,
            region=args.platform.region,
            ip_cidr_range=str(args.settings.nodes_range),
            secondary_ip_ranges=[
                gcp.compute.SubnetworkSecondaryIpRangeArgs(
                    range_name=PODS_RANGE, ip_cidr_range=str(args.settings.pods_range)
                ),
                gcp.compute.SubnetworkSecondaryIpRangeArgs(
                    range_name=SERVICES_RANGE, ip_cidr_range=str(args.settings.services_range)
                ),
            ],
            private_ip_google_access=True,
            log_config=gcp.compute.SubnetworkLogConfigArgs(
                # A node has thousands of peers: fewer, longer intervals keep the bill in bounds.
                aggregation_interval="INTERVAL_10_MIN",
                flow_sampling=percent / 100,
                metadata="INCLUDE_ALL_METADATA",
            )
            if percent
            else None,
            opts=opts,
        )
