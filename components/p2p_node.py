"""The p2p nodes: a StatefulSet, an address for each pod, and what keeps them running through change.

Who reaches them and whom they reach is decided in components/node_policies.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components import network_policies as policies
from components import node_key, node_snapshot
from components.labels import kubernetes_labels, selector_labels
from components.names import NODE
from components.node_addresses import node_addresses
from components.node_autoscaler import vertical_autoscaler
from components.node_policies import node_egress, node_ingress
from components.node_priority import node_priority
from components.p2p_pod import DATA, p2p_pod
from components.platform import Platform
from components.pod_security import NAMESPACE_LABELS
from components.workload_identity import WorkloadIdentity, WorkloadIdentityArgs
from settings import NodeSettings

NAME = NODE

meta = kubernetes.meta.v1
core = kubernetes.core.v1


@dataclass(frozen=True, kw_only=True)
class P2PNodeArgs:
    """`environment` goes into each node's container, claims are made of `storage_class`, `machines` selects those that
    nodes run on, `cluster_version` is the control plane's, and on `proxy_port` nodes reach the egress proxy."""

    platform: Platform
    cluster_version: pulumi.Input[str]
    storage_class: str
    machines: Mapping[str, str]
    environment: Mapping[str, pulumi.Input[str]]
    proxy_port: int
    settings: NodeSettings


class P2PNode(pulumi.ComponentResource):
    """Gives `namespace` and `addresses`, the reserved address of each pod by the pod's name."""

    namespace: str
    addresses: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: P2PNodeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("p2p-nodes:platform:P2PNode", name, {}, opts)
        self._name = name
        # A plain name, not the namespace's output: that one is unknown in a first preview, and policies see nothing.
        self.namespace = NAME
        namespace = core.Namespace(
            f"{name}-namespace",
            metadata=meta.ObjectMetaArgs(name=NAME, labels={**kubernetes_labels(NAME), **NAMESPACE_LABELS}),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self._here = pulumi.ResourceOptions(parent=self, depends_on=[namespace])
        identity = WorkloadIdentity(
            f"{name}-identity",
            WorkloadIdentityArgs(
                project=args.platform.project,
                account=f"{args.platform.name}-node",
                display_name=f"P2P nodes of {args.platform.name}",
                namespace=NAME,
                service_account=NAME,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        account = core.ServiceAccount(
            f"{name}-account",
            metadata=self._metadata(NAME, identity.annotations),
            automount_service_account_token=False,
            opts=self._here,
        )
        self._headless_service(args.settings)
        keys = node_key.secrets(
            NAME,
            platform=args.platform,
            settings=args.settings,
            identity_of_pods=identity,
            parent=self,
            namespace=namespace,
        )
        restore = node_snapshot.resources(
            name,
            args.settings.snapshot.archive,
            namespace=NAME,
            account=identity.email,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[namespace, identity]),
        )
        priority = node_priority(name, parent=self)
        isolation = self._network_policies(args, namespace)
        nodes = self._stateful_set(args, [account, priority, *keys, *restore, *isolation])
        self._disruption_budget()
        vertical_autoscaler(
            name,
            settings=args.settings.vertical_autoscaling,
            cluster_version=args.cluster_version,
            metadata=self._metadata(NAME),
            parent=self,
            nodes=nodes,
        )
        self.addresses = node_addresses(
            name, component=NAME, platform=args.platform, settings=args.settings, nodes=nodes, parent=self
        )
        self.register_outputs({"namespace": self.namespace, "addresses": self.addresses})

    def _metadata(self, name: str, annotations: dict[str, str] | None = None) -> kubernetes.meta.v1.ObjectMetaArgs:
        return meta.ObjectMetaArgs(
            name=name, namespace=self.namespace, labels=kubernetes_labels(NAME), annotations=annotations
        )

    def _headless_service(self, settings: NodeSettings) -> None:
        core.Service(
            f"{self._name}-headless",
            # Ready means synced, which can take days: the plugin would wait for a ready endpoint, and time out.
            metadata=self._metadata(NAME, {"pulumi.com/skipAwait": "true"}),
            spec=core.ServiceSpecArgs(
                cluster_ip="None",
                selector=selector_labels(NAME),
                ports=[_service_port(name, port) for name, port in settings.listening.items()],
            ),
            opts=self._here,
        )

    def _network_policies(self, args: P2PNodeArgs, namespace: kubernetes.core.v1.Namespace) -> list[pulumi.Resource]:
        return policies.isolated(
            self._name,
            component=NAME,
            ingress=node_ingress(args.settings, component=NAME),
            egress=node_egress(args.settings, component=NAME, proxy_port=args.proxy_port),
            parent=self,
            namespace=namespace,
        )

    def _stateful_set(self, args: P2PNodeArgs, first: Sequence[pulumi.Resource]) -> kubernetes.apps.v1.StatefulSet:
        settings = args.settings
        return kubernetes.apps.v1.StatefulSet(
            self._name,
            # Ready means synced, which can take days, and the official plugin gives up after ten minutes.
            metadata=self._metadata(NAME, {"pulumi.com/skipAwait": "true"}),
            spec=kubernetes.apps.v1.StatefulSetSpecArgs(
                replicas=settings.replicas,
                service_name=NAME,
                # Immutable. A pod that syncs for days must not hold back the next one.
                pod_management_policy="Parallel",
                selector=meta.LabelSelectorArgs(match_labels=selector_labels(NAME)),
                template=p2p_pod(
                    platform=args.platform,
                    settings=settings,
                    environment=args.environment,
                    service_account=NAME,
                    machines=args.machines,
                ),
                persistent_volume_claim_retention_policy=(
                    kubernetes.apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicyArgs(
                        when_deleted="Retain", when_scaled="Retain"
                    )
                ),
                volume_claim_templates=[
                    core.PersistentVolumeClaimArgs(
                        metadata=meta.ObjectMetaArgs(name=DATA),
                        spec=core.PersistentVolumeClaimSpecArgs(
                            access_modes=["ReadWriteOnce"],
                            storage_class_name=args.storage_class,
                            data_source=node_snapshot.claim_source(settings.snapshot),
                            resources=core.VolumeResourceRequirementsArgs(
                                requests={"storage": f"{settings.disk_gib}Gi"}
                            ),
                        ),
                    )
                ],
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(first)),
        )

    def _disruption_budget(self) -> None:
        kubernetes.policy.v1.PodDisruptionBudget(
            f"{self._name}-budget",
            metadata=self._metadata(NAME),
            spec=kubernetes.policy.v1.PodDisruptionBudgetSpecArgs(
                max_unavailable=1,
                selector=meta.LabelSelectorArgs(match_labels=selector_labels(NAME)),
                # A node that is still syncing is not ready; it must not block the drain of its machine for days.
                unhealthy_pod_eviction_policy="AlwaysAllow",
            ),
            opts=self._here,
        )


def _service_port(name: str, port: int) -> kubernetes.core.v1.ServicePortArgs:
    return core.ServicePortArgs(name=name, port=port, target_port=name)
