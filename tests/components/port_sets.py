"""Sets of ports of three protocols."""

from __future__ import annotations

import re
from dataclasses import dataclass

PROTOCOLS = ("TCP", "UDP", "SCTP")
WIDTH = 65_536


@dataclass(frozen=True, repr=False)
class PortSet:
    """Each bit of `bits` is a port: those of UDP come 65,536 after those of TCP, and those of SCTP after them."""

    bits: int = 0

    def __or__(self, other: PortSet) -> PortSet:
        return PortSet(self.bits | other.bits)

    def __and__(self, other: PortSet) -> PortSet:
        return PortSet(self.bits & other.bits)

    def __repr__(self) -> str:
        """As people write it: `TCP 1-79 443, UDP 53`, `every port` or `nothing`."""
        if self in (NOTHING, EVERYTHING):
            return "every port" if self.bits else "nothing"
        parts = []
        for place, protocol in enumerate(PROTOCOLS):
            bits = f"{(self.bits >> (place * WIDTH)) & ((1 << WIDTH) - 1):b}"[::-1]
            spans = [(match.start(), match.end() - 1) for match in re.finditer("1+", bits)]
            if spans:
                parts.append(" ".join([protocol, *(str(a) if a == b else f"{a}-{b}" for a, b in spans)]))
        return ", ".join(parts)


def ports(protocol: str, first: int = 1, last: int = WIDTH - 1) -> PortSet:
    """The ports of a protocol from `first` to `last`, both included. ValueError for what are no ports."""
    if protocol not in PROTOCOLS or not 1 <= first <= last < WIDTH:
        raise ValueError(f"{protocol} {first} to {last} are no ports")
    return PortSet(((1 << (last + 1)) - (1 << first)) << (PROTOCOLS.index(protocol) * WIDTH))


NOTHING = PortSet()
EVERYTHING = ports("TCP") | ports("UDP") | ports("SCTP")


def read(text: str) -> PortSet:
    """What a set is written as, with its parts in any order. ValueError for anything else."""
    if text in ("every port", "nothing"):
        return EVERYTHING if text == "every port" else NOTHING
    found = NOTHING
    for part in text.split(", "):
        protocol, *spans = part.split(" ")
        if not spans:
            raise ValueError(f"no ports in {part!r}")
        for span in spans:
            first, _, last = span.partition("-")
            found |= ports(protocol, int(first), int(last or first))
    return found
