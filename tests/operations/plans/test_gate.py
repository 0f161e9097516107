"""The gate opens only for a preview that succeeded without a mandatory violation."""

import pytest

from operations.facts import Action, Operation, Run, Violation
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
