"""What a judgement on an object is made of."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.plugins.kubernetes.values import Object, at


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`waiting_for` empty means ready. `hopeless` means that waiting longer cannot help.

    `seen` are the versions of other objects that the judgement rests on. Where `settle_seconds` is not 0, what is
    waited for is over as soon as `seen` has been the same for that long.
    """

    waiting_for: str = ""
    hopeless: bool = False
    seen: tuple[str, ...] = ()
    settle_seconds: float = 0

    @property
    def unmet(self) -> str:
        """What is waited for besides a time without changes."""
        return "" if self.settle_seconds else self.waiting_for


@dataclass(frozen=True, kw_only=True)
class Around:
    """What a judgement needs to know besides the object itself."""

    endpoint_slices: list[Object] = field(default_factory=list)
    services: list[Object] = field(default_factory=list)
    storage_class: Object | None = None


READY = Verdict()


def condition(obj: Object, kind: str) -> Object:
    """The entry of `status.conditions` of that type; empty when there is none."""
    for entry in at(obj, "status", "conditions", default=[]):
        if entry.get("type") == kind:
            return dict(entry)
    return {}
