"""What the controls say of a stack or of manifests, as plain facts: the one thing that every report is made from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

MANDATORY = "mandatory"
ADVISORY = "advisory"
DISABLED = "disabled"
Environment: TypeAlias = Literal["development", "staging", "production", "recovery"]


class Kind(StrEnum):
    """What a row is. The pack writes all but the first in square brackets before its message."""

    FINDING = "finding"
    NOT_JUDGED = "not judged"
    """A field that is not known yet, or malformed: neither right nor wrong."""
    EXEMPT = "exempt"
    """A finding, or a field that was not judged, which an exemption keeps from counting."""
    EXEMPTION = "exemption in force"


@dataclass(frozen=True, kw_only=True)
class ControlFacts:
    """One control as the subject was judged by it. `level` is `mandatory`, `advisory` or `disabled`."""

    id: str
    title: str
    reason: str
    remediation: str
    severity: str
    """`low`, `medium`, `high` or `critical`."""
    level: str
    source_title: str
    source_url: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing that a control says of one resource."""

    control: str
    """The control's id."""
    kind: Kind
    level: str
    """The control's level: a finding's own, and that which an unjudged field would have been judged at."""
    resource: str
    """As messages call it, such as `StatefulSet "p2p-node"`."""
    message: str
    """The control's whole text about the resource, without the control's title, of one or more lines."""
    path: str = ""
    """The field, such as `spec.template.spec.containers[0].image`; empty for the whole resource, or where not known."""
    urn: str = ""
    """The Pulumi URN, or what identifies the object within its manifests."""
    file: str = ""
    """The file it stands in, relative to the checkout with forward slashes; empty where no file does."""
    line: int | None = None
    """The line of the object in `file`, counted from 1."""

    @property
    def stops(self) -> bool:
        """Whether it makes a check fail."""
        return self.kind is Kind.FINDING and self.level == MANDATORY

    @property
    def fingerprint(self) -> str:
        """64 hex digits, the same for the same fault in the next run, wherever its lines have moved to."""
        parts = (self.control, self.kind, self.urn or f"{self.file} {self.resource}", self.path)
        return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What was judged, by which controls, and what they said."""

    subject: str
    """What was judged, such as `stack dev` or `manifests charts/node`."""
    name: str
    """A word for file names, such as `dev` or `manifests`."""
    environment: str
    """Whose levels held: `development`, `staging`, `production` or `recovery`."""
    controls: tuple[ControlFacts, ...]
    """Every control, in the order of the catalogue."""
    rows: tuple[Row, ...] = ()
    failures: tuple[str, ...] = ()
    """Why not all of it could be judged: a failed preview, a file that is no YAML. Each makes the check fail."""
    remarks: tuple[str, ...] = ()
    """What a reader must know of how it was judged, such as that a check is no diff. Whole sentences."""

    def of(self, kind: Kind) -> tuple[Row, ...]:
        """The rows of one kind, in their order."""
        return tuple(row for row in self.rows if row.kind is kind)

    @property
    def stopped_by(self) -> tuple[Row, ...]:
        """The findings that make the check fail."""
        return tuple(row for row in self.rows if row.stops)

    @property
    def advice(self) -> tuple[Row, ...]:
        """The findings that do not."""
        return tuple(row for row in self.of(Kind.FINDING) if not row.stops)

    @property
    def passed(self) -> bool:
        """Whether nothing mandatory was found, and everything could be looked at."""
        return not self.stopped_by and not self.failures
