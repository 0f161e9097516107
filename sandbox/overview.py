"""What the sandbox holds right now, as tables a person can read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kubernetes import client, config
from kubernetes.client.exceptions import ApiException
from rich.table import Table
from urllib3.exceptions import HTTPError

from operations.errors import OperationError
from sandbox import controlplane
from sandbox.controlplane import Processes
from sandbox.files import usable
from sandbox.layout import Layout

TIMEOUT = (2, 10)
"""Seconds to connect, and to read."""
ZONE = "topology.kubernetes.io/zone"


def tables(layout: Layout) -> list[Table]:
    """Pods, claims and addresses, read from the API server with the administrator's kubeconfig.

    Raises:
        OperationError: the API server does not answer.
    """
    try:
        core = client.CoreV1Api(config.new_client_from_config(str(layout.kubeconfig)))  # type: ignore[no-untyped-call]
        nodes: Iterable[Any] = core.list_node(_request_timeout=TIMEOUT).items
        pods = core.list_pod_for_all_namespaces(_request_timeout=TIMEOUT).items
        claims = core.list_persistent_volume_claim_for_all_namespaces(_request_timeout=TIMEOUT).items
        services = core.list_service_for_all_namespaces(_request_timeout=TIMEOUT).items
    except (HTTPError, ApiException, OSError, config.ConfigException) as error:
        raise OperationError(
            f"The sandbox's API server does not answer: {error}. "
            "Run `make up`: it starts what is missing and keeps the data."
        ) from error
    zones = {node.metadata.name: node.metadata.labels.get(ZONE, "") for node in nodes}
    return [pod_table(pods, zones), claim_table(claims), address_table(services)]


def process_table(layout: Layout) -> Table:
    """The sandbox's processes and where each logs.

    Raises:
        OperationError: the sandbox's folder cannot be used.
    """
    table = Table("process", "state", "id", "log", title="Processes", title_justify="left")
    with usable(layout):
        states = Processes(layout=layout).states()
    for process in states:
        style = "green" if process.state == "running" else "red"
        table.add_row(process.name, f"[{style}]{process.state}[/]", str(process.pid), process.log.name)
    return table


def readiness(layout: Layout) -> str:
    """Whether the API server says that it is ready, and where it is."""
    now = controlplane.status(layout)
    if now.server is None:
        return "API server: never started; `make up` starts it"
    return f"API server: {now.server} is {'ready' if now.ready else 'not ready; `make up` starts what is missing'}"


def pod_table(pods: Iterable[Any], zones: Mapping[str, str]) -> Table:
    """Pods with the node and the zone they run in."""
    table = Table("namespace", "pod", "state", "ready", "node", "zone", title="Pods", title_justify="left")
    for pod in pods:
        conditions = {condition.type: condition.status for condition in pod.status.conditions or []}
        node = pod.spec.node_name or ""
        table.add_row(
            pod.metadata.namespace,
            pod.metadata.name,
            pod.status.phase,
            "yes" if conditions.get("Ready") == "True" else "not yet",
            node,
            zones.get(node, ""),
        )
    return table


def claim_table(claims: Iterable[Any]) -> Table:
    """Claims with class, size and volume."""
    table = Table("namespace", "claim", "class", "size", "volume", title="Claims", title_justify="left")
    for claim in claims:
        size = (claim.status.capacity or {}).get("storage", "pending")
        table.add_row(
            claim.metadata.namespace,
            claim.metadata.name,
            claim.spec.storage_class_name or "",
            size,
            claim.spec.volume_name or "",
        )
    return table


def address_table(services: Iterable[Any]) -> Table:
    """The addresses that the world sees."""
    table = Table("namespace", "service", "address", "ports", title="Addresses", title_justify="left")
    for service in services:
        if service.spec.type != "LoadBalancer":
            continue
        ingress = service.status.load_balancer.ingress or []
        table.add_row(
            service.metadata.namespace,
            service.metadata.name,
            ingress[0].ip if ingress else "pending",
            ", ".join(f"{port.port}/{port.protocol}" for port in service.spec.ports),
        )
    return table


def time_table(times: Mapping[str, float]) -> Table:
    """How long each phase took."""
    table = Table("phase", "real seconds", title="Times", title_justify="left")
    for phase, seconds in times.items():
        table.add_row(phase, f"{seconds:.1f}")
    return table
