"""Mistakes against what an environment stands for: protection in production, another region for recovery."""

from __future__ import annotations

from collections.abc import Iterator

from settings.mistakes import Mistake, key_path
from settings.stack import StackSettings

GUARDED = ("production", "recovery")


def guarded(stack: StackSettings) -> Iterator[Mistake]:
    """A production or recovery stack that could lose its cluster, disks, secrets or backups by one command."""
    if stack.environment not in GUARDED:
        return
    for key, value, wanted, acknowledged in (
        (["cluster", "deletion_protection"], stack.cluster.deletion_protection, True, "cluster"),
        (["protect"], stack.protect, True, "cluster"),
        (["storage", "reclaim_policy"], stack.storage.reclaim_policy, "Retain", "volumes"),
        (["cluster", "secrets_encryption"], stack.cluster.secrets_encryption, True, "keys"),
        (["backup", "enabled"], stack.backup.enabled, True, "volumes"),
    ):
        if value != wanted and acknowledged not in stack.accept_replacement:
            yield Mistake(
                key=key_path(key),
                got=f"{str(value).lower() if isinstance(value, bool) else value}, with environment {stack.environment}",
                allowed=str(wanted).lower() if isinstance(wanted, bool) else str(wanted),
                advice=f"remove it; if it is meant to go, add {acknowledged} to accept_replacement for that one change",
            )


def another_region(stack: StackSettings) -> Iterator[Mistake]:
    """A recovery stack that would be lost together with what it recovers."""
    primary, key = stack.recovery.primary_region, key_path(["recovery", "primary_region"])
    if stack.environment == "recovery" and not primary:
        yield Mistake(
            key=key,
            got="nothing, with environment recovery",
            allowed="the region of the production stack",
            advice="name the region whose loss this stack makes up for",
        )
    elif stack.environment == "recovery" and primary == stack.region:
        yield Mistake(
            key=key_path(["region"]),
            got=f'"{stack.region}", the region of the production stack',
            allowed="another region than recovery.primary_region",
            advice="move the recovery stack to a region that is not lost together with production",
        )
    elif stack.environment != "recovery" and primary:
        yield Mistake(
            key=key,
            got=f'"{primary}", with environment {stack.environment}',
            allowed="nothing",
            advice="remove it, or set environment to recovery",
        )
