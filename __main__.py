"""The whole system on one screen: settings, then components, then what people need from them."""

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as kubernetes

import settings
from components.apis import GoogleApis, GoogleApisArgs
from components.backup import Backup, BackupArgs
from components.cluster import Cluster, ClusterArgs
from components.egress_proxy import EgressProxy, EgressProxyArgs
from components.firewall import Firewall, FirewallArgs
from components.network import Network, NetworkArgs
from components.p2p_node import P2PNode, P2PNodeArgs
from components.platform import Platform
from components.proxy_environment import proxy_environment
from components.secrets_key import SecretsKey, SecretsKeyArgs
from components.stack_config import read_stack_config
from components.storage import Storage, StorageArgs

try:
    stack = settings.load(read_stack_config(settings.NAMESPACE))
except settings.SettingsError as error:
    raise pulumi.RunError(str(error)) from None
platform, ranges = Platform.of(pulumi.get_stack(), stack), stack.network
google = gcp.Provider("google", project=stack.project, region=stack.region)
on_google = pulumi.ResourceOptions(providers=[google])
apis = GoogleApis("apis", GoogleApisArgs(settings=stack), on_google)
with_apis = pulumi.ResourceOptions(providers=[google], depends_on=[apis])
network = Network("network", NetworkArgs(platform=platform, settings=ranges), with_apis)
key = SecretsKey("secrets-key", SecretsKeyArgs(platform=platform, apis=apis, settings=stack.cluster), with_apis)
# Private machines pull images and register through the NAT, which is therefore there first and goes last.
with_nat = pulumi.ResourceOptions(providers=[google], depends_on=[network, apis])
cluster = Cluster("cluster", ClusterArgs(platform=platform, network=network, key=key, settings=stack.cluster), with_nat)
Firewall("firewall", FirewallArgs(platform=platform, network=network, cluster=cluster, settings=stack), on_google)
Backup("backup", BackupArgs(platform=platform, cluster=cluster, settings=stack), on_google)
# Told apart by the cluster's id, so that another endpoint or a new CA updates the provider and replaces nothing.
kube = kubernetes.Provider(
    "kubernetes", kubeconfig=cluster.kubeconfig, cluster_identifier=cluster.cluster_id,
    enable_server_side_apply=True, opts=pulumi.ResourceOptions(depends_on=[cluster]),
)  # fmt: skip
storage = Storage("storage", StorageArgs(platform=platform, settings=stack), pulumi.ResourceOptions(providers=[kube]))
on_machines = pulumi.ResourceOptions(providers=[google, kube], depends_on=[storage])
proxy = EgressProxy("egress-proxy", EgressProxyArgs(
    platform=platform, machines=storage.machine_selector, clients=[ranges.pods_range],
    health_checkers=[ranges.nodes_range], settings=stack.egress), on_machines)  # fmt: skip
environment = proxy_environment(url=proxy.url, network=ranges)
nodes = P2PNode("p2p-node", P2PNodeArgs(
    platform=platform, cluster_version=cluster.version, machines=storage.machine_selector,
    storage_class=storage.class_name, environment=environment, proxy_port=stack.egress.port, settings=stack.node,
), on_machines)  # fmt: skip

pulumi.export("cluster_name", cluster.cluster_name)
pulumi.export("cluster_location", cluster.location)
pulumi.export("kubeconfig", cluster.kubeconfig)
pulumi.export("namespace", nodes.namespace)
pulumi.export("p2p_addresses", nodes.addresses)
pulumi.export("proxy_url", proxy.url)
pulumi.export("image", stack.node.image)
pulumi.export("protect", platform.protect)  # or `make up` sees no change when protection alone is turned off
