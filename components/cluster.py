"""The cluster: regional and private, with machines made to measure by node auto-provisioning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components import hardening
from components.control_plane import authorized_networks, endpoints, kubeconfig
from components.machines import IMAGE_TYPE, auto_provisioning, system_pool_machines
from components.maintenance import maintenance_policy
from components.network import Network
from components.platform import Platform
from components.secrets_key import SecretsKey
from settings import ClusterSettings

# GKE takes up to half an hour for a regional control plane; the provider gives up after 40 minutes.
SLOW = pulumi.CustomTimeouts(create="60m", update="120m", delete="60m")


@dataclass(frozen=True, kw_only=True)
class ClusterArgs:
    """What the cluster is built on."""

    platform: Platform
    network: Network
    key: SecretsKey
    settings: ClusterSettings


class Cluster(pulumi.ComponentResource):
    """Gives `cluster_id`, `cluster_name`, `location`, `version`, the secret `kubeconfig`, and the machines' account."""

    cluster_id: pulumi.Output[str]
    cluster_name: pulumi.Output[str]
    location: pulumi.Output[str]
    version: pulumi.Output[str]
    """The control plane's, such as 1.33.5-gke.1308000."""
    kubeconfig: pulumi.Output[str]
    machine_account: pulumi.Output[str]

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("p2p-nodes:platform:Cluster", name, {}, opts)
        here = pulumi.ResourceOptions(parent=self)
        account = gcp.serviceaccount.Account(
            f"{name}-machines",
            account_id=f"{args.platform.name}-vm",
            display_name=f"Machines of the cluster {args.platform.name}",
            opts=here,
        )
        # The address from the names, not from the account's output: a first preview shows it, and policies see it.
        email = f"{args.platform.name}-vm@{args.platform.project}.iam.gserviceaccount.com"
        role = gcp.projects.IAMMember(
            f"{name}-machines-role",
            project=args.platform.project,
            role="roles/container.defaultNodeServiceAccount",
            member=f"serviceAccount:{email}",
            opts=pulumi.ResourceOptions(parent=self, depends_on=[account]),
        )
        topic = (
            gcp.pubsub.Topic(
                f"{name}-upgrades", name=f"{args.platform.name}-upgrades", labels=args.platform.labels, opts=here
            )
            if args.settings.upgrade_notifications
            else None
        )
        # Machines that start before their account has its role never register.
        cluster = self._control_plane(name, args, email, topic, [role, *args.key.granted])
        self._system_pool(name, args, cluster, email)
        self.machine_account = account.email
        self.cluster_id = cluster.id
        self.cluster_name = cluster.name
        self.location = cluster.location
        self.version = cluster.master_version
        self.kubeconfig = kubeconfig(cluster, args.settings)
        self.register_outputs(
            {"cluster_name": self.cluster_name, "location": self.location, "kubeconfig": self.kubeconfig}
        )

    def _control_plane(
        self,
        name: str,
        args: ClusterArgs,
        account: str,
        topic: gcp.pubsub.Topic | None,
        first: Sequence[pulumi.Resource],
    ) -> gcp.container.Cluster:
        settings = args.settings
        return gcp.container.Cluster(
            name,
            name=args.platform.name,
            location=args.platform.region,
            node_locations=list(args.platform.zones),
            network=args.network.network_id,
            subnetwork=args.network.subnetwork_id,
            networking_mode="VPC_NATIVE",
            ip_allocation_policy=gcp.container.ClusterIpAllocationPolicyArgs(
                cluster_secondary_range_name=args.network.pods_range,
                services_secondary_range_name=args.network.services_range,
            ),
            private_cluster_config=gcp.container.ClusterPrivateClusterConfigArgs(
                enable_private_nodes=True, enable_private_endpoint=True
            ),
            control_plane_endpoints_config=endpoints(settings),
            master_authorized_networks_config=authorized_networks(settings),
            datapath_provider="ADVANCED_DATAPATH",
            release_channel=gcp.container.ClusterReleaseChannelArgs(channel=settings.release_channel),
            maintenance_policy=maintenance_policy(settings.maintenance),
            workload_identity_config=gcp.container.ClusterWorkloadIdentityConfigArgs(
                workload_pool=f"{args.platform.project}.svc.id.goog"
            ),
            vertical_pod_autoscaling=gcp.container.ClusterVerticalPodAutoscalingArgs(enabled=True),
            cluster_autoscaling=auto_provisioning(settings.auto_provisioning, account, args.platform.zones),
            node_pool_auto_config=hardening.auto_provisioned_kubelets(),
            node_pool_defaults=hardening.kubelets_of_new_pools(),
            addons_config=hardening.addons(settings),
            logging_config=hardening.logs(settings),
            monitoring_config=hardening.metrics(settings),
            notification_config=hardening.notifications(topic.id if topic else None),
            cost_management_config=gcp.container.ClusterCostManagementConfigArgs(enabled=settings.cost_allocation),
            database_encryption=hardening.secrets_encryption(args.key.key_id),
            binary_authorization=hardening.binary_authorization(settings),
            security_posture_config=hardening.security_posture(settings),
            secret_manager_config=hardening.secret_manager(settings),
            # components/firewall.py says what is open: GKE's own rules open whatever anybody's Service asks for. In a
            # shared VPC there is no such firewall of ours.
            disable_l4_lb_firewall_reconciliation=not args.network.shared,
            # Google insists on a first pool and cannot change it later: it is removed at once, and the system pool
            # below can be replaced without the cluster. Until then it must not run as the project's default
            # account, which many organisations remove; what the API reports afterwards is the system pool's.
            initial_node_count=1,
            remove_default_node_pool=True,
            node_config=gcp.container.ClusterNodeConfigArgs(
                service_account=account,
                image_type=IMAGE_TYPE,
                # A new project's quota of SSD is soon used up; these machines are gone before anything runs on them.
                disk_type="pd-standard",
                disk_size_gb=30,
            ),
            enable_shielded_nodes=True,
            resource_labels=args.platform.labels,
            deletion_protection=settings.deletion_protection,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=list(first),
                # Of an imported cluster the provider never reads the number back, and would replace it for that.
                ignore_changes=["node_config", "initial_node_count"],
                custom_timeouts=SLOW,
                protect=args.platform.protect,
            ),
        )

    def _system_pool(self, name: str, args: ClusterArgs, cluster: gcp.container.Cluster, account: str) -> None:
        gcp.container.NodePool(
            f"{name}-system-pool",
            name="system",
            cluster=cluster.id,
            location=args.platform.region,
            node_locations=list(args.platform.zones),
            node_count=args.settings.system_pool.machines_per_zone,
            node_config=system_pool_machines(args.settings, account, args.platform.labels),
            management=gcp.container.NodePoolManagementArgs(auto_repair=True, auto_upgrade=True),
            upgrade_settings=gcp.container.NodePoolUpgradeSettingsArgs(max_surge=1, max_unavailable=0),
            opts=pulumi.ResourceOptions(parent=self, custom_timeouts=SLOW),
        )
