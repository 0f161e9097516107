"""Many nodes as this project's stacks have them: twenty resources a node, half of them Kubernetes objects."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

import yaml

Resources: TypeAlias = list[tuple[str, str, dict[str, Any]]]
"""Type token, name and inputs of each."""

_FOLDER = Path(__file__).parent
_PER_FILE = 10


def state(resources: Resources) -> dict[str, Any]:
    """A state export, as `pulumi policy analyze --file` takes it, that holds the resources and nothing else."""
    return {
        "version": 3,
        "deployment": {
            "manifest": {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""},
            "resources": [
                {
                    "urn": f"urn:pulumi:benchmark::p2p-nodes::{type_}::{name}",
                    "type": type_,
                    "custom": True,
                    "id": name,
                    "inputs": inputs,
                    "outputs": inputs,
                }
                for type_, name, inputs in resources
            ],
        },
    }


def resources(count: int) -> Resources:
    """The first `count` resources of as many nodes as it takes. Whole nodes, multiples of 20, break no rule."""
    return list(islice((one for number in range(count) for one in _node(number)), count))


def write_manifests(folder: Path, count: int) -> None:
    """The first `count` Kubernetes objects alone, ten in each file. Whole nodes, multiples of 10, break no rule."""
    folder.mkdir(parents=True)
    text = (_FOLDER / "manifests.yaml").read_text(encoding="utf-8")
    for number in range(-(-count // _PER_FILE)):
        objects = text.replace("$n", str(number)).split("---\n")[: count - number * _PER_FILE]
        (folder / f"node-{number}.yaml").write_text("---\n".join(objects), encoding="utf-8")


def _node(number: int) -> Resources:
    manifests, google = (
        (_FOLDER / name).read_text(encoding="utf-8").replace("$n", str(number))
        for name in ("manifests.yaml", "google.yaml")
    )
    objects = list(yaml.load_all(manifests, yaml.CSafeLoader))
    return [
        *((_type(one), f"{number}-{one['kind']}-{one['metadata']['name']}", one) for one in objects),
        *((one["type"], f"{number}-{one['name']}", one["props"]) for one in yaml.load(google, yaml.CSafeLoader)),
    ]


def _type(one: dict[str, Any]) -> str:
    group, _, version = one["apiVersion"].rpartition("/")
    return f"kubernetes:{group or 'core'}/{version}:{one['kind']}"
