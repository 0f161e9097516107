"""Events of the engine become plain facts."""

import pytest
from pulumi.automation.events import EngineEvent

from operations.adapters.events import Recorder, plain
from operations.facts import Action, Failure, Operation, Violation
from operations.judgement import Kind

URN = "urn:pulumi:dev::p2p-nodes::gcp:compute/network:Network::p2p"


class Heard:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.failures: list[Failure] = []
        self.ends: list[Operation] = []

    def began(self, operation: Operation) -> None: ...

    def ended(self, operation: Operation) -> None:
        self.ends.append(operation)

    def failed(self, failure: Failure) -> None:
        self.failures.append(failure)

    def waits(self, text: str) -> None: ...

    def notes(self, text: str) -> None: ...


def step(op: str, **more: object) -> EngineEvent:
    metadata = {"op": op, "urn": URN, "type": "gcp:compute/network:Network", "provider": "", **more}
    return EngineEvent.from_json({"sequence": 1, "timestamp": 0, "resourcePreEvent": {"metadata": metadata}})


@pytest.mark.parametrize(
    ("op", "action"),
    [
        ("same", Action.SAME),
        ("create", Action.CREATE),
        ("update", Action.UPDATE),
        ("delete", Action.DELETE),
        ("create-replacement", Action.REPLACE),
        ("delete-replaced", Action.REPLACE),
        ("refresh", Action.SAME),
        ("import", Action.IMPORT),
        ("discard", Action.OTHER),
        ("import-replacement", Action.REPLACE),
    ],
)
def test_operations(op: str, action: Action) -> None:
    recorder = Recorder(Heard())
    recorder.hear(step(op))
    assert [operation.action for operation in recorder.run(succeeded=True).operations] == [action]


NODES = "urn:pulumi:dev::p2p-nodes::kubernetes:apps/v1:StatefulSet::p2p-node"


def side(**inputs: object) -> dict[str, object]:
    return {"urn": NODES, "type": "kubernetes:apps/v1:StatefulSet", "inputs": inputs, "outputs": {}}


@pytest.mark.parametrize("ops", [("delete-replaced", "replace", "create-replacement"), ("replace", "delete-replaced")])
def test_the_inputs_of_a_stateful_set_are_kept_on_both_sides(ops: tuple[str, ...]) -> None:
    recorder = Recorder(Heard())
    for op in ops:
        new = None if op == "delete-replaced" else side(size=60)
        why = {} if new is None else {"keys": ["size"]}
        recorder.hear(step(op, **{"urn": NODES, "old": side(size=50), "new": new, **why}))
    [operation] = recorder.run(succeeded=True).operations
    assert (operation.before, operation.after) == ({"size": 50}, {"size": 60})
    assert operation.forced_by == ("size",)


def test_of_other_things_only_the_outputs_of_what_is_deleted_are_kept() -> None:
    recorder = Recorder(Heard())
    old = {**side(a=1), "outputs": {"address": "192.0.2.1"}}
    recorder.hear(step("delete", old={**old, "urn": URN}))
    recorder.hear(step("update", **{"urn": f"{URN}-2", "old": old, "new": side(a=2)}))
    assert [(one.before, one.after, one.held) for one in recorder.run(succeeded=True).operations] == [
        ({}, {}, {"address": "192.0.2.1"}),
        ({}, {}, {}),
    ]


def test_a_replacement_is_one_operation_with_the_forcing_path_first() -> None:
    recorder = Recorder(Heard())
    detail = {
        "labels": {"diffKind": "update", "inputDiff": True},
        "name": {"diffKind": "update-replace", "inputDiff": True},
    }
    for op in ("create-replacement", "replace", "delete-replaced"):
        recorder.hear(step(op, keys=["name"], detailedDiff=detail))
    (operation,) = recorder.run(succeeded=True).operations
    assert (operation.action, operation.paths) == (Action.REPLACE, ("name", "labels"))
    assert operation.forced_by == ("name",)


@pytest.mark.parametrize(
    "ops",
    [("create-replacement", "replace", "delete-replaced"), ("delete-replaced", "replace", "create-replacement")],
)
def test_the_step_that_deletes_what_is_replaced_does_not_hide_why(ops: tuple[str, ...]) -> None:
    recorder = Recorder(Heard())
    for op in ops:
        recorder.hear(step(op, **({} if op == "delete-replaced" else {"keys": ["name"], "diffs": ["name", "labels"]})))
    (operation,) = recorder.run(succeeded=True).operations
    assert (operation.paths, operation.forced_by) == (("name", "labels"), ("name",))


def test_an_error_is_told_once_and_without_colour_codes() -> None:
    heard = Heard()
    recorder = Recorder(heard)
    diagnostic = {
        "severity": "error",
        "message": "<{%fg 9%}>error: <{%reset%}>quota exceeded\n",
        "urn": URN,
        "color": "raw",
    }
    for _ in range(2):
        recorder.hear(EngineEvent.from_json({"sequence": 1, "timestamp": 0, "diagnosticEvent": diagnostic}))
    assert heard.failures == [Failure(urn=URN, message="error: quota exceeded")]
    assert recorder.run(succeeded=False).failures == tuple(heard.failures)


STACK = "urn:pulumi:dev::p2p-nodes::pulumi:pulumi:Stack::p2p-nodes-dev"


def outputs_of_the_stack(old: dict[str, object], new: dict[str, object]) -> EngineEvent:
    metadata = {
        "op": "same",
        "urn": STACK,
        "type": "pulumi:pulumi:Stack",
        "provider": "",
        "old": {"type": "pulumi:pulumi:Stack", "urn": STACK, "id": "", "parent": "", "provider": "", "outputs": old},
        "new": {"type": "pulumi:pulumi:Stack", "urn": STACK, "id": "", "parent": "", "provider": "", "outputs": new},
    }
    return EngineEvent.from_json({"sequence": 1, "timestamp": 0, "resOutputsEvent": {"metadata": metadata}})


def test_what_would_move_the_cursor_is_shown_and_not_done() -> None:
    assert plain("a\x1b[31m\x07 b\n\tc") == "a\\x1b[31m\\x07 b\n\tc"


def test_an_output_that_changes_alone_is_a_change_of_the_stack() -> None:
    recorder = Recorder(Heard())
    recorder.hear(outputs_of_the_stack({"image": "a:v1.0.0", "kept": 1}, {"image": "a:v1.0.1", "kept": 1, "new": 2}))
    (change,) = recorder.run(succeeded=True).changes
    assert (change.action, change.paths) == (Action.UPDATE, ("outputs.image", "outputs.new"))


def test_equal_outputs_are_no_change() -> None:
    recorder = Recorder(Heard())
    recorder.hear(outputs_of_the_stack({"image": "a:v1.0.0"}, {"image": "a:v1.0.0"}))
    assert recorder.run(succeeded=True).changes == ()


def test_what_the_sdk_logs_and_returns_is_told_once() -> None:
    heard = Heard()
    recorder = Recorder(heard)
    for message in ("2 mistakes", "an unhandled error occurred: 2 mistakes"):
        diagnostic = {"severity": "error", "message": message, "urn": "", "color": "raw"}
        recorder.hear(EngineEvent.from_json({"sequence": 1, "timestamp": 0, "diagnosticEvent": diagnostic}))
    assert [failure.message for failure in heard.failures] == ["2 mistakes"]


def test_two_resources_with_the_same_error_are_both_told_and_an_empty_one_hides_nothing() -> None:
    heard = Heard()
    recorder = Recorder(heard)
    for urn, message in ((URN, ""), (URN, "quota exceeded"), (STACK, "quota exceeded")):
        diagnostic = {"severity": "error", "message": message, "urn": urn, "color": "raw"}
        recorder.hear(EngineEvent.from_json({"sequence": 1, "timestamp": 0, "diagnosticEvent": diagnostic}))
    assert [failure.urn for failure in heard.failures] == [URN, STACK]


def policy_said(message: str, level: str) -> Violation:
    recorder = Recorder(Heard())
    event = {"message": message, "color": "raw", "policyName": "p", "enforcementLevel": level, "resourceUrn": URN}
    recorder.hear(EngineEvent.from_json({"sequence": 1, "timestamp": 0, "policyEvent": event}))
    (violation,) = recorder.run(succeeded=True).violations
    return violation


@pytest.mark.parametrize(
    ("message", "kind", "insists"),
    [
        ('Title\n[not judged, mandatory] Network "p2p"', Kind.NOT_JUDGED, True),
        ('Title\n[not judged, advisory] Network "p2p"', Kind.NOT_JUDGED, False),
        ('<{%reset%}>Title\n[exempt until 2027-03-31] Network "p2p"<{%reset%}>\n', Kind.EXEMPT, False),
        ('Title\n[exemption in force] Network "p2p"', Kind.EXEMPTION, False),
        ('Title\nNetwork "[not judged, mandatory] "', Kind.FINDING, False),
        ("[exemption in force] a title", Kind.FINDING, False),
    ],
)
def test_notes_are_told_from_findings(message: str, kind: Kind, insists: bool) -> None:
    violation = policy_said(message, "advisory")
    assert (violation.kind, violation.insists) == (kind, insists)


def test_what_stops_a_run_is_a_finding_however_it_is_worded() -> None:
    violation = policy_said("Title\n[not judged, mandatory] Network", "mandatory")
    assert (violation.kind, violation.insists) == (Kind.FINDING, False)


def test_plain() -> None:
    assert plain("<{%reset%}>text<{%reset%}>\n") == "text"
