"""What a control is, what it is given and what it may answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Generic, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict

from guardrails.resource import Resource, Stack


class Level(Enum):
    """What a finding does to a run: stop it, only be shown, or nothing since nobody asks."""

    MANDATORY = "mandatory"
    ADVISORY = "advisory"
    DISABLED = "disabled"


class Environment(StrEnum):
    """What a stack is for, as its setting `environment` says."""

    DEVELOPMENT = "development"
    STAGING = "staging"
    PRODUCTION = "production"
    RECOVERY = "recovery"


class Severity(Enum):
    """How bad it is when the rule is broken in production."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


@dataclass(frozen=True, kw_only=True)
class Levels:
    """A control's level in each environment. Recovery is judged as production: it is to become it."""

    production: Level
    staging: Level
    development: Level

    def at(self, environment: Environment) -> Level:
        """The level in `environment`."""
        match environment:
            case Environment.DEVELOPMENT:
                return self.development
            case Environment.STAGING:
                return self.staging
            case Environment.PRODUCTION | Environment.RECOVERY:
                return self.production


EVERYWHERE = Levels(production=Level.MANDATORY, staging=Level.MANDATORY, development=Level.MANDATORY)
"""Never right, whatever the environment."""
PRODUCTION = Levels(production=Level.MANDATORY, staging=Level.ADVISORY, development=Level.ADVISORY)
"""Production insists; elsewhere it is said, so that nobody is surprised on the way there."""
PRODUCTION_ALONE = Levels(production=Level.MANDATORY, staging=Level.DISABLED, development=Level.DISABLED)
"""Production insists; elsewhere the opposite is as right, as for environments that come and go."""
ADVICE = Levels(production=Level.ADVISORY, staging=Level.ADVISORY, development=Level.ADVISORY)
"""Good practice that has good exceptions."""


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


Outcome: TypeAlias = Finding | Unjudged
Placed: TypeAlias = tuple[Resource, Outcome]
"""An outcome with the resource that it is about."""


class Parameters(BaseModel):
    """What can be set of a control, in the pack's configuration. Each field says its unit and has a default.

    Only plain types and lists of them: the engine knows no references in a policy's schema.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")


P = TypeVar("P", bound=Parameters)


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where the reason can be read."""

    title: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Rule(Generic[P]):
    """What every control has, whatever it looks at.

    `id` never changes: exemptions, levels and reports refer to it. `title` states what is true where the rule is kept.
    `parameters` are production's; `relaxed` has those of the environments that ask for less.
    """

    id: str
    title: str
    reason: str
    source: Source
    severity: Severity
    levels: Levels
    remediation: str
    parameters: P
    relaxed: Mapping[Environment, P] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Control(Rule[P]):
    """One rule over each resource by itself.

    `judge` is a pure function that answers nothing for a resource which keeps the rule or is none of its business. It
    reads fields through `guardrails.fields.Field`, which turns what is unknown or malformed into an Unjudged.
    """

    judge: Callable[[Resource, P], Iterable[Outcome]]


@dataclass(frozen=True, kw_only=True)
class StackControl(Rule[P]):
    """One rule over how the resources of a stack go together. `judge` is pure too, and says which resource is meant."""

    judge: Callable[[Stack, P], Iterable[Placed]]
