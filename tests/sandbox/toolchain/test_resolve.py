from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.layout import CHECKOUT
from sandbox.toolchain import ToolchainError, resolve
from tests.sandbox.toolchain.machine import Heard, Machine

RESOLVE = """
import sys
from sandbox.toolchain import resolve
class Show:
    def report(self, tool, state, detail):
        print(tool, state, detail, flush=True)
resolve(sys.argv[1:], Show())
"""


def in_a_process(machine: Machine, *names: str) -> subprocess.Popen[str]:
    environment = {**machine.environment, "PYTHONPATH": str(CHECKOUT), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(
        [sys.executable, "-c", RESOLVE, *names],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_builds_once_then_uses_the_cache(machine: Machine, heard: Heard) -> None:
    built = resolve(["kwok"], heard, environment=machine.environment)
    assert (built.tools["kwok"].origin, built.tools["kwok"].version) == ("built", "v0.7.0")
    assert heard.states("kwok")[-1] == "built"
    again = resolve(["kwok"], environment=machine.environment)
    assert (again.tools["kwok"].origin, again.path("kwok")) == ("cache", built.path("kwok"))
    assert len(machine.commands()) == 1
    assert "-mod=readonly" in machine.commands()[0]
    assert machine.files() == {"kwok"}


def test_path_comes_before_the_cache_and_a_wrong_version_is_said(machine: Machine, heard: Heard) -> None:
    resolve(["kwok"], environment=machine.environment)
    file = machine.put("kwok", "kwok version v0.7.0")
    assert resolve(["kwok"], environment=machine.environment).path("kwok") == file
    machine.put("kwok", "kwok version v0.6.0")
    assert resolve(["kwok"], heard, environment=machine.environment).tools["kwok"].origin == "cache"
    assert heard.news[0] == ("kwok", "skipped", f"skipped {file} on PATH: it is v0.6.0, v0.7.0 is pinned")


def test_a_tool_that_does_not_tell_its_version_is_read(machine: Machine, heard: Heard) -> None:
    built = resolve(["vpa-updater"], environment=machine.environment)
    assert (built.tools["vpa-updater"].origin, built.tools["vpa-updater"].version) == ("built", "v1.5.1")
    file = machine.put("vpa-updater", "")
    file.write_text("k8s.io/autoscaler/vertical-pod-autoscaler\tv1.4.0\th1:x=")
    assert resolve(["vpa-updater"], heard, environment=machine.environment).tools["vpa-updater"].origin == "cache"
    assert heard.news[0] == ("vpa-updater", "skipped", f"skipped {file} on PATH: it is v1.4.0, v1.5.1 is pinned")
    file.write_text("k8s.io/autoscaler/vertical-pod-autoscaler\tv1.5.1\th1:x=")
    assert resolve(["vpa-updater"], environment=machine.environment).path("vpa-updater") == file


def test_a_finished_tool_of_another_version_than_pinned_is_refused(machine: Machine) -> None:
    with pytest.raises(ToolchainError, match=r"the finished vpa-updater reports v1\.6\.0 instead of v1\.5\.1"):
        resolve(["vpa-updater"], environment={**machine.environment, "FAKE_BUILT_FROM": "v1.6.0"})
    assert machine.files() == set()


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        ("midway", ["Building kwok into ", "undefined: y", "What go says above is the cause"]),
        ("full", ["The disk is full: building kwok stopped", "Free: ", "GB", "P2P_NODES_CACHE"]),
        ("killed", ["signal: killed", "want of memory"]),
        ("wrong", ["the finished kwok reports v9.9.9 instead of v0.7.0"]),
    ],
)
def test_a_failed_build_leaves_nothing_and_says_what_to_do(machine: Machine, ending: str, words: list[str]) -> None:
    with pytest.raises(ToolchainError) as raised:
        resolve(["kwok"], environment={**machine.environment, "FAKE_GO": ending})
    assert [word for word in [*words, "run the same command again"] if word not in str(raised.value)] == []
    assert machine.files() == set()


def test_finished_tools_are_kept_when_a_later_one_fails(machine: Machine) -> None:
    names = ["etcd", "kube-apiserver", "kubectl"]
    with pytest.raises(ToolchainError, match=r"(?s)Building kube-apiserver, kubectl .* kept \(etcd\)") as raised:
        resolve(names, environment={**machine.environment, "FAKE_GO": "second-midway"})
    assert "undefined: y" in str(raised.value)
    assert machine.files() == {"etcd"}
    resolve(names, environment={**machine.environment})
    assert machine.files() == set(names)
    assert sum("etcd" in command for command in machine.commands()) == 1


def test_a_cache_that_cannot_be_written_is_one_message(machine: Machine) -> None:
    machine.cache.write_text("a file where the folder should be")
    with pytest.raises(ToolchainError, match=r"Building kwok into .* failed"):
        resolve(["kwok"], environment=machine.environment)


@pytest.mark.parametrize("also", [(), ("pulumi",)])
def test_ctrl_c_ends_the_builds_and_leaves_no_half_built_tool(machine: Machine, also: tuple[str, ...]) -> None:
    machine.environment["FAKE_GO"] = "hanging"
    process = in_a_process(machine, "kwok", *also)
    hangs = Path(f"{machine.log}.hangs")
    until(hangs.exists)
    os.kill(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=20)
    assert process.returncode == -signal.SIGINT or "KeyboardInterrupt" in errors
    assert "tools stopping ending the builds of" in output
    assert "interrupted" in machine.commands()
    assert machine.files() == set()


def test_what_a_killed_builder_left_is_removed_by_the_next(machine: Machine) -> None:
    machine.environment["FAKE_GO"] = "slow"
    process = in_a_process(machine, "kwok")
    until(lambda: any(name.endswith(".partial") for name in machine.files()))
    process.kill()
    process.communicate()
    time.sleep(2.2)  # the fake go outlives its parent, as the real one does, and finishes its partial file
    assert any(name.endswith(".partial") for name in machine.files())
    machine.environment["FAKE_GO"] = ""
    resolve(["kwok"], environment=machine.environment)
    assert machine.files() == {"kwok"}


def test_two_checkouts_build_once_and_the_second_says_that_it_waits(machine: Machine) -> None:
    machine.environment["FAKE_GO"] = "slow"
    first = in_a_process(machine, "kwok")
    until(machine.commands)
    second = in_a_process(machine, "kwok")
    outputs = [process.communicate(timeout=30)[0] for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0)
    assert f"kwok waiting process {first.pid} is building into" in outputs[1]
    assert len(machine.commands()) == 1


def test_schemas_are_copied_out_of_the_modules(machine: Machine, tmp_path: Path) -> None:
    modules = tmp_path / "modules"
    vpa = modules / "k8s.io/autoscaler/vertical-pod-autoscaler/deploy"
    snapshots = modules / "github.com/kubernetes-csi/external-snapshotter/client/v8/config/crd"
    openapi = modules / "k8s.io/kubernetes/api/openapi-spec"
    for folder in (vpa, snapshots, openapi):
        folder.mkdir(parents=True)
    (vpa / "vpa-v1-crd-gen.yaml").write_text("vpa")
    (openapi / "swagger.json").write_text("{}")
    kinds = ("volumesnapshotclasses", "volumesnapshotcontents", "volumesnapshots")
    for kind in kinds:
        file = snapshots / f"snapshot.storage.k8s.io_{kind}.yaml"
        file.write_text(kind)
        file.chmod(0o444)  # as the module cache has it
    schemas = resolve(["schemas"], environment=machine.environment).schemas
    copied = {file.name for file in (schemas / "crds").iterdir()}
    assert copied == {"vpa-v1-crd-gen.yaml", *(f"snapshot.storage.k8s.io_{kind}.yaml" for kind in kinds)}
    assert (schemas / "swagger.json").read_text() == "{}"
    shutil.rmtree(schemas)


def test_schemas_that_are_missing_in_a_module_leave_nothing(machine: Machine) -> None:
    with pytest.raises(ToolchainError, match=r"Building schemas into .* failed"):
        resolve(["schemas"], environment=machine.environment)
    assert machine.files() == set()


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < deadline, "the process under test did not get that far"
        time.sleep(0.05)
