"""Events of the engine become plain facts."""

import pytest
from pulumi.automation.events import EngineEvent

from operations.adapters.engine import Recorder, plain
from operations.facts import Action, Failure, Operation

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
        ("refresh", Action.OTHER),
    ],
)
def test_operations(op: str, action: Action) -> None:
    recorder = Recorder(Heard())
    recorder.hear(step(op))
    assert [operation.action for operation in recorder.run(succeeded=True).operations] == [action]


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


def test_plain() -> None:
    assert plain("<{%reset%}>text<{%reset%}>\n") == "text"
