"""The network: a custom VPC, one subnet with ranges for pods and services, and the way out through Cloud NAT."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from settings import NetworkSettings

PODS_RANGE = "pods"
SERVICES_RANGE = "services"


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """`name` prefixes every resource; `region` is where the subnet and the NAT are."""

    name: str
    region: str
    settings: NetworkSettings


class Network(pulumi.ComponentResource):
    """Gives `network_id` and `subnetwork_id`; the subnet's secondary ranges are PODS_RANGE and SERVICES_RANGE."""

    network_id: pulumi.Output[str]
    subnetwork_id: pulumi.Output[str]

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("p2p-nodes:platform:Network", name, {}, opts)
        here = pulumi.ResourceOptions(parent=self)
        network = gcp.compute.Network(
            f"{name}-vpc",
            name=args.name,
            auto_create_subnetworks=False,
            routing_mode="REGIONAL",
            opts=here,
        )
        subnetwork = gcp.compute.Subnetwork(
            f"{name}-subnet",
            name=args.name,
            network=network.id,
            region=args.region,
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
            opts=here,
        )
        router = gcp.compute.Router(f"{name}-router", name=args.name, network=network.id, region=args.region, opts=here)
        gcp.compute.RouterNat(
            f"{name}-nat",
            name=args.name,
            router=router.name,
            region=args.region,
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
        self.network_id = network.id
        self.subnetwork_id = subnetwork.id
        self.register_outputs({"network_id": self.network_id, "subnetwork_id": self.subnetwork_id})
