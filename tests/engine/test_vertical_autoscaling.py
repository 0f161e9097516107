"""Memory follows demand: the real recommender, updater and admission controller on the program's own nodes."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from operations.adapters.console import Progress
from sandbox.controlplane import Processes
from sandbox.dataplane.api_server import ApiServer
from sandbox.dataplane.machines import catalogue
from sandbox.toolchain import Toolset, resolve
from sandbox.vertical_autoscaling import objects
from sandbox.vertical_autoscaling.command import TOOLS, demonstrate
from sandbox.vertical_autoscaling.components import NAMES, flags
from sandbox.vertical_autoscaling.running import PROCESSES
from sandbox.vertical_autoscaling.target import AUTOSCALERS
from tests.control_planes import ToTerminal
from tests.engine.running import RunningStack, running_stack
from tests.sandbox.vertical_autoscaling.outages import one_after_the_other, outages, samples
from tests.sandbox.vertical_autoscaling.test_components import SETTINGS

pytestmark = pytest.mark.engine

NODES = ["p2p-node-0", "p2p-node-1"]
PODS = "/api/v1/namespaces/p2p-node/pods"
CLAIMS = "/api/v1/namespaces/p2p-node/persistentvolumeclaims"
MOST_MIB = 6500
USAGE = f"""seconds,memory_mib,cpu_millicores
0,1400,400
20,1400,400
22,3400,400
50,3400,400
52,{MOST_MIB},400
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    with pytest.MonkeyPatch.context() as patch:
        # Nodes are ready again after 6 s; the autoscaler works in real time whatever the speed.
        patch.setenv("SANDBOX_SPEED", "2400")
        with running_stack(tmp_path_factory.mktemp("vertical-autoscaling")) as made:
            yield made


@pytest.fixture(scope="module")
def tools() -> Toolset:
    return resolve(TOOLS, ToTerminal())


@pytest.fixture
def usage(tmp_path: Path) -> Path:
    file = tmp_path / "usage.csv"
    file.write_text(USAGE)
    return file


def volumes(server: ApiServer) -> dict[str, tuple[str, str]]:
    """By the name of the claim, which one it is and what it is bound to."""
    claims = server.get(CLAIMS)["items"]
    return {claim["metadata"]["name"]: (claim["metadata"]["uid"], claim["spec"]["volumeName"]) for claim in claims}


def documented(program: Path) -> dict[str, str]:
    """The flags in a program's own help, with their defaults; empty where it tells none, `false` of a switch."""
    help_text = subprocess.run([program, "--help"], capture_output=True, text=True, check=False).stderr
    flag = re.compile(
        r"^ +(?:-\w, )?--(?P<name>[\w-]+)(?: (?P<type>\w+))?(?:   .*?(?:\(default (?P<default>.*)\))?)?$", re.MULTILINE
    )
    return {
        found["name"]: short(found["default"]) if found["default"] else "" if found["type"] else "false"
        for found in flag.finditer(help_text)
    }


def short(default: str) -> str:
    """A default as one writes it: without quotes, and without the minutes and seconds that Go adds to 24h."""
    return re.sub(r"(?<=m)0s$", "", re.sub(r"(?<=h)0m0s$", "", default.strip('"')))


def require_nothing_left(stack: RunningStack, server: ApiServer) -> None:
    names = {state.name for state in Processes(layout=stack.layout).states()}
    assert names & set(PROCESSES) == set()
    paths = [objects.WEBHOOK, objects.API_SERVICE, objects.STATUS_LEASE, *(stored.path for stored in objects.rights())]
    assert [path for path in paths if objects.is_there(server, path)] == []
    assert server.get(objects.CHECKPOINTS)["items"] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_defaults_that_are_printed_are_the_programs_own(tools: Toolset, name: str) -> None:
    theirs = documented(tools.path(name))
    ours = {flag.name: "" if flag.default.startswith("none") else flag.default for flag in flags(SETTINGS)[name]}
    assert {flag: theirs.get(flag, "there is no such flag") for flag in ours} == ours


def test_interrupted_with_everything_at_work_it_leaves_nothing(
    stack: RunningStack, tools: Toolset, usage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = ApiServer(stack.layout.kubeconfig)
    said = Progress.notes

    def interrupt(progress: Progress, text: str) -> None:
        said(progress, text)
        if text == "vpa-updater is at work":
            assert objects.is_there(server, objects.WEBHOOK)
            raise KeyboardInterrupt

    monkeypatch.setattr(Progress, "notes", interrupt)
    with pytest.raises(KeyboardInterrupt):
        demonstrate(stack.layout, tools, stack.console, profile_file=usage)
    require_nothing_left(stack, server)


def test_requests_follow_usage_one_node_at_a_time_on_larger_machines_with_the_same_disks(
    stack: RunningStack, tools: Toolset, usage: Path, tmp_path: Path
) -> None:
    server = ApiServer(stack.layout.kubeconfig)
    disks = volumes(server)
    pods = {pod["metadata"]["uid"] for pod in server.get(PODS)["items"]}
    told = len(stack.said())

    shown = demonstrate(stack.layout, tools, stack.console, profile_file=usage, output=tmp_path)

    recorded = shown.recording.samples
    first, last = recorded[0], recorded[-1]
    # Each that went is ready again before the next one goes. Which goes first is the updater's choice.
    assert shown.recording.most_down() == 1
    table = samples((tmp_path / "samples.csv").read_text())
    down = outages(table)
    assert {outage.pod for outage in down} == set(NODES)
    assert one_after_the_other(down), down
    # Every pod of a name, of all that there were, has the claim of its ordinal; that one is bound to the same volume.
    assert {(row["pod"], row["claims"]) for rows in table for row in rows if row["request_mib"]} == {
        (name, f"data-{name}") for name in NODES
    }
    assert volumes(server) == disks
    assert sorted(disks) == [f"data-{name}" for name in NODES]
    for name in NODES:
        before, after = first.pods[name], last.pods[name]
        assert after.restarts >= 1
        assert (before.request_mib, before.limit_mib) == (2048, 4096)
        assert after.request_mib is not None
        assert after.limit_mib is not None
        assert after.request_mib >= MOST_MIB
        assert after.limit_mib == pytest.approx(2 * after.request_mib, abs=1)
        assert catalogue()[after.machine].memory_gib > catalogue()[before.machine].memory_gib
        assert after.node != before.node
    # The updater evicted them, and every eviction it tells of is a restart.
    assert pods <= shown.scene.evicted
    assert len(shown.scene.evicted) <= sum(shown.recording.restarts().values())

    assert writers_of_status(server) == {"vpa-recommender"}
    text = stack.said()[told:]
    assert "--memory-aggregation-interval" in text
    assert "e2-highmem-2 of node pool nap-" in text
    assert (tmp_path / "picture.svg").read_text().startswith("<svg")
    assert len(table) == len(recorded)
    require_nothing_left(stack, server)

    run = stack.preview({})
    assert run.succeeded
    assert run.changes == ()


def writers_of_status(server: ApiServer) -> set[str]:
    (autoscaler,) = server.get(AUTOSCALERS)["items"]
    fields: list[dict[str, Any]] = autoscaler["metadata"]["managedFields"]
    return {entry["manager"] for entry in fields if "f:status" in entry["fieldsV1"]}
