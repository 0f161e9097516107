"""What every component of a stack needs to know about the stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from components.labels import google_labels
from components.names import platform_name
from settings import StackSettings


@dataclass(frozen=True, kw_only=True)
class Platform:
    """`name` has at most 24 characters and prefixes all; `zones` are those of machines; `protect` is Pulumi's."""

    name: str
    project: str
    region: str
    zones: tuple[str, ...]
    labels: Mapping[str, str]
    protect: bool

    @classmethod
    def of(cls, stack: str, settings: StackSettings) -> Platform:
        """The platform of the stack with this name and these settings."""
        name = platform_name(stack)
        return cls(
            name=name,
            project=settings.project,
            region=settings.region,
            zones=tuple(sorted(settings.zones)),
            labels=google_labels(platform=name, environment=settings.environment, others=settings.labels),
            protect=settings.protect,
        )
