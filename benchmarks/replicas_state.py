"""A stack's file and its state, for any number of replicas, from those of two."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from operations.facts import name_of

BROUGHT_UP = 2
"""Replicas of the stack whose state the larger ones are made from."""
LIMITS = {"max_cpu_cores": 10_000, "max_memory_gb": 40_000}
"""Of auto-provisioning: room for 1,000 nodes at their largest. All else is Pulumi.sandbox.yaml and the defaults, whose
ranges take 1,000 nodes."""
SECOND = re.compile(r"\bp2p-node-1\b")
"""The name that all that belongs to one replica begins with, wherever it is named."""


def with_replicas(document: Mapping[str, Any], replicas: int) -> dict[str, Any]:
    """A stack's file, for so many replicas."""
    config = dict(document["config"])
    cluster, node = config["p2p-nodes:cluster"], config.get("p2p-nodes:node", {})
    config["p2p-nodes:cluster"] = {**cluster, "auto_provisioning": {**cluster.get("auto_provisioning", {}), **LIMITS}}
    config["p2p-nodes:node"] = {**node, "replicas": replicas}
    return {**document, "config": config}


def with_state_of(deployment: Mapping[str, Any], replicas: int) -> dict[str, Any]:
    """A state of two replicas, as it would be with so many, where all of them share what Google made up."""
    resources: list[dict[str, Any]] = []
    for entry in copy.deepcopy(deployment["resources"]):
        resources.append(entry)
        if SECOND.match(name_of(entry["urn"])):
            text = json.dumps(entry)
            resources += [json.loads(SECOND.sub(f"p2p-node-{n}", text)) for n in range(BROUGHT_UP, replicas)]
        elif entry["type"] == "kubernetes:apps/v1:StatefulSet":
            for properties in (entry["inputs"], entry["outputs"]):
                properties["spec"]["replicas"] = replicas
        elif entry["type"] == "pulumi:pulumi:Stack":
            addresses = entry["outputs"]["p2p_addresses"]
            addresses |= {f"p2p-node-{n}": addresses["p2p-node-1"] for n in range(BROUGHT_UP, replicas)}
    # What depends on another comes after it.
    return {**deployment, "resources": in_order(resources)}


def in_order(resources: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The resources, each after what it depends on: the engine refuses a state in another order."""
    known = {entry["urn"]: entry for entry in resources}
    placed: dict[str, dict[str, Any]] = {}

    def place(entry: dict[str, Any]) -> None:
        if entry["urn"] in placed:
            return
        needed = [
            entry.get("parent", ""),
            *entry.get("dependencies", []),
            entry.get("provider", "").rpartition("::")[0],
        ]
        for urn in needed:
            if urn in known:
                place(known[urn])
        placed[entry["urn"]] = entry

    for entry in resources:
        place(entry)
    return list(placed.values())
