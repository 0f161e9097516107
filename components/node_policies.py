"""Who reaches a p2p node, and whom it reaches: the rules of its NetworkPolicy, from the settings alone.

tests/inventories/reachability.yaml is what they add up to, as a table of who reaches whom on which port.

Peers listen on any port. By default a node dials all of them but 80 and 443, which are left to the egress proxy: who
opens those here has a second way out to the web, that no allow-list sees. Of the proxy itself a node reaches the port
that it serves on and no other, and the proxy's own policy says the same from its side.

The collectors of Google Managed Prometheus are pods of a DaemonSet on the pod network, so a selector of namespaces
finds them (GoogleCloudPlatform/prometheus-engine, charts/operator/templates/collector.yaml has no hostNetwork). They
run in `gmp-system` in Standard clusters and in `gke-gmp-system` in Autopilot ones (GoogleCloudPlatform/ai-on-gke#689).
Each scrapes the pods of its own machine, and has an address of its own there: it is not "the node", and needs the rule.

Secrets need no rule. The CSI driver and Google's provider are DaemonSets in kube-system: the provider asks the API
server for a token of the pod's service account and fetches the secret itself (the provider's
deploy/provider-gcp-plugin.yaml: `serviceaccounts/token: create`, no hostNetwork); the pod finds a file.
"""

from __future__ import annotations

from components import network_policies as policies
from components.egress_pod import NAME as PROXY
from settings import NodeSettings
from settings.peer_ports import bounds


def node_ingress(settings: NodeSettings, *, component: str) -> list[policies.IngressRule]:
    """Peers, RPC and metrics. Without exposure there is no way in for peers, so only the other nodes are let in."""
    access, listening = settings.access, settings.listening
    exposed = settings.exposure == "per-pod"
    p2p = listening["p2p"]
    rules = [policies.from_anywhere(p2p) if exposed else policies.from_component(component, p2p)]
    # A rule from no namespace would be one from anywhere.
    if access.rpc_namespaces:
        rpc = [listening[name] for name in settings.rpc_ports]
        rules.append(policies.from_namespaces(access.rpc_namespaces, *rpc))
    if access.metrics_namespaces:
        rules.append(policies.from_namespaces(access.metrics_namespaces, listening["prometheus"]))
    return rules


def node_egress(settings: NodeSettings, *, component: str, proxy_port: int) -> list[policies.EgressRule]:
    """Names, the proxy and peers; for the time that an archive is in the settings, also what its restore asks."""
    p2p = settings.listening["p2p"]
    rules = [
        policies.to_dns(),
        policies.to_component(PROXY, proxy_port),
        # A node that dials the public address of another one is led to its pod without leaving the cluster.
        policies.to_component(component, p2p),
    ]
    if settings.snapshot.archive.used:
        # The restore asks for the pod's own identity, then reads the bucket; it passes the proxy by.
        rules += [policies.to_metadata_server(), policies.to_google_apis()]
    if settings.access.peer_ports:
        ranges = [bounds(entry) for entry in settings.access.peer_ports]
        # The usual port by itself as well: Cilium before 1.16 took a range for its first port, and did not say.
        usual = [p2p] if any(first <= p2p <= last for first, last in ranges) else []
        others = [first if first == last else (first, last) for first, last in ranges if (first, last) != (p2p, p2p)]
        rules.append(policies.to_internet([*usual, *others], but=policies.GOOGLE_APIS))
    return rules
