"""From what the engine reported to rows of a report."""

import pytest

from operations.facts import Failure, Run, Violation
from operations.judgement import ADVISORY, DISABLED, MANDATORY, ControlFacts, Kind
from operations.plans import judging

URN = "urn:pulumi:dev::p2p-nodes::p2p-nodes:P2PNode$kubernetes:apps/v1:StatefulSet::p2p-node"


def control(id_: str, level: str) -> ControlFacts:
    return ControlFacts(
        id=id_, title="t", reason="", remediation="", severity="low", level=level, source_title="", source_url=""
    )


CONTROLS = (control("image-immutable-tag", MANDATORY), control("off", DISABLED))
FIELD = "spec.template.spec.containers[0].image"


def said(text: str, kind: Kind = Kind.FINDING, level: str = ADVISORY, urn: str = URN) -> Violation:
    return Violation(policy="image-immutable-tag", level=level, urn=urn, message=f"A title\n{text}", kind=kind)


@pytest.mark.parametrize(
    ("violation", "path", "message"),
    [
        (
            said(f'StatefulSet "p2p-node", {FIELD}\n  found:   x', level=MANDATORY),
            FIELD,
            f'StatefulSet "p2p-node", {FIELD}\n  found:   x',
        ),
        (
            said(f'[exempt until 2027-03-31] StatefulSet "p2p-node", {FIELD}\n  found:   x', Kind.EXEMPT),
            FIELD,
            f'StatefulSet "p2p-node", {FIELD}\n  found:   x',
        ),
        (
            said(f'[not judged, mandatory] StatefulSet "p2p-node", {FIELD} was not judged: it is', Kind.NOT_JUDGED),
            FIELD,
            f'StatefulSet "p2p-node", {FIELD} was not judged: it is',
        ),
        (
            said('[not judged, mandatory] StatefulSet "p2p-node", the whole resource was not judged: it is',
                 Kind.NOT_JUDGED),
            "",
            'StatefulSet "p2p-node", the whole resource was not judged: it is',
        ),
        (
            said('[exemption in force] StatefulSet "p2p-node", metadata.annotations.x: image-immutable-tag does not '
                 "hold until 2027-03-31: r", Kind.EXEMPTION),
            "metadata.annotations.x",
            'StatefulSet "p2p-node", metadata.annotations.x: image-immutable-tag does not hold until 2027-03-31: r',
        ),
        (said('StatefulSet "p2p-node" was not judged: the control failed'), "",
         'StatefulSet "p2p-node" was not judged: the control failed'),
        (said('Stack "the whole stack" was not judged: x', urn=""), "", 'Stack "the whole stack" was not judged: x'),
    ],
)  # fmt: skip
def test_a_row_says_which_field_and_the_control_s_own_words(violation: Violation, path: str, message: str) -> None:
    (row,) = judging.rows([violation], CONTROLS, file="Pulumi.dev.yaml")
    assert (row.path, row.message, row.kind) == (path, message, violation.kind)
    # A note's own level is always advisory; the row has the control's.
    assert row.level == MANDATORY
    assert row.resource == ('StatefulSet "p2p-node"' if violation.urn else "")
    assert row.file == "Pulumi.dev.yaml"


def test_another_pack_s_policy_is_shown_as_it_speaks() -> None:
    other = Violation(policy="theirs", level=ADVISORY, urn=URN, message="one line")
    (row,) = judging.rows([other], CONTROLS, file="f")
    assert (row.message, row.level, row.path) == ("one line", ADVISORY, "")


VIOLATION = said("x", level=MANDATORY)
STOPPED = Failure(urn="", message="preview failed")
BOOM = Failure(urn=URN, message="boom")


@pytest.mark.parametrize(
    ("run", "failures", "passed"),
    [
        pytest.param(Run(succeeded=True), (), True, id="clean"),
        pytest.param(Run(succeeded=False, violations=(VIOLATION,), failures=(STOPPED,)), (), False, id="violated"),
        pytest.param(Run(succeeded=False, violations=(VIOLATION,), failures=(BOOM,)), ("boom",), False, id="both"),
        pytest.param(Run(succeeded=False, failures=(BOOM, STOPPED)), ("boom", "preview failed"), False, id="failed"),
        pytest.param(Run(succeeded=True, failures=(BOOM,)), ("boom",), False, id="an error that stopped nothing"),
    ],
)
def test_what_makes_a_check_fail(run: Run, failures: tuple[str, ...], passed: bool) -> None:
    judgement = judging.of_stack("dev", run, CONTROLS, environment="development")
    assert (judgement.failures, judgement.passed) == (failures, passed)


def test_a_preview_that_fails_without_a_word_fails_the_check() -> None:
    judgement = judging.of_stack("dev", Run(succeeded=False), CONTROLS, environment="development")
    assert not judgement.passed


def test_it_says_that_it_is_no_diff_and_which_secrets_it_did_not_have() -> None:
    judgement = judging.of_stack("dev", Run(succeeded=True), CONTROLS, environment="e", placeholders=("a:b", "a:c.d"))
    assert "no diff" in judgement.remarks[0]
    assert judgement.remarks[1] == "Judged with placeholders in place of secrets: a:b, a:c.d."
