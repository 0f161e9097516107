"""Kubernetes selectors over labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.dataplane.changes import Json


def label_selector_matches(selector: Json | None, labels: Mapping[str, str]) -> bool:
    """A LabelSelector. None matches nothing, an empty one everything."""
    if selector is None:
        return False
    wanted = selector.get("matchLabels") or {}
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        _requirement(entry, labels) for entry in selector.get("matchExpressions") or []
    )


def node_selector_matches(selector: Json | None, labels: Mapping[str, str], *, name: str) -> bool:
    """A NodeSelector: any term. `matchFields` knows metadata.name, the only field the API allows."""
    if selector is None:
        return True
    return any(
        bool(term.get("matchExpressions") or term.get("matchFields"))
        and all(_requirement(entry, labels) for entry in term.get("matchExpressions") or [])
        and all(_requirement(entry, {"metadata.name": name}) for entry in term.get("matchFields") or [])
        for term in selector.get("nodeSelectorTerms") or []
    )


def topology_terms_match(terms: list[Json] | None, labels: Mapping[str, str]) -> bool:
    """A StorageClass's allowedTopologies: any term, none given is no restriction."""
    if not terms:
        return True
    return any(
        all(labels.get(entry["key"]) in entry["values"] for entry in term.get("matchLabelExpressions") or [])
        for term in terms
    )


def tolerated(taints: list[Json], tolerations: list[Json]) -> bool:
    """Whether no NoSchedule or NoExecute taint is left untolerated."""
    return all(
        any(_tolerates(toleration, taint) for toleration in tolerations)
        for taint in taints
        if taint["effect"] in ("NoSchedule", "NoExecute")
    )


def _tolerates(toleration: Json, taint: Json) -> bool:
    if toleration.get("effect") not in (None, "", taint["effect"]):
        return False
    if toleration.get("operator") == "Exists":
        return toleration.get("key") in (None, "", taint["key"])
    return toleration.get("key") == taint["key"] and (toleration.get("value") or "") == (taint.get("value") or "")


def _requirement(entry: Json, labels: Mapping[str, Any]) -> bool:
    value, values = labels.get(entry["key"]), entry.get("values") or []
    match entry["operator"]:
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case "Gt" | "Lt" as operator:
            try:
                found, bound = int(value or ""), int(values[0])
            except ValueError:
                return False
            return found > bound if operator == "Gt" else found < bound
    return False
