"""The whole system on one screen: settings, then components, then what people need from them."""

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as kubernetes

import settings
from components.cluster import Cluster, ClusterArgs
from components.egress_proxy import EgressProxy, EgressProxyArgs
from components.labels import google_labels
from components.names import platform_name
from components.network import Network, NetworkArgs
from components.p2p_node import P2PNode, P2PNodeArgs
from components.proxy_environment import proxy_environment
from components.stack_config import read_stack_config
from components.storage import Storage, StorageArgs

try:
    stack = settings.load(read_stack_config(settings.NAMESPACE))
except settings.SettingsError as error:
    raise pulumi.RunError(str(error)) from None
platform = platform_name(pulumi.get_stack())
ranges = stack.network

google = gcp.Provider("google", project=stack.project, region=stack.region)
on_google = pulumi.ResourceOptions(providers=[google])
network = Network("network", NetworkArgs(name=platform, region=stack.region, settings=ranges), on_google)
cluster_args = ClusterArgs(
    name=platform, project=stack.project, region=stack.region, labels=google_labels(platform),
    network_id=network.network_id, subnetwork_id=network.subnetwork_id, settings=stack.cluster,
)  # fmt: skip
# Private machines pull images and register through the NAT, which is therefore there first and goes last.
on_network = pulumi.ResourceOptions(providers=[google], depends_on=[network])
cluster = Cluster("cluster", cluster_args, on_network)

# Told apart by the cluster's id, so that another endpoint or a new CA updates the provider and replaces nothing.
access = pulumi.ResourceOptions(depends_on=[cluster])
provider = kubernetes.Provider(
    "kubernetes", kubeconfig=cluster.kubeconfig, cluster_identifier=cluster.cluster_id,
    enable_server_side_apply=True, opts=access,
)  # fmt: skip
in_cluster = pulumi.ResourceOptions(providers=[provider])
storage = Storage("storage", StorageArgs(settings=stack.storage), in_cluster)
proxy = EgressProxy("egress-proxy", EgressProxyArgs(clients=[ranges.pods_range], settings=stack.egress), in_cluster)
environment = proxy_environment(url=proxy.url, direct=[ranges.pods_range, ranges.services_range, ranges.nodes_range])
node_args = P2PNodeArgs(
    platform=platform, storage_class=storage.class_name, environment=environment, settings=stack.node
)  # fmt: skip
nodes = P2PNode("p2p-node", node_args, pulumi.ResourceOptions(providers=[provider], depends_on=[storage]))

pulumi.export("cluster_name", cluster.cluster_name)
pulumi.export("cluster_location", cluster.location)
pulumi.export("kubeconfig", cluster.kubeconfig)
pulumi.export("namespace", nodes.namespace)
pulumi.export("p2p_addresses", nodes.addresses)
pulumi.export("proxy_url", proxy.url)
pulumi.export("image", stack.node.image)
