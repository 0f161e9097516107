"""Labels that everything of a stack carries."""

from __future__ import annotations

from collections.abc import Mapping

from components.names import PLATFORM


def google_labels(*, platform: str, environment: str, others: Mapping[str, str]) -> dict[str, str]:
    """Labels for everything on Google Cloud that takes them. settings/checks.py keeps `others` from replacing ours."""
    return {
        **others,
        "part-of": PLATFORM,
        "platform": platform,
        "environment": environment,
        "managed-by": "pulumi",
    }


def selector_labels(component: str) -> dict[str, str]:
    """The labels that find the pods of a component. Selectors are immutable: nothing is ever added here."""
    return {"app.kubernetes.io/name": component, "app.kubernetes.io/component": component}


def kubernetes_labels(component: str) -> dict[str, str]:
    """The recommended Kubernetes labels for every object of a component."""
    return {
        **selector_labels(component),
        "app.kubernetes.io/part-of": PLATFORM,
        "app.kubernetes.io/managed-by": "pulumi",
    }
