"""External and internal passthrough load balancers, after Google's service controller."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from sandbox.dataplane.changes import Action, DropRecord, Emit, Json, Patch, PutRecord, Wait, finalizers_body, name_of
from sandbox.dataplane.disks import COMPUTE
from sandbox.dataplane.facts import ADDRESS, FORWARDING_RULE, Cluster, Facts
from sandbox.simulator.facts import EXTERNAL_RANGES
from sandbox.simulator.store import Record

FINALIZER = "service.kubernetes.io/load-balancer-cleanup"
# https://cloud.google.com/kubernetes-engine/docs/concepts/service-load-balancer-parameters
ADDRESSES_ANNOTATION = "networking.gke.io/load-balancer-ip-addresses"
TYPE_ANNOTATION = "networking.gke.io/load-balancer-type"
CLASSES = (None, "networking.gke.io/l4-regional-external", "networking.gke.io/l4-regional-internal")
CONTROLLER = "service-controller"


class _AddressRefused(Exception):  # noqa: N818 - a refusal is what it is
    """The address that a Service asks for cannot be had."""


def plan(facts: Facts) -> list[Action]:
    """Addresses for Services of type LoadBalancer, and the end of load balancers that nobody wants any more."""
    if facts.cluster is None:
        return []
    actions: list[Action] = []
    taken = _taken(facts)
    for service in facts.services:
        finalizers = service["metadata"].get("finalizers") or []
        if _wanted(service):
            if FINALIZER not in finalizers:
                actions.append(Action(changes=(_finalizers(service, [*finalizers, FINALIZER]),)))
            elif not _ingress(service) or _moves(facts, facts.cluster, service):
                actions.append(_create(facts, facts.cluster, service, taken))
        elif FINALIZER in finalizers:
            actions.append(_remove(facts.cluster, service))
    return actions


def rule_id(cluster: Cluster, service: Json) -> str:
    """The forwarding rule of a Service; the name is the cloud provider's: `a` and the uid, 32 characters."""
    name = f"a{service['metadata']['uid'].replace('-', '')}"[:32]
    return f"projects/{cluster.project}/regions/{cluster.region}/forwardingRules/{name}"


def _wanted(service: Json) -> bool:
    return (
        service["spec"].get("type") == "LoadBalancer"
        and service["spec"].get("loadBalancerClass") in CLASSES
        and not service["metadata"].get("deletionTimestamp")
    )


def _ingress(service: Json) -> list[Json]:
    return list(((service.get("status") or {}).get("loadBalancer") or {}).get("ingress") or [])


def _moves(facts: Facts, cluster: Cluster, service: Json) -> bool:
    """Whether the Service asks for another address than it has. Google then makes the forwarding rule anew.

    Source: kubernetes/ingress-gce, pkg/address/to_use.go at 34f7873341929c42f8bc37420755f0f4a419030b.
    """
    asked = service["spec"].get("loadBalancerIP") or _annotation(service)
    current = {entry.get("ip") for entry in _ingress(service)}
    return bool(asked) and not {asked, _reserved(facts, cluster).get(str(asked))} & current


def _create(facts: Facts, cluster: Cluster, service: Json, taken: dict[str, str]) -> Action:
    id = rule_id(cluster, service)
    try:
        address = _address(facts, cluster, service, taken)
    except _AddressRefused as refusal:
        text = f"Error syncing load balancer: failed to ensure load balancer: {refusal}"
        event = Emit(about=service, reason="SyncLoadBalancerFailed", message=text, type="Warning", component=CONTROLLER)
        return Action(changes=(event,))
    taken[address] = id
    ports = [str(port["port"]) for port in service["spec"].get("ports") or []]
    inputs: Json = {
        "name": id.rsplit("/", 1)[-1],
        "project": cluster.project,
        "region": cluster.region,
        "loadBalancingScheme": "INTERNAL" if _internal(service) else "EXTERNAL",
        "ipProtocol": (service["spec"].get("ports") or [{"protocol": "TCP"}])[0].get("protocol", "TCP"),
        "ports": ports,
        "description": f'{{"kubernetes.io/service-name":"{_key(service)}"}}',
    }
    outputs = {**inputs, "ipAddress": address, "selfLink": f"{COMPUTE}/{id}"}
    record = Record(type=FORWARDING_RULE, id=id, inputs=inputs, outputs=outputs, origin="data-plane")
    status = Patch(
        kind="Service",
        namespace=service["metadata"]["namespace"],
        name=service["metadata"]["name"],
        body={"status": {"loadBalancer": {"ingress": [{"ip": address, "ipMode": "VIP"}]}}},
        subresource="status",
    )
    done = Emit(about=service, reason="EnsuredLoadBalancer", message="Ensured load balancer", component=CONTROLLER)
    wait = Wait(
        row="load-balancer-create",
        key=f"load balancer {service['metadata']['uid']}",
        about=name_of(service),
        since=service["metadata"]["creationTimestamp"],
    )
    return Action(changes=(PutRecord(record=record), status, done), wait=wait)


def _remove(cluster: Cluster, service: Json) -> Action:
    metadata = service["metadata"]
    finalizers = _finalizers(service, [f for f in metadata.get("finalizers") or [] if f != FINALIZER])
    changes: list[DropRecord | Patch | Emit] = [DropRecord(id=rule_id(cluster, service))]
    if not metadata.get("deletionTimestamp"):
        empty = {"status": {"loadBalancer": {"ingress": None}}}
        changes.append(
            Patch(
                kind="Service",
                namespace=metadata["namespace"],
                name=metadata["name"],
                body=empty,
                subresource="status",
            )
        )
    changes.append(
        Emit(about=service, reason="DeletedLoadBalancer", message="Deleted load balancer", component=CONTROLLER)
    )
    wait = Wait(
        row="load-balancer-delete",
        key=f"no load balancer {metadata['uid']}",
        about=name_of(service),
        since=metadata.get("deletionTimestamp"),
    )
    return Action(changes=(*changes, finalizers), wait=wait)


def _address(facts: Facts, cluster: Cluster, service: Json, taken: dict[str, str]) -> str:
    own = rule_id(cluster, service)
    existing = facts.records[own].outputs["ipAddress"] if own in facts.records else None
    reserved = _reserved(facts, cluster)
    wanted = service["spec"].get("loadBalancerIP")
    if name := _annotation(service):
        if name not in reserved:
            raise _AddressRefused(f"the address {name} does not exist in region {cluster.region}")
        wanted = reserved[name]
    if wanted and wanted != existing:
        if wanted not in reserved.values():
            raise _AddressRefused(f"requested ip {wanted!r} is neither static nor assigned to the LB")
        if taken.get(wanted) is not None:
            raise _AddressRefused(f"the address {wanted} is in use by {taken[wanted]}")
        return str(wanted)
    if existing is not None:
        return str(existing)
    for candidate in _candidates(cluster, internal=_internal(service)):
        if candidate not in taken and candidate not in reserved.values():
            return candidate
    raise _AddressRefused("Quota 'IN_USE_ADDRESSES' exceeded: every simulated address is in use")


def _annotation(service: Json) -> str:
    """The name of the address that the annotation asks for, as far as the simulator reads it: the first."""
    named: str = (service["metadata"].get("annotations") or {}).get(ADDRESSES_ANNOTATION, "")
    return named.split(",")[0].strip().rsplit("/", 1)[-1]


def _candidates(cluster: Cluster, *, internal: bool) -> Iterator[str]:
    if internal:
        # Nodes take addresses from the bottom of the subnetwork, internal load balancers from the top.
        network = ipaddress.ip_network(cluster.subnetwork_cidr, strict=False)
        yield from (str(network[-offset]) for offset in range(3, min(network.num_addresses // 2, 4096)))
        return
    for block in EXTERNAL_RANGES:
        yield from (str(address) for address in ipaddress.ip_network(block).hosts())


def _internal(service: Json) -> bool:
    annotations = service["metadata"].get("annotations") or {}
    return annotations.get(TYPE_ANNOTATION) == "Internal" or service["spec"].get("loadBalancerClass") == CLASSES[2]


def _reserved(facts: Facts, cluster: Cluster) -> dict[str, str]:
    return {
        record.id.rsplit("/", 1)[-1]: str(record.outputs.get("address"))
        for record in facts.of_type(ADDRESS)
        if f"/regions/{cluster.region}/" in record.id
    }


def _taken(facts: Facts) -> dict[str, str]:
    """Addresses in use, with their users."""
    taken = {str(rule.outputs.get("ipAddress")): rule.id for rule in facts.of_type(FORWARDING_RULE)}
    for service in facts.services:
        for entry in _ingress(service):
            taken.setdefault(entry.get("ip", ""), f"Service {_key(service)}")
    return taken


def _finalizers(service: Json, finalizers: list[str]) -> Patch:
    return Patch(
        kind="Service",
        namespace=service["metadata"]["namespace"],
        name=service["metadata"]["name"],
        body=finalizers_body(service, finalizers),
    )


def _key(service: Json) -> str:
    return f"{service['metadata']['namespace']}/{service['metadata']['name']}"
