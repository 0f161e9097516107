"""The official plugin's annotations that steer one object: `pulumi.com/...`.

Source: pulumi-kubernetes, provider/pkg/metadata/annotations.go and overrides.go.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from sandbox.plugins.failures import ResourceRefused
from sandbox.plugins.kubernetes.jsonpath import Condition, parse_condition
from sandbox.plugins.kubernetes.values import Object, Unknown, at

SKIP_AWAIT = "pulumi.com/skipAwait"
TIMEOUT_SECONDS = "pulumi.com/timeoutSeconds"
DELETION_PROPAGATION = "pulumi.com/deletionPropagationPolicy"
WAIT_FOR = "pulumi.com/waitFor"
PATCH_FORCE = "pulumi.com/patchForce"

PROPAGATIONS = {"foreground": "Foreground", "background": "Background", "orphan": "Orphan"}


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the annotations of an object ask for. `timeout_seconds` is None where they do not say."""

    skip_await: bool = False
    timeout_seconds: float | None = None
    propagation: str = "Foreground"
    wait_for: tuple[Condition, ...] = ()
    patch_force: bool = False


def wishes(obj: Object) -> Wishes:
    """Read the annotations of `obj`. Raises ResourceRefused for a value that means nothing."""
    found = at(obj, "metadata", "annotations", default={})
    if isinstance(found, Unknown):
        return Wishes()
    if not isinstance(found, dict):
        raise ResourceRefused("metadata.annotations: must be an object of texts")
    return Wishes(
        skip_await=str(found.get(SKIP_AWAIT, "")).lower() == "true",
        timeout_seconds=_seconds(found.get(TIMEOUT_SECONDS)),
        propagation=_propagation(found.get(DELETION_PROPAGATION)),
        wait_for=_conditions(found.get(WAIT_FOR)),
        patch_force=str(found.get(PATCH_FORCE, "")).lower() == "true",
    )


def _seconds(text: object) -> float | None:
    if text is None or isinstance(text, Unknown):
        return None
    try:
        seconds = float(str(text))
    except ValueError:
        raise ResourceRefused(f"{TIMEOUT_SECONDS}: '{text}' is not a number of seconds") from None
    if seconds <= 0:
        raise ResourceRefused(f"{TIMEOUT_SECONDS}: '{text}' is not a positive number of seconds")
    return seconds


def _propagation(text: object) -> str:
    if text is None or isinstance(text, Unknown):
        return "Foreground"
    try:
        return PROPAGATIONS[str(text).lower()]
    except KeyError:
        raise ResourceRefused(f"{DELETION_PROPAGATION}: '{text}' is none of {', '.join(PROPAGATIONS)}") from None


def _conditions(text: object) -> tuple[Condition, ...]:
    if text is None or isinstance(text, Unknown):
        return ()
    try:
        parsed = json.loads(str(text))
    except ValueError:
        parsed = str(text)
    written = parsed if isinstance(parsed, list) else [str(text)]
    if not written:
        raise ResourceRefused(f"{WAIT_FOR}: at least one condition must be given")
    try:
        return tuple(parse_condition(str(one)) for one in written)
    except ValueError as error:
        raise ResourceRefused(f"{WAIT_FOR}: {error}") from None
