"""Which disks the machines of a family attach."""

from __future__ import annotations

from typing import Final

_PERSISTENT: Final = frozenset({"pd-ssd", "pd-balanced"})
_HYPERDISK: Final = frozenset({"hyperdisk-balanced"})

DISKS: Final[dict[str, frozenset[str]]] = {
    "e2": _PERSISTENT,
    "n1": _PERSISTENT,
    "n2": _PERSISTENT,
    "n2d": _PERSISTENT,
    "n4": _HYPERDISK,
    "c3": _PERSISTENT | _HYPERDISK,
    "c4": _HYPERDISK,
}
"""Of each family the known disks that it attaches. "Supported disk types" of each series:
https://cloud.google.com/compute/docs/general-purpose-machines, read in a copy of 2026-04-15
"""

KNOWN_DISKS: Final = frozenset[str]().union(*DISKS.values())


def family_of(machine_type: str) -> str:
    """The family of a machine type: `n4` of `n4-standard-8`; custom types without a family are N1."""
    family = machine_type.partition("-")[0].lower()
    return "n1" if family == "custom" else family
