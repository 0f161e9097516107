"""Every control over stacks on a first preview, through the real engine.

Nothing of the providers is known there, as a kubeconfig is not before there is a cluster: the engine asks no plugin,
and hands the analysis of the stack resources without a single property.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from guardrails.catalogue import STACK_CONTROLS
from guardrails.control import Finding
from guardrails.plain import UNKNOWN
from guardrails.resource import Resource
from pulumi import automation
from pulumi.automation.events import EngineEvent

from sandbox import engine_folder
from sandbox.policy_shim import write_analyzer_shim
from tests.engine_on_gcp import engine_on_gcp
from tests.policies.case_files import FILES, Case

pytestmark = [
    pytest.mark.engine,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PACK = Path(__file__).parents[2] / "policies"


@pytest.fixture
def workspace(engine_on_path: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for the engine, with one plugin under both names: it is started, and asked nothing."""
    with engine_on_gcp(tmp_path, monkeypatch) as layout:
        write_analyzer_shim(layout.bin, Path(sys.executable))
        plugins = {"gcp": layout.plugins / "gcp", "kubernetes": layout.plugins / "kubernetes"}
        plugins["kubernetes"].mkdir()
        stub = plugins["kubernetes"] / "pulumi-resource-kubernetes"
        stub.symlink_to(plugins["gcp"] / "pulumi-resource-gcp")
        project = {"name": "p2p-nodes", "runtime": "python", "plugins": engine_folder.by_path(plugins)}
        (layout.engine / "Pulumi.yaml").write_text(yaml.safe_dump(project))
        yield layout.engine


def unknown() -> pulumi.Output[Any]:
    """What cannot be known before the update."""
    value: asyncio.Future[Any] = asyncio.Future()
    value.set_result(None)
    known: asyncio.Future[bool] = asyncio.Future()
    known.set_result(False)
    return pulumi.Output(set(), value, known)


def declared(resources: list[Resource]) -> Callable[[], None]:
    """A program that declares them, with providers of which nothing is known."""

    def program() -> None:
        # All providers are the simulator of Google Cloud, which knows this setting.
        providers: dict[str, pulumi.ProviderResource] = {}
        for resource in resources:
            family, _, package = resource.type.rpartition(":")
            if family == "pulumi:providers":
                config = {**_inputs(resource.props), "project": unknown()}
                providers[resource.name] = pulumi.ProviderResource(package, resource.name, config)
                continue
            package = resource.type.partition(":")[0]
            given = resource.provider or f"of-{package}"
            if given not in providers:
                providers[given] = pulumi.ProviderResource(package, given, {"project": unknown()})
            options = pulumi.ResourceOptions(provider=providers[given])
            pulumi.CustomResource(resource.type, resource.name, _inputs(resource.props), options)

    return program


def _inputs(value: Any) -> Any:
    match value:
        case dict():
            return {key: _inputs(below) for key, below in value.items()}
        case list():
            return [_inputs(below) for below in value]
        case _:
            return unknown() if value is UNKNOWN else value


def preview(workspace: Path, program: Callable[[], None]) -> list[Any]:
    """The policy events of a first preview."""
    events: list[EngineEvent] = []
    # Not by the project's name: the Automation API would write a Pulumi.yaml of its own, without the plugins.
    local = automation.LocalWorkspace(work_dir=str(workspace), program=program)
    stack = automation.Stack.create_or_select("test", local)
    try:
        stack.preview(policy_packs=[str(PACK)], on_event=events.append)
    except automation.errors.CommandError:
        assert any(event.policy_event for event in events), "the preview failed for another reason"
    finally:
        gc.collect()
    return [event.policy_event for event in events if event.policy_event]


def _first_failing_case(control: str) -> Case:
    [file] = [file for file in FILES if file["control"] == control]
    return Case(file=file, data=file["fails"][0])


OF_THE_ENGINES_OWN = "default-providers-refused"


@pytest.mark.parametrize(
    "control", [one for one in STACK_CONTROLS if one.id != OF_THE_ENGINES_OWN], ids=lambda control: control.id
)
def test_it_fires(control: Any, workspace: Path) -> None:
    case = _first_failing_case(control.id)
    [(resource, outcome)] = case.outcomes()
    assert isinstance(outcome, Finding)
    found = {
        event.resource_urn.rpartition("::")[2]: event.message
        for event in preview(workspace, declared(case.resources()))
        if event.policy_name == control.id
    }
    assert list(found) == [resource.name]
    assert outcome.message(resource) in found[resource.name]


def test_a_default_provider_is_seen(workspace: Path) -> None:
    """The engine makes it by itself, so that no case can declare it."""

    def program() -> None:
        pulumi.CustomResource("gcp:pubsub/topic:Topic", "topic", {"name": "topic", "project": "p2p-nodes-test"})

    found = {
        event.resource_urn.rpartition("::")[2]: event.message
        for event in preview(workspace, program)
        if event.policy_name == OF_THE_ENGINES_OWN
    }
    assert list(found) == ["default"]
    assert 'given Topic "topic"' in found["default"]
