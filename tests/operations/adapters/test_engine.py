"""What the engine's state and its failures say."""

import json
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pulumi import automation
from pulumi.automation._cmd import CommandResult
from pulumi.automation.events import EngineEvent

from operations.adapters.engine import Engine, reason
from operations.adapters.listener import Listener
from operations.errors import OperationError
from operations.facts import PendingOperation, Recovery, StackResource

PACK = Path(__file__).parents[3] / "policies"
SUMMARY = EngineEvent.from_json({"sequence": 1, "timestamp": 0, "summaryEvent": {"PolicyPacks": {"pack": "0.0.1"}}})
NETWORK = "urn:pulumi:dev::p2p-nodes::gcp:compute/network:Network::vpc"


class FakeStack:
    """The Automation API's stack, with a prepared state."""

    name = "dev"
    workspace: SimpleNamespace

    def __init__(self, deployment: dict[str, Any]) -> None:
        self.deployment = deployment
        self.commands: list[list[str]] = []
        self.imported: automation.Deployment | None = None

    def export_stack(self) -> automation.Deployment:
        return automation.Deployment(3, self.deployment)

    def import_stack(self, state: automation.Deployment) -> None:
        self.imported = state

    def _run_pulumi_cmd_sync(self, arguments: list[str]) -> SimpleNamespace:
        self.commands.append(arguments)
        return SimpleNamespace(stdout=json.dumps({"version": 3, "deployment": self.deployment}))


def engine(deployment: dict[str, Any]) -> tuple[Engine, FakeStack]:
    stack = FakeStack(deployment)
    return Engine(cast(automation.Stack, stack), policy_pack=PACK), stack


def provider(kubeconfig: object) -> dict[str, Any]:
    return {"resources": [{"urn": "u", "type": "pulumi:providers:kubernetes", "inputs": {"kubeconfig": kubeconfig}}]}


@pytest.mark.parametrize(
    ("deployment", "kubeconfig"),
    [
        pytest.param({}, None, id="an empty state"),
        pytest.param({"resources": [{"urn": "u", "type": "gcp:compute/network:Network"}]}, None, id="no provider yet"),
        pytest.param(provider("text"), "text", id="plain"),
        pytest.param(
            {"resources": [{"urn": "u", "type": "pulumi:pulumi:Stack", "outputs": {"kubeconfig": "text"}}]},
            "text",
            id="the provider is gone already",
        ),
        pytest.param(
            {"resources": [{**provider("old")["resources"][0], "delete": True}, *provider("text")["resources"]]},
            "text",
            id="beside the one of a cluster that was replaced",
        ),
        pytest.param(provider({"plaintext": '"text"', "4dabf18193072939515e22adb298388d": "s"}), "text", id="secret"),
    ],
)
def test_the_kubeconfig_comes_from_the_provider_in_the_state(
    deployment: dict[str, Any], kubeconfig: str | None
) -> None:
    assert engine(deployment)[0].kubeconfig() == kubeconfig


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("config: {a:list: [volumes], a:flag: true}", '["volumes"]'),
        ("config:\n  a:list: '[\"volumes\"]'", '["volumes"]'),
        ("config: {a:list: {secure: v1:abc}}", '{"secure": "v1:abc"}'),
        ("config: {a:list: [2026-12-18]}", '["2026-12-18"]'),
        ("config: {}", None),
        ("encryptionsalt: v1:abc", None),
        ("", None),
        (None, None),
    ],
)
def test_a_setting_is_its_text_in_the_stack_s_file(tmp_path: Path, file: str | None, text: str | None) -> None:
    subject, stack = engine({})
    stack.workspace = SimpleNamespace(work_dir=str(tmp_path))
    if file is not None:
        (tmp_path / "Pulumi.dev.yaml").write_text(file)
    assert subject.setting("a:list") == text


def test_a_stack_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    subject, stack = engine({})
    stack.workspace = SimpleNamespace(work_dir=str(tmp_path))
    (tmp_path / "Pulumi.dev.yaml").write_text("config: [")
    with pytest.raises(OperationError, match=r"Pulumi\.dev\.yaml cannot be read"):
        subject.setting("a:list")


def test_resources_and_pending_operations_are_read_from_the_state() -> None:
    subject, _ = engine(
        {
            "resources": [
                {"urn": NETWORK, "type": "gcp:compute/network:Network", "id": "n", "custom": True, "protect": True},
                {"urn": "c", "type": "t", "inputs": {"deletionProtection": True}},
                {"urn": "c", "type": "t", "delete": True},
            ],
            "pending_operations": [{"type": "creating", "resource": {"urn": NETWORK, "inputs": {"name": "p2p"}}}],
        }
    )
    assert subject.resources() == (
        StackResource(urn=NETWORK, type="gcp:compute/network:Network", id="n", custom=True, protected=True),
        StackResource(urn="c", type="t", id="", custom=False, deletion_protection=True),
        StackResource(urn="c", type="t", id="", custom=False, left_over=True),
    )
    assert subject.pending() == (PendingOperation(urn=NETWORK, kind="creating", inputs={"name": "p2p"}),)


def test_settling_takes_what_was_created_into_the_state_and_reads_it() -> None:
    begun = {"urn": NETWORK, "type": "t", "custom": True, "inputs": {"name": "p2p"}}
    lost_urn = NETWORK + "-lost"
    marks = [{"type": "creating", "resource": one} for one in (begun, {**begun, "urn": lost_urn})]
    subject, stack = engine({"resources": [{"urn": "stack"}], "pending_operations": marks})
    subject.settle(Recovery(adopt={NETWORK: "id"}, forget=(lost_urn,), repeat=()), notice=print)
    assert stack.imported is not None
    assert stack.imported.deployment == {
        "resources": [{"urn": "stack"}, {**begun, "id": "id", "outputs": {"name": "p2p"}}]
    }
    assert stack.commands == [
        ["stack", "export"],  # secrets must not be shown
        ["refresh", "--yes", "--skip-preview", "--target", NETWORK],
    ]


def test_reading_again_is_a_refresh_of_these_alone() -> None:
    subject, stack = engine({})
    subject.read_again(["a", "b"], notice=print)
    assert stack.commands == [["refresh", "--yes", "--skip-preview", "--target", "a", "--target", "b"]]


def test_an_interrupt_waits_for_a_refresh(monkeypatch: pytest.MonkeyPatch) -> None:
    subject, stack = engine({})
    ended: list[str] = []
    monkeypatch.setattr("operations.adapters.interruptible.pass_on", lambda: None)

    def slow(arguments: list[str]) -> None:
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.2)
        ended.append(arguments[0])

    monkeypatch.setattr(stack, "_run_pulumi_cmd_sync", slow)
    told: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        subject.read_again(["a"], notice=told.append)
    assert ended == ["refresh"]
    assert told[0].startswith("Interrupted: the engine finishes")


def test_settling_without_adoption_refreshes_nothing() -> None:
    marks = [{"type": "creating", "resource": {"urn": NETWORK}}]
    subject, stack = engine({"resources": [], "pending_operations": marks})
    subject.settle(Recovery(adopt={}, forget=(NETWORK,), repeat=()), notice=print)
    assert stack.commands == [["stack", "export"]]
    assert stack.imported is not None
    assert stack.imported.deployment == {"resources": []}


@pytest.mark.parametrize(
    ("file", "environment"),
    [
        ("config: {p2p-nodes:environment: staging}", "staging"),
        ("config: {p2p-nodes:environment: recovery}", "recovery"),
        ("config: {}", "production"),
        pytest.param(None, "production", id="no file"),
        pytest.param("config: {p2p-nodes:environment: ../../x}", "production", id="a word the pack does not know"),
        pytest.param("config: {p2p-nodes:environment: {secure: v1:abc}}", "production", id="a secret"),
    ],
)
def test_every_run_is_judged_at_the_levels_of_the_stack_s_environment(
    tmp_path: Path, file: str | None, environment: str
) -> None:
    subject, stack = engine({})
    stack.workspace = SimpleNamespace(work_dir=str(tmp_path))
    if file is not None:
        (tmp_path / "Pulumi.dev.yaml").write_text(file)
    given: list[dict[str, Any]] = []

    def runs(*, on_event: Callable[[EngineEvent], None], **arguments: Any) -> None:
        given.append(arguments)
        on_event(SUMMARY)

    for command in ("preview", "up"):
        setattr(stack, command, runs)
    listener = cast(Listener, SimpleNamespace(notes=print))
    subject.preview(listener)
    subject.up(listener)
    assert [one.get("exclude") for one in given] == [None, None]
    subject.preview(listener, without=("urn",))
    assert given.pop()["exclude"] == ["urn"]
    assert [one["policy_packs"] for one in given] == [[str(PACK)]] * 2
    assert [one["policy_pack_configs"] for one in given] == [[f"{PACK}/environments/{environment}.json"]] * 2
    assert subject.environment == environment


def test_an_acknowledgement_lowers_the_levels_of_what_it_permits(tmp_path: Path) -> None:
    subject, stack = engine({})
    stack.workspace = SimpleNamespace(work_dir=str(tmp_path))
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {p2p-nodes:accept_replacement: [cluster]}")
    read: list[dict[str, Any]] = []

    def up(*, policy_pack_configs: list[str], **_: object) -> None:
        read.extend(json.loads(Path(path).read_text()) for path in policy_pack_configs)

    setattr(stack, "up", up)  # noqa: B010 - the stand-in has no commands of its own
    subject.up(cast(Listener, SimpleNamespace(notes=print)))
    [config] = read
    production = json.loads((PACK / "environments" / "production.json").read_text())
    changed = {control for control, given in config.items() if given != production[control]}
    assert changed == {"cluster-protect", "cluster-deletion-protection"}
    assert config["cluster-deletion-protection"] == {"enforcementLevel": "advisory"}


def test_a_stack_s_own_file_changes_its_environment_s(tmp_path: Path) -> None:
    subject, stack = engine({})
    stack.workspace = SimpleNamespace(work_dir=str(tmp_path))
    subject.policy_pack = tmp_path
    for name, text in (("environments/production", '{"a-b": "mandatory"}'), ("stacks/dev", '{"a-b": {"ports": [1]}}')):
        (tmp_path / f"{name}.json").parent.mkdir()
        (tmp_path / f"{name}.json").write_text(text)
    with subject.policy_pack_config() as config:
        assert json.loads(config.read_text()) == {"a-b": {"enforcementLevel": "mandatory", "ports": [1]}}
    assert not config.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [(None, "cannot be read"), ("{", "cannot be read"), ("[]", "is no config"), ('{"a": 1}', "is no config")],
)
def test_an_environment_that_cannot_be_read_is_told(tmp_path: Path, text: str | None, said: str) -> None:
    subject, stack = engine({})
    stack.workspace = SimpleNamespace(work_dir=str(tmp_path))
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {p2p-nodes:accept_replacement: [cluster]}")
    subject.policy_pack = tmp_path
    (tmp_path / "environments").mkdir()
    if text is not None:
        (tmp_path / "environments" / "production.json").write_text(text)
    with pytest.raises(OperationError, match=rf"production\.json {said}"), subject.policy_pack_config():
        pass


def test_a_failed_command_is_told_in_the_engine_s_words() -> None:
    result = CommandResult(stdout="", stderr="warning: old\nerror: incorrect passphrase\n", code=255)
    error = automation.errors.CommandError(result)
    assert reason(error) == "incorrect passphrase"


def test_a_command_error_never_reaches_the_operator_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    subject, stack = engine({})

    def fail() -> automation.Deployment:
        raise automation.errors.CommandError(CommandResult(stdout="", stderr="error: no such stack", code=255))

    monkeypatch.setattr(stack, "export_stack", fail)
    with pytest.raises(OperationError, match=r"^no such stack$"):
        subject.resources()


@pytest.mark.parametrize("event", [None, {"summaryEvent": {}}, {"summaryEvent": {"PolicyPacks": {}}}])
def test_a_preview_that_no_pack_judged_is_no_preview(event: dict[str, Any] | None) -> None:
    subject, stack = engine({})
    stack.workspace = SimpleNamespace(work_dir="/nowhere")

    def preview(*, on_event: Callable[[EngineEvent], None], **_: object) -> None:
        if event is not None:
            on_event(EngineEvent.from_json({"sequence": 1, "timestamp": 0, **event}))

    setattr(stack, "preview", preview)  # noqa: B010 the stand-in has none of its own
    with pytest.raises(OperationError, match="does not say that the policy pack judged the preview"):
        subject.preview(cast(Listener, SimpleNamespace(notes=print)))


def test_a_run_of_which_an_event_was_lost_is_not_told_as_whole() -> None:
    subject, stack = engine({})
    stack.workspace = SimpleNamespace(work_dir="/nowhere")
    metadata = {"op": "delete", "urn": NETWORK, "type": "t", "provider": ""}

    def preview(*, on_event: Callable[[EngineEvent], None], **_: object) -> None:
        on_event(SUMMARY)
        with suppress(BrokenPipeError):  # as the Automation API does
            on_event(EngineEvent.from_json({"sequence": 2, "timestamp": 0, "resourcePreEvent": {"metadata": metadata}}))

    def refuses(_: object) -> None:
        raise BrokenPipeError

    setattr(stack, "preview", preview)  # noqa: B010 the stand-in has none of its own
    with pytest.raises(OperationError, match=r"an event of it was lost \(BrokenPipeError\)"):
        subject.preview(cast(Listener, SimpleNamespace(notes=print, began=refuses)))
