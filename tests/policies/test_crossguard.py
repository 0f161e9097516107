"""Controls as policies, called as the SDK calls them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from guardrails.catalogue import CONTROLS
from guardrails.control import Control, Finding, Judge, Level, Resource, Severity, Source, Unjudged
from guardrails.conversion import to_props
from guardrails.crossguard import CannotJudgeError, policies
from guardrails.plain import Plain
from pulumi_policy import EnforcementLevel, Policy, ResourceValidationArgs, ResourceValidationPolicy
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, unknown_checking_proxy


def _control(judge: Judge, *, id_: str = "test-control", level: Level = Level.MANDATORY) -> Control:
    return Control(
        id=id_,
        title="A title",
        reason="A reason.",
        source=Source(title="A source", url="https://example.com"),
        severity=Severity.LOW,
        level=level,
        remediation="A remedy.",
        judge=judge,
    )


def _args(props: dict[str, Any] | None = None, *, urn: str = "urn:a") -> ResourceValidationArgs:
    options: Any = None
    return ResourceValidationArgs(
        "kubernetes:core/v1:Pod", unknown_checking_proxy(props or {}), urn, "a", options, None
    )


class _Report(list[str]):
    """The SDK's callback; keeps the messages."""

    def __call__(self, message: str, urn: str | None = None) -> None:
        self.append(message)


def _validate(policy: Policy, args: ResourceValidationArgs) -> list[str]:
    assert isinstance(policy, ResourceValidationPolicy)
    report = _Report()
    policy.validate(args, report)
    return report


_FINDING = Finding(path="spec.a", found="this", allowed="that", fix="change it")


def test_a_finding_names_resource_field_found_allowed_and_fix() -> None:
    [policy] = policies([_control(lambda _: [_FINDING])])
    assert _validate(policy, _args()) == [
        'Pod "a", spec.a\n  found:   this\n  allowed: that\n  fix:     change it',
    ]


def test_an_unjudged_field_is_a_note_and_hides_no_finding() -> None:
    def judge(_: Resource) -> Iterator[Finding | Unjudged]:
        yield Unjudged(path="spec.b", reason="is not known")
        yield _FINDING
        yield Unjudged(path="", reason="is odd")

    [policy] = policies([_control(judge)])
    assert isinstance(policy, ResourceValidationPolicy)
    report = _Report()
    with pytest.raises(CannotJudgeError) as note:
        policy.validate(_args(), report)
    assert report == [_FINDING.message(Resource(type="x:y:Pod", name="a", urn="", props={}))]
    assert note.value.message == (
        'Pod "a", spec.b was not judged: it is not known\nPod "a", the whole resource was not judged: it is odd'
    )


def test_a_faulty_control_is_reported_without_its_data() -> None:
    def judge(resource: Resource) -> list[Finding | Unjudged]:
        raise KeyError(f"password of {resource.name}")

    [policy] = policies([_control(judge)])
    [message] = _validate(policy, _args())
    assert "test-control" in message
    assert 'kubernetes:core/v1:Pod "a"' in message
    assert "KeyError at test_crossguard.py:" in message
    assert "password" not in message


def test_each_resource_is_converted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    converted: list[object] = []
    seen: list[object] = []

    def convert(props: Mapping[str, object]) -> dict[str, Plain]:
        converted.append(props)
        return to_props(props)

    monkeypatch.setattr("guardrails.crossguard.to_props", convert)

    def judge(resource: Resource) -> list[Finding | Unjudged]:
        seen.append(resource.props["n"])
        return []

    pack = policies([_control(judge, id_=f"control-{index}") for index in range(3)])
    for number in (1, 2):  # the same resource twice, as in a preview and the update after it
        for policy in pack:
            _validate(policy, _args({"n": number}))
    _validate(pack[0], _args({"n": 3}, urn="urn:b"))
    _validate(pack[1], _args({"n": 4}, urn="urn:c"))
    assert len(converted) == 4
    assert seen == [1, 1, 1, 2, 2, 2, 3, 4]


def test_every_control_becomes_a_policy_with_its_level_stated() -> None:
    levels = {policy.name: policy.enforcement_level for policy in policies(CONTROLS)}
    assert levels == {control.id: EnforcementLevel(control.level.value) for control in CONTROLS}
    [advisory] = policies([_control(lambda _: [], level=Level.ADVISORY)])
    assert advisory.enforcement_level is EnforcementLevel.ADVISORY


def test_no_sentinel_reaches_a_message() -> None:
    [policy] = [policy for policy in policies(CONTROLS) if policy.name == "image-immutable-tag"]
    with pytest.raises(CannotJudgeError) as note:
        _validate(policy, _args({"spec": {"containers": [{"image": UNKNOWN_STRING_VALUE}]}}))
    assert "spec.containers[0].image" in note.value.message
    assert UNKNOWN_STRING_VALUE not in note.value.message
