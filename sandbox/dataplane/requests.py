"""What pods ask for and nodes have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from kubernetes.utils.quantity import parse_quantity

from sandbox.dataplane.changes import Json


@dataclass(frozen=True, kw_only=True)
class Amount:
    """Resources: millicores, bytes of memory, bytes of ephemeral storage, pods."""

    cpu: int = 0
    memory: int = 0
    disk: int = 0
    pods: int = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(
            cpu=self.cpu + other.cpu,
            memory=self.memory + other.memory,
            disk=self.disk + other.disk,
            pods=self.pods + other.pods,
        )

    def within(self, other: Amount) -> bool:
        """Whether every resource is at most that of `other`."""
        return (
            self.cpu <= other.cpu
            and self.memory <= other.memory
            and self.disk <= other.disk
            and self.pods <= other.pods
        )

    def largest(self, other: Amount) -> Amount:
        """The larger of each resource."""
        return Amount(
            cpu=max(self.cpu, other.cpu), memory=max(self.memory, other.memory), disk=max(self.disk, other.disk)
        )


def quantity(text: str) -> Decimal:
    """A Kubernetes quantity (`50Gi`, `250m`) as a number."""
    return Decimal(parse_quantity(text))  # type: ignore[no-untyped-call]


def requests_of(pod: Json) -> Amount:
    """What the scheduler counts for a pod: containers and sidecars together, or the largest init container."""
    spec = pod["spec"]
    total, peak = Amount(), Amount()
    for container in spec.get("initContainers") or []:
        wanted = _container(container)
        if container.get("restartPolicy") == "Always":
            total += wanted
            peak = peak.largest(total)
        else:
            peak = peak.largest(total + wanted)
    for container in spec["containers"]:
        total += _container(container)
    return total.largest(peak) + amount(spec.get("overhead") or {}, pods=1)


def amount(resources: Mapping[str, str], *, pods: int) -> Amount:
    """A resource list, as in `requests` or `allocatable`."""
    return Amount(
        cpu=int(quantity(resources.get("cpu", "0")) * 1000),
        memory=int(quantity(resources.get("memory", "0"))),
        disk=int(quantity(resources.get("ephemeral-storage", "0"))),
        pods=pods,
    )


def shortage(wanted: Amount, available: Amount) -> str:
    """Which resource falls short, in the scheduler's words."""
    if wanted.cpu > available.cpu:
        return "Insufficient cpu"
    if wanted.memory > available.memory:
        return "Insufficient memory"
    return "Insufficient ephemeral-storage" if wanted.disk > available.disk else "Too many pods"


def _container(container: Json) -> Amount:
    return amount((container.get("resources") or {}).get("requests") or {}, pods=0)
