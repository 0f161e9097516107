"""The egress proxy: squid with an allow-list for HTTP and HTTPS.

Workloads use it because their environment says so, and because NetworkPolicies leave the nodes no other way to ports 80
and 443 of the internet, unless `node.access.peer_ports` opens them. What goes to other ports, as peers do, does not
pass through it. It has no Google identity and no way to the metadata server: it needs neither, and whoever takes it
over finds no token.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
import pulumi_kubernetes as kubernetes

from components import network_policies as policies
from components.egress_metrics import egress_metrics
from components.egress_pod import NAME, egress_pod
from components.labels import kubernetes_labels, selector_labels
from components.names import NODE
from components.platform import Platform
from components.pod_security import NAMESPACE_LABELS
from components.squid_conf import configuration
from settings import EgressSettings

meta = kubernetes.meta.v1
core = kubernetes.core.v1

# A rollout takes a proxy at a time, and each may need a machine first. The provider would give up after ten minutes.
SLOW = pulumi.CustomTimeouts(create="30m", update="30m")


@dataclass(frozen=True, kw_only=True)
class EgressProxyArgs:
    """`clients` are the only addresses that the proxy serves; `machines` selects those that it runs on, whose addresses
    are `health_checkers`: the kubelet asks from there."""

    platform: Platform
    machines: Mapping[str, str]
    clients: Sequence[IPv4Network]
    health_checkers: Sequence[IPv4Network]
    settings: EgressSettings


class EgressProxy(pulumi.ComponentResource):
    """Gives `url`, which is known from the settings alone."""

    url: str

    def __init__(self, name: str, args: EgressProxyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("p2p-nodes:platform:EgressProxy", name, {}, opts)
        self._name = name
        settings = args.settings
        namespace = core.Namespace(
            f"{name}-namespace",
            metadata=meta.ObjectMetaArgs(name=NAME, labels={**kubernetes_labels(NAME), **NAMESPACE_LABELS}),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self._here = pulumi.ResourceOptions(parent=self, depends_on=[namespace])
        account = core.ServiceAccount(
            f"{name}-account", metadata=_metadata(NAME), automount_service_account_token=False, opts=self._here
        )
        isolation = policies.isolated(
            name,
            component=NAME,
            # The nodes are clients whoever else is.
            ingress=[
                policies.from_namespaces(tuple(dict.fromkeys((NODE, *settings.client_namespaces))), settings.port)
            ],
            egress=[policies.to_dns(), policies.to_internet([80, 443])],
            parent=self,
            namespace=namespace,
        )
        config_map, conf = self._configuration(args)
        deployment = self._deployment(args, config_map, [account, conf, *isolation])
        self._disruption_budget()
        self._service(settings.port, deployment)
        egress_metrics(name, platform=args.platform, namespace=NAME, container="squid", parent=self)
        self.url = f"http://{NAME}.{NAME}.svc.cluster.local:{settings.port}"
        self.register_outputs({"url": self.url})

    def _configuration(self, args: EgressProxyArgs) -> tuple[str, kubernetes.core.v1.ConfigMap]:
        """The ConfigMap, after its name, which is no output: that would be unknown in a first preview.

        The name carries the content's checksum: a change rolls the pods, and the new map is there before the first.

        The old map is deleted when all new proxies are ready. Nobody asks for it any more: pods that drain have it
        mounted, the kubelet starts no container again in a pod that is being deleted, and there is no old ReplicaSet
        left. Until then it stays, so a rollout that fails leaves proxies that can be started again.
        """
        files = configuration(
            port=args.settings.port,
            clients=args.clients,
            health_checkers=args.health_checkers,
            allowed_domains=args.settings.allowed_domains,
            drain_seconds=args.settings.drain_seconds,
        )
        name = f"{NAME}-{hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:10]}"
        return name, core.ConfigMap(
            f"{self._name}-conf", metadata=_metadata(name), data=files, immutable=True, opts=self._here
        )

    def _deployment(
        self, args: EgressProxyArgs, config_map: str, first: Sequence[pulumi.Resource]
    ) -> kubernetes.apps.v1.Deployment:
        return kubernetes.apps.v1.Deployment(
            self._name,
            metadata=_metadata(NAME),
            spec=kubernetes.apps.v1.DeploymentSpecArgs(
                replicas=args.settings.replicas,
                selector=meta.LabelSelectorArgs(match_labels=selector_labels(NAME)),
                # Never fewer ready proxies than the setting says: first a new one, then an old one drains. It pauses
                # before that (egress_pod.py) and still serves, so a new one need not be ready for any time before.
                strategy=kubernetes.apps.v1.DeploymentStrategyArgs(
                    type="RollingUpdate",
                    rolling_update=kubernetes.apps.v1.RollingUpdateDeploymentArgs(max_surge=1, max_unavailable=0),
                ),
                # A machine and an image take minutes, an image that is not there for ever.
                progress_deadline_seconds=600,
                # An old ReplicaSet's ConfigMap is gone: `kubectl rollout undo` would make pods that never start, and so
                # says that there is nothing to go back to. The way back is the settings of before.
                revision_history_limit=0,
                template=egress_pod(args.settings, config_map=config_map, machines=args.machines),
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(first), custom_timeouts=SLOW),
        )

    def _disruption_budget(self) -> None:
        kubernetes.policy.v1.PodDisruptionBudget(
            f"{self._name}-budget",
            metadata=_metadata(NAME),
            spec=kubernetes.policy.v1.PodDisruptionBudgetSpecArgs(
                max_unavailable=1,
                selector=meta.LabelSelectorArgs(match_labels=selector_labels(NAME)),
                unhealthy_pod_eviction_policy="AlwaysAllow",
            ),
            opts=self._here,
        )

    def _service(self, port: int, deployment: kubernetes.apps.v1.Deployment) -> None:
        """Any client to any proxy, whatever its zone, and anew for each connection.

        No affinity: proxies keep nothing of a client, and one that is bound to a proxy waits for that one when it dies.
        Not `internalTrafficPolicy: Local`: most machines have no proxy. No `trafficDistribution` either: two proxies
        are never in all three zones, so that one of them would serve two zones and the other one, or one all; a proxy
        that is dead and not yet seen to be would take all of its zone's requests instead of its share. What that costs
        is the traffic between zones of what passes here; peers, who are the bulk, do not.
        """
        core.Service(
            f"{self._name}-service",
            metadata=_metadata(NAME),
            spec=core.ServiceSpecArgs(
                selector=selector_labels(NAME),
                session_affinity="None",
                internal_traffic_policy="Cluster",
                ports=[core.ServicePortArgs(name="proxy", port=port, target_port="proxy")],
            ),
            # The plugin waits for an endpoint, which only a pod of the deployment can be.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[deployment]),
        )


def _metadata(name: str) -> kubernetes.meta.v1.ObjectMetaArgs:
    # The namespace by name, not by its output: that one is unknown in a first preview, and policies see nothing.
    return meta.ObjectMetaArgs(name=name, namespace=NAME, labels=kubernetes_labels(NAME))
