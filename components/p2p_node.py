"""The p2p nodes: a StatefulSet, an address for each pod, and what keeps them running through change.

NetworkPolicies let peers in on the p2p port, and nodes out to peers on ports from 1024 up. Ports 80 and 443 go through
the egress proxy, so a peer that listens below 1024, such as a bootnode at `/dns4/.../tcp/443/wss`, is not reached. RPC
is reached by `kubectl port-forward`, and by no other pod until an ingress rule says which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components import network_policies as policies
from components.egress_pod import NAME as PROXY
from components.labels import kubernetes_labels, selector_labels
from components.p2p_pod import DATA, p2p_pod, ports
from components.platform import Platform
from components.pod_security import NAMESPACE_LABELS
from components.workload_identity import WorkloadIdentity, WorkloadIdentityArgs
from settings import NodeSettings

NAME = "p2p-node"

meta = kubernetes.meta.v1
core = kubernetes.core.v1


@dataclass(frozen=True, kw_only=True)
class P2PNodeArgs:
    """`environment` goes into each node's container, claims are made of `storage_class`, `machines` selects those that
    nodes run on."""

    platform: Platform
    storage_class: str
    machines: Mapping[str, str]
    environment: Mapping[str, pulumi.Input[str]]
    settings: NodeSettings


class P2PNode(pulumi.ComponentResource):
    """Gives `namespace` and `addresses`, the external IP of each pod by the pod's name."""

    namespace: str
    addresses: pulumi.Output[dict[str, str | None]]

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
        nodes = self._stateful_set(args, [account, *self._network_policies(args.settings.ports.p2p, namespace)])
        self._disruption_budget()
        self._vertical_autoscaler(args, nodes)
        self.addresses = pulumi.Output.all(
            **{
                f"{NAME}-{ordinal}": self._address(ordinal, args.settings, nodes)
                for ordinal in range(args.settings.replicas)
            }
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
                ports=[_service_port(name, port) for name, port in ports(settings).items()],
            ),
            opts=self._here,
        )

    def _network_policies(self, p2p: int, namespace: kubernetes.core.v1.Namespace) -> list[pulumi.Resource]:
        return policies.isolated(
            self._name,
            component=NAME,
            ingress=[policies.from_anywhere(p2p)],
            egress=[
                policies.to_dns(),
                policies.to_metadata_server(),
                # Which of the proxy's ports is open is said by its own policy.
                policies.to_component(PROXY),
                # A node that dials the public address of another one is led to its pod without leaving the cluster.
                policies.to_component(NAME, p2p),
                # The usual port by itself as well: Cilium before 1.16 took a range for its first port, and did not say.
                policies.to_internet([p2p, policies.UNPRIVILEGED]),
            ],
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
                    platform=args.platform.name,
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

    def _vertical_autoscaler(self, args: P2PNodeArgs, nodes: kubernetes.apps.v1.StatefulSet) -> None:
        scaling = args.settings.vertical_autoscaling
        kubernetes.apiextensions.CustomResource(
            f"{self._name}-autoscaler",
            api_version="autoscaling.k8s.io/v1",
            kind="VerticalPodAutoscaler",
            metadata=self._metadata(NAME),
            spec={
                "targetRef": {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": NAME},
                # Without minReplicas the updater leaves a set of one pod alone.
                "updatePolicy": {"updateMode": scaling.mode, "minReplicas": 1},
                "resourcePolicy": {
                    "containerPolicies": [
                        {
                            "containerName": "p2p-node",
                            "controlledResources": ["cpu", "memory"],
                            # The limit keeps its ratio to the request: it grows along and never strangles the node.
                            "controlledValues": "RequestsAndLimits",
                            "minAllowed": _amounts(scaling.min_cpu_millicores, scaling.min_memory_mib),
                            "maxAllowed": _amounts(scaling.max_cpu_millicores, scaling.max_memory_mib),
                        }
                    ]
                },
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[nodes]),
        )

    def _address(
        self, ordinal: int, settings: NodeSettings, nodes: kubernetes.apps.v1.StatefulSet
    ) -> pulumi.Output[str | None]:
        pod = f"{NAME}-{ordinal}"
        service = core.Service(
            f"{self._name}-{ordinal}",
            # By backends, not by a target pool: for those GKE opens the firewall itself, whatever the cluster says.
            metadata=self._metadata(pod, {"cloud.google.com/l4-rbs": "enabled"}),
            spec=core.ServiceSpecArgs(
                type="LoadBalancer",
                selector={"statefulset.kubernetes.io/pod-name": pod},
                # Peers see the node under this address alone, with their own addresses intact, and while it syncs.
                # RPC stays inside the cluster.
                external_traffic_policy="Local",
                publish_not_ready_addresses=True,
                ports=[_service_port("p2p", settings.ports.p2p)],
            ),
            # The plugin waits for an endpoint, which there is only once the pod has been scheduled.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[nodes]),
        )
        return service.status.apply(_external_address)


def _service_port(name: str, port: int) -> kubernetes.core.v1.ServicePortArgs:
    return core.ServicePortArgs(name=name, port=port, target_port=name)


def _amounts(cpu_millicores: int, memory_mib: int) -> dict[str, str]:
    return {"cpu": f"{cpu_millicores}m", "memory": f"{memory_mib}Mi"}


def _external_address(status: kubernetes.core.v1.outputs.ServiceStatus | None) -> str | None:
    """The first address of the load balancer; None where it has none yet."""
    if status is None or status.load_balancer is None or not status.load_balancer.ingress:
        return None
    return status.load_balancer.ingress[0].ip
