"""The servicer, asked in the engine's own protocol."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from google.protobuf import json_format
from google.protobuf.struct_pb2 import Struct
from guardrails import enforcement
from guardrails.catalogue import CONTROLS
from guardrails.control import Control, Environment, Outcome, StackControl, Unjudged
from guardrails.crossguard import Servicer, policies
from guardrails.plain import Plain
from guardrails.resource import Resource, Stack
from pulumi.runtime import proto
from pulumi_policy import EnforcementLevel
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from tests.policies.controls_for_tests import FINDING, Limit, control, enforced, stack_control

POD = "kubernetes:core/v1:Pod"


class AbortedError(Exception):
    """In place of what gRPC raises."""


class _Context:
    def abort(self, code: grpc.StatusCode, details: str) -> None:
        raise AbortedError(code, details)


def _servicer(*rules: Control[Any] | StackControl[Any]) -> Servicer:
    servicer = Servicer("pack", "0.0.1", policies(rules or CONTROLS), EnforcementLevel.MANDATORY)
    if rules:
        servicer._enforcement = enforced(*rules)
    return servicer


def _request(name: str, props: dict[str, Any], **fields: Any) -> Any:
    return proto.AnalyzeRequest(
        type=POD, name=name, urn=f"urn:{name}", properties=json_format.ParseDict(props, Struct()), **fields
    )


def _stack(*names: str) -> Any:
    resources = [proto.AnalyzerResource(type=POD, name=name, urn=f"urn:{name}") for name in names]
    return proto.AnalyzeStackRequest(resources=resources)


def _config(**given: Any) -> Any:
    return proto.ConfigureAnalyzerRequest(
        policyConfig={
            name: proto.PolicyConfig(enforcementLevel=level, properties=json_format.ParseDict(properties, Struct()))
            for name, (level, properties) in given.items()
        }
    )


def test_a_finding_is_a_diagnostic_at_its_controls_level() -> None:
    [diagnostic] = _servicer(control(lambda *_: [FINDING])).Analyze(_request("a", {}), None).diagnostics
    assert diagnostic.message == ('A title\nPod "a", spec.a\n  found:   this\n  allowed: that\n  fix:     change it')
    assert (diagnostic.policyName, diagnostic.policyPackName, diagnostic.urn) == ("test-control", "pack", "urn:a")
    assert diagnostic.enforcementLevel == proto.MANDATORY
    assert diagnostic.severity == proto.POLICY_SEVERITY_LOW


def test_a_note_is_advice_whatever_the_level() -> None:
    unjudged = Unjudged(path="spec.b", reason="is not known")
    [diagnostic] = _servicer(control(lambda *_: [unjudged])).Analyze(_request("a", {}), None).diagnostics
    assert diagnostic.enforcementLevel == proto.ADVISORY
    assert diagnostic.message.splitlines()[1] == (
        '[not judged, mandatory] Pod "a", spec.b was not judged: it is not known'
    )


def test_controls_see_options_and_provider() -> None:
    seen: list[Resource] = []

    def judge(resource: Resource, _: object) -> list[Outcome]:
        seen.append(resource)
        return []

    _servicer(control(judge)).Analyze(
        _request(
            "a",
            {"n": 1},
            options=proto.AnalyzerResourceOptions(protect=True),
            provider=proto.AnalyzerProviderResource(name="kubernetes"),
        ),
        None,
    )
    [resource] = seen
    assert (resource.type, resource.name, resource.urn) == (POD, "a", "urn:a")
    assert (resource.props, resource.protect, resource.provider) == ({"n": 1}, True, "kubernetes")


def test_the_stack_is_what_was_declared_last_where_the_engine_hands_out_nothing() -> None:
    seen: list[tuple[str, Any]] = []

    def judge(stack: Stack, _: object) -> list[Any]:
        seen.extend((resource.name, resource.props.get("n")) for resource in stack.resources)
        return []

    servicer = _servicer(stack_control(judge))
    for number in (1, 2):  # as in a preview and the update after it
        servicer.Analyze(_request("a", {"n": number}), None)
    servicer.Analyze(_request("gone", {"n": 3}), None)
    servicer.AnalyzeStack(_stack("a", "never declared"), None)
    assert seen == [("a", 2), ("never declared", None)]


def test_each_resource_is_converted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    converted: list[object] = []

    def convert(properties: Struct) -> dict[str, Plain]:
        converted.append(properties)
        return {}

    monkeypatch.setattr("guardrails.crossguard.to_props", convert)
    servicer = _servicer(*(control(lambda *_: [], id_=f"control-{index}") for index in range(3)))
    servicer.Analyze(_request("a", {}), None)
    servicer.AnalyzeStack(_stack("a"), None)
    assert len(converted) == 1


def test_every_control_is_a_policy_of_its_own() -> None:
    info = _servicer().GetAnalyzerInfo(None, None)  # type: ignore[no-untyped-call]
    assert [policy.name for policy in info.policies] == [rule.id for rule in CONTROLS]
    levels = {"mandatory": proto.MANDATORY, "advisory": proto.ADVISORY, "disabled": proto.DISABLED}
    for policy, rule in zip(info.policies, CONTROLS, strict=True):
        assert policy.enforcementLevel == levels[rule.levels.production.value]
        schema = json_format.MessageToDict(policy.configSchema.properties)
        assert set(schema) == set(type(rule.parameters).model_fields)
        assert {name: one["default"] for name, one in schema.items()} == rule.parameters.model_dump(mode="json")


def test_a_configuration_is_taken() -> None:
    servicer = _servicer()
    given = enforcement.configuration(Environment.DEVELOPMENT)
    kinds = {"mandatory": proto.MANDATORY, "advisory": proto.ADVISORY, "disabled": proto.DISABLED}
    servicer.Configure(
        _config(**{name: (kinds[one.pop("enforcementLevel")], one) for name, one in given.items()}), _Context()
    )
    assert servicer._enforcement == enforcement.of(Environment.DEVELOPMENT)


def test_numbers_of_a_configuration_stay_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = control(lambda *_: [], parameters=Limit())
    monkeypatch.setattr("guardrails.enforcement.CONTROLS", (rule,))
    servicer = _servicer()
    servicer.Configure(_config(**{"test-control": (proto.ADVISORY, {"limit": 5, "names": ["b"]})}), _Context())
    assert servicer._enforcement["test-control"].parameters == Limit(limit=5, names=["b"])


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"image-tag": (proto.ADVISORY, {})}, "image-tag: there is no such control"),
        ({"image-immutable-tag": (proto.REMEDIATE, {})}, "image-immutable-tag: 'remediate' is no level"),
        ({"image-immutable-tag": (proto.ADVISORY, {"tags": ["a"]})}, "image-immutable-tag.tags: Extra inputs"),
    ],
)
def test_a_configuration_with_a_mistake_is_refused(given: dict[str, Any], says: str) -> None:
    servicer = _servicer()
    with pytest.raises(AbortedError) as refusal:
        servicer.Configure(_config(**given), _Context())
    assert refusal.value.args[0] is grpc.StatusCode.INVALID_ARGUMENT
    assert says in refusal.value.args[1]
    assert servicer._enforcement == enforcement.of(Environment.PRODUCTION)


def test_no_sentinel_reaches_a_message() -> None:
    request = _request("a", {"spec": {"containers": [{"image": UNKNOWN_STRING_VALUE}]}})
    messages = [one.message for one in _servicer().Analyze(request, None).diagnostics]
    assert any("spec.containers[0].image was not judged" in message for message in messages)
    assert not any(UNKNOWN_STRING_VALUE in message for message in messages)


def test_a_message_shows_no_secret_that_it_judges() -> None:
    image = {SPECIAL_SIG_KEY: SPECIAL_SECRET_SIG, "value": "hunter2/node:latest"}
    found = _servicer().Analyze(_request("a", {"spec": {"containers": [{"name": "node", "image": image}]}}), None)
    [about] = [one for one in found.diagnostics if one.policyName == "image-immutable-tag"]
    assert about.enforcementLevel == proto.MANDATORY
    assert "a secret" in about.message
    assert "hunter2" not in about.message
