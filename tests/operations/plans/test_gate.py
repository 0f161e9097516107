"""The gate opens only for a preview that succeeded without a mandatory violation."""

import pytest

from operations.facts import Action, Operation, Run, Violation
from operations.judgement import Kind
from operations.plans import gate

URN = "urn:pulumi:sandbox::p2p-nodes::p2p-nodes:platform:Network$gcp:compute/network:Network::p2p"
MANDATORY = Violation(policy="image-immutable-tag", level="mandatory", urn=URN, message="latest")
ADVISORY = Violation(policy="image-immutable-tag", level="advisory", urn=URN, message="unknown")


@pytest.mark.parametrize(
    ("succeeded", "violations", "open_"),
    [
        pytest.param(True, (), True, id="clean"),
        pytest.param(True, (ADVISORY,), True, id="advice does not stop"),
        pytest.param(True, (MANDATORY,), False, id="a violation stops even where the engine only reported it"),
        pytest.param(False, (MANDATORY,), False, id="violation"),
        pytest.param(False, (), False, id="a preview that failed for another reason"),
    ],
)
def test_gate(succeeded: bool, violations: tuple[Violation, ...], open_: bool) -> None:
    verdict = gate.judge(Run(succeeded=succeeded, violations=violations))
    assert verdict.open is open_
    assert verdict.stopped_by == tuple(violation for violation in violations if violation is MANDATORY)
    assert verdict.advice == tuple(violation for violation in violations if violation is ADVISORY)


def test_changes_leave_out_what_stays_the_same() -> None:
    same = Operation(urn=URN, action=Action.SAME)
    create = Operation(urn=URN + "-2", action=Action.CREATE)
    assert gate.judge(Run(succeeded=True, operations=(same, create))).changes == (create,)


def test_type_and_name_come_from_the_urn() -> None:
    operation = Operation(urn=URN, action=Action.SAME)
    assert (operation.type, operation.name) == ("gcp:compute/network:Network", "p2p")


UNJUDGED = Violation(
    policy="image-immutable-tag", level="advisory", urn=URN, message="x", kind=Kind.NOT_JUDGED, insists=True
)
UNJUDGED_ADVICE = Violation(policy="probes", level="advisory", urn=URN, message="x", kind=Kind.NOT_JUDGED)
EXEMPT = Violation(policy="image-immutable-tag", level="advisory", urn=URN, message="x", kind=Kind.EXEMPT)
EXEMPTION = Violation(policy="image-immutable-tag", level="advisory", urn=URN, message="x", kind=Kind.EXEMPTION)


def test_each_note_is_in_one_list_and_stops_nothing_by_itself() -> None:
    verdict = gate.judge(Run(succeeded=True, violations=(UNJUDGED, UNJUDGED_ADVICE, EXEMPT, EXEMPTION, ADVISORY)))
    assert verdict.open
    assert verdict.unjudged == (UNJUDGED,)
    assert verdict.exemptions == (EXEMPTION,)
    assert verdict.advice == (UNJUDGED_ADVICE, EXEMPT, ADVISORY)


@pytest.mark.parametrize(
    ("environment", "violations", "needed"),
    [
        ("production", (UNJUDGED,), True),
        ("recovery", (UNJUDGED,), True),
        ("staging", (UNJUDGED,), False),
        ("development", (UNJUDGED,), False),
        ("production", (UNJUDGED_ADVICE, EXEMPT, EXEMPTION, ADVISORY), False),
    ],
)
def test_production_and_recovery_want_an_acceptance(
    environment: str, violations: tuple[Violation, ...], needed: bool
) -> None:
    verdict = gate.judge(Run(succeeded=True, violations=violations))
    assert gate.needs_acceptance(verdict, environment) is needed
