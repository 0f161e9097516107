"""What a control is, what it is given and what it may answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from guardrails.plain import Plain


class Level(Enum):
    """What a finding does to a run: stop it, or only be shown."""

    MANDATORY = "mandatory"
    ADVISORY = "advisory"


class Severity(Enum):
    """How bad it is when the rule is broken in production."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One declared resource.

    `type` is a Pulumi type token such as `kubernetes:apps/v1:StatefulSet`. `name` is the resource's logical name and
    `urn` its Pulumi URN; for a manifest, its object name and any text that identifies it within one run.
    """

    type: str
    name: str
    urn: str
    props: dict[str, Plain]

    @property
    def title(self) -> str:
        """How messages call this resource, such as `StatefulSet "p2p-node"`."""
        return f'{self.type.rpartition(":")[2]} "{self.name}"'


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One field that breaks the rule. The texts are clauses without a full stop, shown after their label."""

    path: str
    found: str
    allowed: str
    fix: str

    def message(self, resource: Resource) -> str:
        """The text a person reads, the same in every report."""
        return (
            f"{resource.title}, {self.path}\n  found:   {self.found}\n  allowed: {self.allowed}\n  fix:     {self.fix}"
        )


@dataclass(frozen=True, kw_only=True)
class Unjudged:
    """One field that can be said neither to keep the rule nor to break it. `reason` completes `this field ...`."""

    path: str
    reason: str

    def message(self, resource: Resource) -> str:
        """The text a person reads, the same in every report."""
        return f"{resource.title}, {self.path or 'the whole resource'} was not judged: it {self.reason}"


Judge = Callable[[Resource], Iterable[Finding | Unjudged]]


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where the reason can be read."""

    title: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Control:
    """One rule.

    `id` never changes: exemptions, levels and reports refer to it. `title` states what is true where the rule is kept.
    `judge` is a pure function that answers nothing for a resource which keeps the rule or is none of its business. It
    reads fields through `guardrails.fields.Field`, which turns what is unknown or malformed into an Unjudged.
    """

    id: str
    title: str
    reason: str
    source: Source
    severity: Severity
    level: Level
    remediation: str
    judge: Judge
