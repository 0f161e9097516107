"""Controls as policies of Pulumi CrossGuard, one policy a control."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Sequence
from pathlib import Path

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
)
from pulumi_policy.proxy import UnknownValueError

from guardrails.control import Control, Finding, Resource, Unjudged
from guardrails.conversion import to_props


class CannotJudgeError(UnknownValueError):
    """Ends a policy with a note.

    A report carries the level of its policy, so a mandatory one cannot write a mere note, except in this way: the SDK
    turns an UnknownValueError into an advisory diagnostic beside the findings that were reported before it.
    """

    def __init__(self, message: str) -> None:
        Exception.__init__(self, message)
        self.message = message


def policies(controls: Sequence[Control]) -> list[Policy]:
    """One CrossGuard policy for each control, under its id and its level."""
    conversions = _Conversions()
    return [_policy(control, position, conversions) for position, control in enumerate(controls)]


class _Conversions(threading.local):
    """The plain form of the resource at hand.

    For one request the SDK calls every policy in turn, on one thread, each with proxies of its own over the same
    resource. A position that does not rise is the next request.
    """

    def __init__(self) -> None:
        self._position = -1
        self._resource: Resource | None = None

    def resource(self, position: int, args: ResourceValidationArgs) -> Resource:
        resource = self._resource
        if resource is None or position <= self._position or resource.urn != args.urn:
            resource = Resource(type=args.resource_type, name=args.name, urn=args.urn, props=to_props(args.props))
        self._position, self._resource = position, resource
        return resource


def _policy(control: Control, position: int, conversions: _Conversions) -> Policy:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        try:
            resource = conversions.resource(position, args)
            outcomes = list(control.judge(resource))
        except Exception as error:
            # The engine aborts on an exception, without a word on which control or which resource it was.
            report(_fault(control, args, error), None)
            return
        for outcome in outcomes:
            if isinstance(outcome, Finding):
                report(outcome.message(resource), None)
        if notes := [outcome.message(resource) for outcome in outcomes if isinstance(outcome, Unjudged)]:
            raise CannotJudgeError("\n".join(notes))

    return ResourceValidationPolicy(
        name=control.id,
        description=control.title,
        validate=validate,
        enforcement_level=EnforcementLevel(control.level.value),
        severity=Severity(control.severity.value),
        remediation_steps=control.remediation,
        url=control.source.url,
    )


def _fault(control: Control, args: ResourceValidationArgs, error: Exception) -> str:
    # Not the error's text: it may quote a secret.
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f'the control {control.id} failed on {args.resource_type} "{args.name}" with {type(error).__name__} at '
        f"{Path(frame.filename).name}:{frame.lineno}, so the resource was not judged. The fault is the control's, not "
        "the resource's: report it with this message. Setting the control's level to disabled in a file given with "
        "--policy-pack-config lets the run go on without it."
    )
