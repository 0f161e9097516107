"""The matrix of who reaches whom: as tests/inventories/reachability.yaml writes it, and as policies add up to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import yaml

from tests.components.port_sets import NOTHING, PortSet, read
from tests.components.reachability import Address, Cluster, Party, Pod, Port, reached
from tests.inventory import FOLDER, laid_over
from tests.program_mocks import World

WORKLOADS = ("kubernetes:apps/v1:StatefulSet", "kubernetes:apps/v1:Deployment")
NAMESPACE = "kubernetes:core/v1:Namespace"
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"

Matrix: TypeAlias = Mapping[tuple[str, str], PortSet]
"""The ports by source and destination; who is not in it reaches nothing."""


@dataclass(frozen=True, kw_only=True)
class Variant:
    """Settings over those of the stack, and the matrix that they should make."""

    settings: Mapping[str, Any]
    matrix: Matrix


@cache
def document() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load((FOLDER / "reachability.yaml").read_text(encoding="utf-8"))
    return found


def variants() -> dict[str, Variant]:
    """All that are written down, the stack as it stands first."""
    rows = document()["matrix"]
    return {"the stack as it stands": Variant(settings={}, matrix=_matrix(rows))} | {
        name: Variant(settings=one["settings"], matrix=_matrix(laid_over(rows, one["changes"])))
        for name, one in document()["variants"].items()
    }


def cluster(world: World) -> Cluster:
    """The policies and namespaces that the program declares."""
    return Cluster(
        policies=[one.inputs for one in world.of_type(POLICY)],
        namespaces={
            one.inputs["metadata"]["name"]: one.inputs["metadata"].get("labels", {}) for one in world.of_type(NAMESPACE)
        },
    )


def parties(world: World) -> dict[str, tuple[Party, Party]]:
    """Everybody by name, as a source and as a destination: of the program's own pods, which have replicas, two."""
    found: dict[str, tuple[Party, Party]] = {}
    for one in (workload for kind in WORKLOADS for workload in world.of_type(kind)):
        template = one.inputs["spec"]["template"]
        metadata = one.inputs["metadata"]
        first, second = (
            Pod(
                name=f"{metadata['name']}-{replica}",
                namespace=metadata["namespace"],
                labels=template["metadata"]["labels"],
                ports=tuple(
                    Port(name=port.get("name", ""), number=port["containerPort"], protocol=port.get("protocol", "TCP"))
                    for container in template["spec"]["containers"]
                    for port in container.get("ports", [])
                ),
                address=f"10.64.{len(found)}.{replica}",
            )
            for replica in (1, 2)
        )
        found[metadata["name"]] = (first, second)
    for name, given in document()["cast"].items():
        party = Address(**given) if "address" in given else Pod(name=name, address=f"10.64.{len(found)}.1", **given)
        found[name] = (party, party)
    return found


def found_matrix(cluster: Cluster, parties: Mapping[str, tuple[Party, Party]]) -> Matrix:
    """Every pair of which one end is a pod in a namespace of the program's."""
    pairs = {
        (one, other): reached(cluster, source, destination)
        for one, (source, _) in parties.items()
        for other, (_, destination) in parties.items()
        if one != other or source != destination
        if any(isinstance(end, Pod) and end.namespace in cluster.namespaces for end in (source, destination))
    }
    return {pair: ports for pair, ports in pairs.items() if ports != NOTHING}


def differences(written: Matrix, found: Matrix) -> Sequence[str]:
    """A line for each pair of which more or less is open than is written."""
    return [
        f"{source} -> {destination}: written {written.get((source, destination), NOTHING)}, "
        f"found {found.get((source, destination), NOTHING)}"
        for source, destination in sorted({*written, *found})
        if written.get((source, destination), NOTHING) != found.get((source, destination), NOTHING)
    ]


def names(matrix: Matrix) -> Iterator[str]:
    """Everybody that is in it, with repetitions."""
    for pair in matrix:
        yield from pair


def _matrix(rows: Mapping[str, Mapping[str, str]]) -> Matrix:
    return {(source, destination): read(ports) for source, row in rows.items() for destination, ports in row.items()}
