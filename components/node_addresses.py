"""Where peers reach each node: a reserved address, the load balancer that has it, and a name.

Address, record and Service of a node know nothing of another node's: the number of nodes changes nothing of theirs.
"""

from __future__ import annotations

import pulumi
import pulumi_gcp as gcp
import pulumi_kubernetes as kubernetes

from components.labels import kubernetes_labels
from components.node_flags import public_name
from components.platform import Platform
from settings import DnsSettings, NodeSettings


def node_addresses(
    name: str,
    *,
    component: str,
    platform: Platform,
    settings: NodeSettings,
    nodes: pulumi.Resource,
    parent: pulumi.Resource,
) -> dict[str, pulumi.Output[str]]:
    """The reserved address of each pod by the pod's name; none where nodes only dial out.

    `component` names the set of `nodes` and its namespace. Raises pulumi.RunError for a zone that cannot be used.
    """
    if settings.exposure == "none":
        return {}
    project = settings.dns.project or platform.project
    zone = usable_zone(settings.dns, project, parent)
    found = {}
    for ordinal in range(settings.replicas):
        pod, own = f"{component}-{ordinal}", f"{name}-{ordinal}"
        address = _address(own, pod, platform, parent)
        _service(own, pod, component, settings.ports.p2p, address, nodes, parent)
        gcp.dns.RecordSet(
            f"{own}-record",
            project=project,
            managed_zone=zone,
            name=f"{public_name(settings, pod)}.",
            type="A",
            ttl=settings.dns.ttl_seconds,
            rrdatas=[address],
            opts=pulumi.ResourceOptions(parent=parent),
        )
        found[pod] = address
    return found


def usable_zone(dns: DnsSettings, project: str, parent: pulumi.Resource) -> str:
    """The zone's name, once Google Cloud has told that it is there, is public and holds the domain.

    Asked for at once and not as an output: so a preview fails in the words of the settings, and before anything is
    made. Raises pulumi.RunError.
    """
    try:
        found = gcp.dns.get_managed_zone(name=dns.zone, project=project, opts=pulumi.InvokeOptions(parent=parent))
    except Exception as error:
        # The SDK has no type for a refusal: whatever it is, it is told in Google's words.
        raise _refused(
            f'node.dns.zone: Google Cloud does not tell of a zone "{dns.zone}" in the project "{project}": {error}'
        ) from None
    if found.visibility == "private":
        raise _refused(f'node.dns.zone: "{dns.zone}" in the project "{project}" is private, and no peer sees its names')
    if not holds(found.dns_name, dns.domain):
        raise _refused(
            f'node.dns.domain: "{dns.domain}" is not in the zone "{dns.zone}" of the project "{project}", '
            f"which is {found.dns_name}"
        )
    return dns.zone


def holds(zone: str, domain: str) -> bool:
    """Whether names below `domain` are in the zone with this DNS name (`nodes.example.org.`)."""
    return f".{domain}.".endswith(f".{zone.lstrip('.')}")


def _refused(reason: str) -> pulumi.RunError:
    return pulumi.RunError(
        f"{reason}\nSet node.dns.zone, node.dns.domain and node.dns.project to a zone of Cloud DNS that is there and "
        "that you may read and change (roles/dns.admin); or set node.exposure to none, and nodes only dial out."
    )


def _address(own: str, pod: str, platform: Platform, parent: pulumi.Resource) -> pulumi.Output[str]:
    # Nothing of an address can be changed but its labels; so it has no description, which would only be held to.
    return gcp.compute.Address(
        f"{own}-address",
        name=f"{platform.name}-{pod}",
        region=platform.region,
        address_type="EXTERNAL",
        # That of the forwarding rules that GKE makes; a project may have another default.
        network_tier="PREMIUM",
        labels=platform.labels,
        opts=pulumi.ResourceOptions(parent=parent),
    ).address


def _service(
    own: str,
    pod: str,
    component: str,
    p2p: int,
    address: pulumi.Output[str],
    nodes: pulumi.Resource,
    parent: pulumi.Resource,
) -> None:
    kubernetes.core.v1.Service(
        own,
        metadata=kubernetes.meta.v1.ObjectMetaArgs(
            name=pod,
            namespace=component,
            labels=kubernetes_labels(component),
            # By backends, not by a target pool: for those GKE opens the firewall itself, whatever the cluster says.
            annotations={"cloud.google.com/l4-rbs": "enabled"},
        ),
        spec=kubernetes.core.v1.ServiceSpecArgs(
            type="LoadBalancer",
            # Deprecated and served by every version of GKE. What it asks for it gets, or there is no load balancer. The
            # annotation networking.gke.io/load-balancer-ip-addresses gives way to any other address, without a word,
            # where there is none of its name (kubernetes/ingress-gce, pkg/l4annotations: ipAddressFromAnnotation).
            load_balancer_ip=address,
            selector={"statefulset.kubernetes.io/pod-name": pod},
            # Peers see the node under this address alone, with their own addresses intact, and while it syncs.
            # RPC stays inside the cluster.
            external_traffic_policy="Local",
            publish_not_ready_addresses=True,
            ports=[kubernetes.core.v1.ServicePortArgs(name="p2p", port=p2p, target_port="p2p")],
        ),
        # The plugin waits for an endpoint, which there is only once the pod has been scheduled, on a machine that is
        # made for it where one is to be had. The provider would give up after ten minutes.
        opts=pulumi.ResourceOptions(
            parent=parent, depends_on=[nodes], custom_timeouts=pulumi.CustomTimeouts(create="30m", update="30m")
        ),
    )
