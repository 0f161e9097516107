"""Pods to ask the real API server about: those of the case files, and mutations of pods that are restricted."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

from guardrails.fields import Field
from guardrails.plain import UNKNOWN, Plain
from guardrails.pods import pod_annotations, pod_spec

from tests.policies.case_files import FILES, Case
from tests.policies.controls.pods.changes import (
    APPARMOR,
    EVERYWHERE,
    HARDENED,
    IMAGE,
    LINUX,
    LINUX_CHANGES,
    LINUX_TOGETHER,
    ONE_CONTAINER,
    WINDOWS,
    WINDOWS_CHANGES,
    WINDOWS_TOGETHER,
    Change,
    Pod,
)


def from_cases() -> Iterator[Pod]:
    """The pods of every case of this family whose fields are all known, without their ephemeral containers."""
    for file in FILES:
        if not file["control"].startswith("pod-"):
            continue
        for data in ({}, *file["passes"], *file["fails"]):
            for resource in Case(file=file, data=data).resources():
                spec, annotations = pod_spec(resource), pod_annotations(resource)
                if isinstance(spec, Field) and isinstance(spec.value, dict) and not _has_unknown(resource.props):
                    noted = annotations.value if isinstance(annotations, Field) else None
                    yield _complete({"metadata": {"annotations": noted or {}}, "spec": spec.value})


def mutated(seed: int, count: int) -> Iterator[Pod]:
    """Restricted pods with each change by itself, then `count` of them with two to four changes at once."""
    systems = ((LINUX, LINUX_CHANGES, LINUX_TOGETHER), (WINDOWS, WINDOWS_CHANGES, WINDOWS_TOGETHER))
    for base, changes, together in systems:
        yield _changed(base, ())
        for change in changes:
            yield _changed(base, (change,))
        for several in together:
            yield _changed(base, several)
    draw = random.Random(seed)  # noqa: S311  a sample that can be repeated, not a secret
    for _ in range(count):
        base, changes = draw.choices(((LINUX, LINUX_CHANGES), (WINDOWS, WINDOWS_CHANGES)), (9, 1))[0]
        yield _changed(base, draw.sample(changes, draw.randint(2, 4)))


def ephemeral() -> Iterator[dict[str, Any]]:
    """Ephemeral containers for a restricted pod, each with one change."""
    for changes in (EVERYWHERE, ONE_CONTAINER):
        for path, values in changes.items():
            for value in values:
                container = {"name": "debug", "image": IMAGE, "securityContext": copy.deepcopy(HARDENED)}
                _set(container, path.split("."), value)
                yield container


def restricted_pod() -> Pod:
    """A pod that the standard *restricted* accepts."""
    return _changed(LINUX, ())


def _changed(base: Pod, changes: tuple[Change, ...] | list[Change]) -> Pod:
    # Through JSON, so that containers do not share what deepcopy would let them share.
    pod = {"metadata": {"annotations": {}}, "spec": json.loads(json.dumps(base))}
    for path, value in changes:
        keys = path.split(".")
        if keys[:2] == ["metadata", "annotations"]:
            keys[2] = APPARMOR + keys[2]
        _set(pod, keys, copy.deepcopy(value))
    return _complete(pod)


def _set(target: Any, keys: list[str], value: Any) -> None:
    for key in keys[:-1]:
        if isinstance(target, list):
            target = target[int(key)]
        else:
            target[key] = target.get(key) or {}
            target = target[key]
    if value is None:
        target.pop(keys[-1], None)
    else:
        target[keys[-1]] = value


def _complete(pod: Pod) -> Pod:
    """The pod with what every pod needs, and with the host ports that the API server sets for the node's network."""
    pod = copy.deepcopy(pod)
    spec = pod["spec"]
    spec.pop("ephemeralContainers", None)
    spec.setdefault("containers", [{"name": "tool"}])
    for key in ("initContainers", "containers"):
        spec[key] = [
            {"name": f"{key.lower()}-{index}", "image": IMAGE, **(container or {})}
            for index, container in enumerate(spec.get(key) or [])
        ]
        for container in spec[key]:
            for port in container.get("ports") or []:
                if spec.get("hostNetwork") and port and not port.get("hostPort"):
                    port["hostPort"] = port.get("containerPort")
    return {"apiVersion": "v1", "kind": "Pod", **pod}


def _has_unknown(value: Plain) -> bool:
    match value:
        case dict():
            return any(_has_unknown(below) for below in value.values())
        case list():
            return any(_has_unknown(below) for below in value)
        case _:
            return value is UNKNOWN
