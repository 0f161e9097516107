"""What the controls say of resources: the one way in which every adapter judges."""

from __future__ import annotations

import datetime
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from guardrails.control import Control, Finding, Level, Outcome, Rule, StackControl, Unjudged
from guardrails.enforcement import Enforced, Enforcement
from guardrails.exemptions import Exemption, in_force
from guardrails.resource import Resource, Stack, Watched

NOT_JUDGED: Final = "not judged"
EXEMPT: Final = "exempt"
EXEMPTION: Final = "exemption in force"
"""The beginnings of notes, in square brackets: `operations` tells them from findings by these."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A control failed. It is the control's fault, and the resource was not judged by it."""

    error: str
    place: str

    def message(self, resource: Resource) -> str:
        """The text a person reads. Not the error's own text: that may quote a secret."""
        return (
            f"{resource.title} was not judged: the control failed with {self.error} at {self.place}. The fault is the "
            "control's, not the resource's: report it with this message. Setting the control's level to disabled in a "
            "file given with --policy-pack-config lets the run go on without it."
        )


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What one control says of one resource."""

    rule: Rule[Any]
    resource: Resource
    outcome: Outcome | Fault | Exemption
    level: Level
    """The control's level: a finding's own, and that which an unjudged field would have been judged at."""
    exemption: Exemption | None = None
    """What keeps a finding, or a field that could not be judged, from counting."""

    @property
    def stops(self) -> bool:
        """Whether it stops a run."""
        return self.level is Level.MANDATORY and isinstance(self.outcome, Finding | Fault) and not self.exemption

    @property
    def is_note(self) -> bool:
        """Whether it is no violation, whatever the control's level."""
        return bool(self.exemption) or isinstance(self.outcome, Unjudged | Exemption)

    @property
    def text(self) -> str:
        """What a person reads; a note begins with its kind in square brackets."""
        message = self.outcome.message(self.resource)
        if isinstance(self.outcome, Exemption):
            return f"[{EXEMPTION}] {message}"
        if self.exemption:
            return f"[{EXEMPT} until {self.exemption.until}] {message}"
        if isinstance(self.outcome, Unjudged):
            return f"[{NOT_JUDGED}, {self.level.value}] {message}"
        return message


def of_resource(resource: Resource, enforcement: Enforcement, day: datetime.date) -> Iterator[Verdict]:
    """What the controls over single resources say of one, and which exemptions it carries."""
    exemptions = in_force(resource, day)
    for one in enforcement.values():
        if one.concerns.get(resource.type, True) and isinstance(one.rule, Control) and one.level is not Level.DISABLED:
            for outcome in _heard(one.rule, resource, one):
                yield _verdict(one, resource, outcome, exemptions)
    for exemption in exemptions.values():
        exempted = enforcement.get(exemption.control)
        if exempted is not None and exempted.level is not Level.DISABLED:
            yield Verdict(rule=exempted.rule, resource=resource, outcome=exemption, level=exempted.level)


def of_stack(stack: Stack, enforcement: Enforcement, day: datetime.date) -> Iterator[Verdict]:
    """What the controls over stacks say of all resources together."""
    for one in enforcement.values():
        if isinstance(one.rule, StackControl) and one.level is not Level.DISABLED:
            for placed in _outcomes(one.rule.judge, stack, one):
                resource, outcome = (_NOWHERE, placed) if isinstance(placed, Fault) else placed
                yield _verdict(one, resource, outcome, in_force(resource, day))


_NOWHERE: Final = Resource(type="pulumi:pulumi:Stack", name="the whole stack", urn="", props={})


def _heard(rule: Control[Any], resource: Resource, one: Enforced) -> list[Outcome | Fault]:
    """What a control says of a resource, and whether it is to be asked about others of that type.

    Most controls have nothing to say of most types, and there are many of both. Controls are pure: one that is silent
    and has read nothing but the type is silent about every resource of it.
    """
    if resource.type in one.concerns:
        return _outcomes(rule.judge, resource, one)
    watched = Watched.of(resource)
    outcomes = _outcomes(rule.judge, watched, one)
    one.concerns[resource.type] = bool(outcomes) or watched.was_read
    return outcomes


S = TypeVar("S")
T = TypeVar("T")


def _outcomes(judge: Callable[[S, Any], Iterable[T]], subject: S, one: Enforced) -> list[T | Fault]:
    try:
        return list(judge(subject, one.parameters))
    except (Exception, SystemExit) as error:
        # The engine would abort on it, without a word on which control or which resource it was; on SystemExit, which
        # ends a thread of the server and no more, it would wait for ever.
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return [Fault(error=type(error).__name__, place=f"{Path(frame.filename).name}:{frame.lineno}")]


def _verdict(
    one: Enforced, resource: Resource, outcome: Outcome | Fault, exemptions: Mapping[str, Exemption]
) -> Verdict:
    exemption = None if isinstance(outcome, Fault) else exemptions.get(one.rule.id)
    return Verdict(rule=one.rule, resource=resource, outcome=outcome, level=one.level, exemption=exemption)
