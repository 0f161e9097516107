"""The building blocks of every settings model: a strict base class and the value types they share."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from settings.machines import MACHINES


class Section(BaseModel):
    """A group of settings: immutable, without coercion, and unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


@dataclass(frozen=True)
class Unit:
    """Marks a field with the unit that its number counts."""

    name: str


@dataclass(frozen=True)
class Allowed:
    """Says in words what a field accepts, where its constraint alone would be unreadable."""

    text: str


@dataclass(frozen=True)
class Changes:
    """Says what changing a field does to a running stack. tests/engine/test_changes.py holds it against the engine.

    `effect` is in the words of operations/plans/effects.py, which `make preview` prints.
    """

    effect: str


NODES = "rolls the nodes"
"""The effect of most changes to a node's pod."""


def _known_machine(name: str) -> str:
    if name not in MACHINES:
        raise ValueError("not a machine of the platform")
    return name


PROJECT = r"[a-z][a-z0-9-]{4,28}[a-z0-9]"
ProjectId = Annotated[
    str,
    Field(pattern=rf"^{PROJECT}$"),
    Allowed("a Google Cloud project id: 6 to 30 lower-case letters, digits and hyphens, starting with a letter"),
]
REGION = r"[a-z]+-[a-z]+[0-9]{1,2}"
Region = Annotated[
    str,
    Field(pattern=rf"^{REGION}$"),
    Allowed("a Google Cloud region such as europe-west1 (not a zone)"),
]
MachineType = Annotated[
    str,
    AfterValidator(_known_machine),
    Allowed("a standard or highmem machine type of the families e2, n1, n2, n2d, n4, c3, c4, such as e2-standard-2"),
]
Zone = Annotated[
    str,
    Field(pattern=rf"^{REGION}-[a-z]$"),
    Allowed("a Google Cloud zone such as europe-west1-b"),
]
Range = Annotated[IPv4Network, Allowed("an IPv4 range in CIDR form whose host bits are zero, such as 10.10.0.0/20")]
Port = Annotated[int, Field(ge=1024, le=65535)]
KeyName = Annotated[
    str,
    Field(pattern=r"^(projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+)?$"),
    Allowed("empty, or a key as projects/P/locations/L/keyRings/R/cryptoKeys/K"),
]
ResourceName = Annotated[
    str,
    Field(pattern=r"^([a-z]([a-z0-9-]{0,61}[a-z0-9])?)?$"),
    Allowed("empty, or a name of at most 63 lower-case letters, digits and hyphens"),
]
Image = Annotated[
    str,
    Field(pattern=r"^[a-z0-9][a-z0-9._/:-]*(:[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})$"),
    Allowed("a container image with a tag or a digest, such as registry.example/name:v1.2.3"),
]
DOMAIN = "a domain name in lower case, such as example.org; a leading dot includes its subdomains"
Domain = Annotated[str, Allowed(DOMAIN)]
"""What it must look like is for settings/domain_names.py to say: it finds several mistakes of one list."""
