"""The cluster: regional and private, with machines made to measure by node auto-provisioning."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components.control_plane import authorized_networks, endpoints, kubeconfig
from components.machines import IMAGE_TYPE, auto_provisioning, system_pool_machines
from components.network import PODS_RANGE, SERVICES_RANGE
from settings import ClusterSettings

# GKE takes up to half an hour for a regional control plane; the provider gives up after 40 minutes.
SLOW = pulumi.CustomTimeouts(create="60m", update="120m", delete="60m")


@dataclass(frozen=True, kw_only=True)
class ClusterArgs:
    """`name` has at most 24 characters; `network_id` and `subnetwork_id` are those of the Network component."""

    name: str
    project: str
    region: str
    network_id: pulumi.Input[str]
    subnetwork_id: pulumi.Input[str]
    labels: dict[str, str]
    settings: ClusterSettings


class Cluster(pulumi.ComponentResource):
    """Gives `cluster_id`, `cluster_name`, `location` and the secret `kubeconfig`."""

    cluster_id: pulumi.Output[str]
    cluster_name: pulumi.Output[str]
    location: pulumi.Output[str]
    kubeconfig: pulumi.Output[str]

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("p2p-nodes:platform:Cluster", name, {}, opts)
        account = gcp.serviceaccount.Account(
            f"{name}-machines",
            account_id=f"{args.name}-vm",
            display_name=f"Machines of the cluster {args.name}",
            opts=pulumi.ResourceOptions(parent=self),
        )
        role = gcp.projects.IAMMember(
            f"{name}-machines-role",
            project=args.project,
            role="roles/container.defaultNodeServiceAccount",
            member=account.email.apply(lambda email: f"serviceAccount:{email}"),
            opts=pulumi.ResourceOptions(parent=self),
        )
        cluster = self._control_plane(name, args, account.email, role)
        self._system_pool(name, args, cluster, account.email)
        self.cluster_id = cluster.id
        self.cluster_name = cluster.name
        self.location = cluster.location
        self.kubeconfig = kubeconfig(cluster, args.settings)
        self.register_outputs(
            {"cluster_name": self.cluster_name, "location": self.location, "kubeconfig": self.kubeconfig}
        )

    def _control_plane(
        self, name: str, args: ClusterArgs, account: pulumi.Output[str], role: pulumi.Resource
    ) -> gcp.container.Cluster:
        return gcp.container.Cluster(
            name,
            name=args.name,
            location=args.region,
            network=args.network_id,
            subnetwork=args.subnetwork_id,
            networking_mode="VPC_NATIVE",
            ip_allocation_policy=gcp.container.ClusterIpAllocationPolicyArgs(
                cluster_secondary_range_name=PODS_RANGE, services_secondary_range_name=SERVICES_RANGE
            ),
            private_cluster_config=gcp.container.ClusterPrivateClusterConfigArgs(
                enable_private_nodes=True, enable_private_endpoint=True
            ),
            control_plane_endpoints_config=endpoints(args.settings),
            master_authorized_networks_config=authorized_networks(args.settings),
            datapath_provider="ADVANCED_DATAPATH",
            release_channel=gcp.container.ClusterReleaseChannelArgs(channel=args.settings.release_channel),
            workload_identity_config=gcp.container.ClusterWorkloadIdentityConfigArgs(
                workload_pool=f"{args.project}.svc.id.goog"
            ),
            vertical_pod_autoscaling=gcp.container.ClusterVerticalPodAutoscalingArgs(enabled=True),
            cluster_autoscaling=auto_provisioning(args.settings.auto_provisioning, account),
            # Google insists on a first pool and cannot change it later: it is removed at once, and the system pool
            # below can be replaced without the cluster. Until then it must not run as the project's default
            # account, which many organisations remove; what the API reports afterwards is the system pool's.
            initial_node_count=1,
            remove_default_node_pool=True,
            node_config=gcp.container.ClusterNodeConfigArgs(service_account=account, image_type=IMAGE_TYPE),
            enable_shielded_nodes=True,
            resource_labels=args.labels,
            deletion_protection=args.settings.deletion_protection,
            opts=pulumi.ResourceOptions(
                parent=self,
                # Machines that start before their account has its role never register.
                depends_on=[role],
                ignore_changes=["node_config"],
                custom_timeouts=SLOW,
            ),
        )

    def _system_pool(
        self, name: str, args: ClusterArgs, cluster: gcp.container.Cluster, account: pulumi.Output[str]
    ) -> None:
        gcp.container.NodePool(
            f"{name}-system-pool",
            name="system",
            cluster=cluster.id,
            location=args.region,
            node_count=args.settings.system_pool.machines_per_zone,
            node_config=system_pool_machines(args.settings, account, args.labels),
            management=gcp.container.NodePoolManagementArgs(auto_repair=True, auto_upgrade=True),
            upgrade_settings=gcp.container.NodePoolUpgradeSettingsArgs(max_surge=1, max_unavailable=0),
            opts=pulumi.ResourceOptions(parent=self, custom_timeouts=SLOW),
        )
