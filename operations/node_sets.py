"""A StatefulSet as far as its claims go, as a program declares it, as a state holds it, or as a cluster has it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from kubernetes.utils.quantity import parse_quantity

GIB = 2**30


@dataclass(frozen=True, kw_only=True)
class Template:
    """What a claim template asks for, as far as it may change without another kind of claims."""

    size: int
    """Bytes."""
    source: str = ""
    """What a new volume is filled from, as kubectl names it: `KIND.GROUP/NAME`; empty for nothing."""

    @property
    def text(self) -> str:
        """For a person: `60 GiB filled from VolumeSnapshot.snapshot.storage.k8s.io/last-night`."""
        return f"{gib(self.size)} filled from {self.source}" if self.source else gib(self.size)


@dataclass(frozen=True, kw_only=True)
class NodeSet:
    """What decides over the claims of a StatefulSet."""

    namespace: str
    name: str
    replicas: int = 1
    first: int = 0
    """The lowest ordinal."""
    templates: Mapping[str, Template] = field(default_factory=dict)
    """The claim templates by their names."""
    claims_go_when_scaled: bool = False
    """Whether the claims of pods that a smaller number of replicas takes away are deleted too."""


def node_set(manifest: Mapping[str, Any]) -> NodeSet:
    """Reads a StatefulSet by Kubernetes' own names. What is missing has Kubernetes' default."""
    metadata, spec = manifest.get("metadata") or {}, manifest.get("spec") or {}
    replicas = spec.get("replicas")
    retention = spec.get("persistentVolumeClaimRetentionPolicy") or {}
    return NodeSet(
        namespace=metadata.get("namespace") or "default",
        name=metadata.get("name") or "",
        replicas=1 if replicas is None else int(replicas),
        first=int((spec.get("ordinals") or {}).get("start") or 0),
        templates={
            template["metadata"]["name"]: Template(
                size=bytes_of(template["spec"]["resources"]["requests"]["storage"]),
                source=source_of(template["spec"].get("dataSource") or {}),
            )
            for template in spec.get("volumeClaimTemplates") or []
        },
        claims_go_when_scaled=retention.get("whenScaled") == "Delete",
    )


def source_of(reference: Mapping[str, Any]) -> str:
    """The name of what a claim's `dataSource` refers to; empty for an empty one."""
    kind = ".".join(filter(None, (reference.get("kind"), reference.get("apiGroup"))))
    return f"{kind}/{reference['name']}" if reference else ""


def bytes_of(quantity: str) -> int:
    """A Kubernetes quantity of storage in bytes, rounded up. Raises ValueError for what is none."""
    amount: Decimal = parse_quantity(quantity)  # type: ignore[no-untyped-call]
    return math.ceil(amount)


def gib(size: int) -> str:
    """Bytes as a person reads them: `60 GiB`."""
    return f"{size / GIB:g} GiB"
