"""Controls as policies of Pulumi CrossGuard, one policy a control.

Not through the SDK's own loop. It converts each resource once for each policy, reports every outcome at the policy's
level, and takes any configuration. This one converts once, reports what is no violation as advice, and refuses names
that no control has. It also remembers each resource as it was declared: where the Kubernetes provider is not known yet,
as in a stack's first preview, the engine hands empty resources to the analysis of the stack.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import grpc
import pulumi_policy.policy
from google.protobuf import json_format
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime import proto
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    ResourceValidationPolicy,
    Severity,
    StackValidationPolicy,
)

from guardrails import enforcement, verdicts
from guardrails.control import Environment, Level, Rule, StackControl
from guardrails.conversion import to_props
from guardrails.enforcement import LEVEL, ConfigurationError, Enforcement
from guardrails.exemptions import today
from guardrails.resource import Resource, Stack
from guardrails.verdicts import Verdict

DEFAULT: Final = Environment.PRODUCTION
"""Without a configuration the pack is as strict as it can be."""


def policies(controls: Sequence[Rule[Any]]) -> list[Policy]:
    """One CrossGuard policy for each control, under its id. What judges is `Servicer`, from here on."""
    # PolicyPack makes the servicer that it finds under this name, and offers no other way to give it one.
    pulumi_policy.policy._PolicyAnalyzerServicer = Servicer  # type: ignore[assignment, misc]
    return [_policy(control) for control in controls]


class Servicer(pulumi_policy.policy._PolicyAnalyzerServicer):
    """The engine's questions, answered by the controls."""

    def __init__(self, name: str, version: str, *others: Any) -> None:
        super().__init__(name, version, *others)
        self._pack = {"policyPackName": name, "policyPackVersion": version}
        self._enforcement: Enforcement = enforcement.of(DEFAULT)
        self._declared: dict[str, Resource] = {}

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802 the protocol's names, here and below
        try:
            self._enforcement = enforcement.configured(enforcement.of(DEFAULT), _configuration(request.policyConfig))
        except ConfigurationError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"the policy pack's configuration is refused:\n{error}")
        return Empty()

    def Analyze(self, request: Any, _context: Any) -> Any:  # noqa: N802
        resource = self._declared[request.urn] = _resource(request)
        return self._response(verdicts.of_resource(resource, self._enforcement, today()))

    def AnalyzeStack(self, request: Any, _context: Any) -> Any:  # noqa: N802
        resources = (self._declared.get(one.urn) or _resource(one) for one in request.resources)
        return self._response(verdicts.of_stack(Stack(resources=tuple(resources)), self._enforcement, today()))

    def Remediate(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        # Nothing is changed behind an author's back. The SDK's own would convert the resource for that.
        return proto.RemediateResponse()

    def _response(self, found: Iterable[Verdict]) -> Any:
        return proto.AnalyzeResponse(diagnostics=[self._diagnostic(verdict) for verdict in found])

    def _diagnostic(self, verdict: Verdict) -> Any:
        rule = verdict.rule
        return proto.AnalyzeDiagnostic(
            **self._pack,
            policyName=rule.id,
            description=rule.title,
            message=f"{rule.title}\n{verdict.text}",
            urn=verdict.resource.urn,
            severity=self._map_severity(Severity(rule.severity.value)),
            enforcementLevel=self._map_enforcement_level(
                EnforcementLevel.ADVISORY if verdict.is_note else EnforcementLevel(verdict.level.value)
            ),
        )


def _configuration(config: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What the engine made of the file: every policy with its level, and whatever else was named in it."""
    levels = {proto.ADVISORY: Level.ADVISORY, proto.MANDATORY: Level.MANDATORY, proto.DISABLED: Level.DISABLED}
    return {
        name: {
            LEVEL: levels[given.enforcementLevel].value if given.enforcementLevel in levels else "remediate",
            **_whole(json_format.MessageToDict(given.properties)),
        }
        for name, given in config.items()
    }


def _whole(value: Any) -> Any:
    """Numbers as they were written: the protocol knows floats only."""
    match value:
        case dict():
            return {key: _whole(below) for key, below in value.items()}
        case list():
            return [_whole(below) for below in value]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


def _resource(request: Any) -> Resource:
    return Resource(
        type=request.type,
        name=request.name,
        urn=request.urn,
        props=to_props(request.properties),
        protect=request.options.protect,
        provider=request.provider.name,
    )


def _policy(rule: Rule[Any]) -> Policy:
    kind = StackValidationPolicy if isinstance(rule, StackControl) else ResourceValidationPolicy
    properties = type(rule.parameters).model_json_schema()["properties"] if type(rule.parameters).model_fields else {}
    defaults = rule.parameters.model_dump(mode="json")
    return kind(
        name=rule.id,
        description=rule.title,
        validate=_judged_by_the_servicer,
        enforcement_level=EnforcementLevel(rule.levels.at(DEFAULT).value),
        config_schema=PolicyConfigSchema(
            properties={name: {**schema, "default": defaults[name]} for name, schema in properties.items()}
        ),
        severity=Severity(rule.severity.value),
        remediation_steps=rule.remediation,
        url=rule.source.url,
    )


def _judged_by_the_servicer(*_: object) -> None:
    raise NotImplementedError("policies are judged by guardrails.crossguard.Servicer")
