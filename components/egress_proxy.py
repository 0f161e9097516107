"""The egress proxy: squid with an allow-list for HTTP and HTTPS.

Workloads use it because their environment says so, and because NetworkPolicies leave them no other way to ports 80 and
443: only the proxy's own pods reach those. What goes to other ports, as peers do, does not pass through it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
import pulumi_kubernetes as kubernetes

from components import network_policies as policies
from components.egress_pod import CONF_FILE, NAME, egress_pod
from components.labels import kubernetes_labels, selector_labels
from components.p2p_node import NAME as NODES
from components.platform import Platform
from components.pod_security import NAMESPACE_LABELS
from components.squid_conf import squid_conf
from components.workload_identity import WorkloadIdentity, WorkloadIdentityArgs
from settings import EgressSettings

meta = kubernetes.meta.v1
core = kubernetes.core.v1


@dataclass(frozen=True, kw_only=True)
class EgressProxyArgs:
    """`clients` are the only addresses that the proxy serves, `client_namespaces` the only ones whose pods reach it;
    `machines` selects those that it runs on."""

    platform: Platform
    machines: Mapping[str, str]
    clients: Sequence[IPv4Network]
    settings: EgressSettings
    client_namespaces: Sequence[str] = (NODES,)


class EgressProxy(pulumi.ComponentResource):
    """Gives `url`, which is known from the settings alone."""

    url: str

    def __init__(self, name: str, args: EgressProxyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("p2p-nodes:platform:EgressProxy", name, {}, opts)
        settings = args.settings
        namespace = core.Namespace(
            f"{name}-namespace",
            metadata=meta.ObjectMetaArgs(name=NAME, labels={**kubernetes_labels(NAME), **NAMESPACE_LABELS}),
            opts=pulumi.ResourceOptions(parent=self),
        )
        here = pulumi.ResourceOptions(parent=self, depends_on=[namespace])
        identity = WorkloadIdentity(
            f"{name}-identity",
            WorkloadIdentityArgs(
                project=args.platform.project,
                account=f"{args.platform.name}-proxy",
                display_name=f"Egress proxies of {args.platform.name}",
                namespace=NAME,
                service_account=NAME,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        account = core.ServiceAccount(
            f"{name}-account",
            metadata=_metadata(NAME, identity.annotations),
            automount_service_account_token=False,
            opts=here,
        )
        isolation = policies.isolated(
            name,
            component=NAME,
            ingress=[policies.from_namespaces(args.client_namespaces, settings.port)],
            egress=[policies.to_dns(), policies.to_metadata_server(), policies.to_internet([80, 443])],
            parent=self,
            namespace=namespace,
        )
        text = squid_conf(port=settings.port, clients=args.clients, allowed_domains=settings.allowed_domains)
        # The name carries the content's checksum: a change rolls the pods, the new map is there before the first of
        # them starts, and the old one stays until the last old pod is gone.
        conf_name = f"{NAME}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"
        conf = core.ConfigMap(
            f"{name}-conf", metadata=_metadata(conf_name), data={CONF_FILE: text}, immutable=True, opts=here
        )
        deployment = kubernetes.apps.v1.Deployment(
            name,
            metadata=_metadata(NAME),
            spec=kubernetes.apps.v1.DeploymentSpecArgs(
                replicas=settings.replicas,
                selector=meta.LabelSelectorArgs(match_labels=selector_labels(NAME)),
                strategy=kubernetes.apps.v1.DeploymentStrategyArgs(
                    type="RollingUpdate",
                    rolling_update=kubernetes.apps.v1.RollingUpdateDeploymentArgs(max_surge=1, max_unavailable=0),
                ),
                template=egress_pod(settings, config_map=conf_name, machines=args.machines),
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[account, conf, *isolation]),
        )
        kubernetes.policy.v1.PodDisruptionBudget(
            f"{name}-budget",
            metadata=_metadata(NAME),
            spec=kubernetes.policy.v1.PodDisruptionBudgetSpecArgs(
                max_unavailable=1,
                selector=meta.LabelSelectorArgs(match_labels=selector_labels(NAME)),
                unhealthy_pod_eviction_policy="AlwaysAllow",
            ),
            opts=here,
        )
        core.Service(
            f"{name}-service",
            metadata=_metadata(NAME),
            spec=core.ServiceSpecArgs(
                selector=selector_labels(NAME),
                ports=[core.ServicePortArgs(name="proxy", port=settings.port, target_port="proxy")],
            ),
            # The plugin waits for an endpoint, which only a pod of the deployment can be.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[deployment]),
        )
        self.url = f"http://{NAME}.{NAME}.svc.cluster.local:{settings.port}"
        self.register_outputs({"url": self.url})


def _metadata(name: str, annotations: dict[str, str] | None = None) -> kubernetes.meta.v1.ObjectMetaArgs:
    # The namespace by name, not by its output: that one is unknown in a first preview, and policies see nothing.
    return meta.ObjectMetaArgs(name=name, namespace=NAME, labels=kubernetes_labels(NAME), annotations=annotations)
