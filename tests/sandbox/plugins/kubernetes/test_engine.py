"""The plugin under the real engine: what reaches the state, and what a first preview catches."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
import pytest
from pulumi import automation as auto

from sandbox.layout import CHECKOUT, Layout
from sandbox.toolchain import Silent, Toolset, resolve

pytestmark = [
    pytest.mark.engine,
    # A program that fails leaves a coroutine of the SDK behind, which complains when it is collected.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PLANTED = "hunter2-planted-secret"
Program = Callable[[], None]


@pytest.fixture(scope="module")
def engine_bin() -> Path:
    return resolve(("pulumi",), Silent()).path("pulumi").parent


@pytest.fixture
def stack_of(controlplane: Layout, toolset: Toolset, engine_bin: Path) -> Iterator[Callable[[Program], auto.Stack]]:
    with tempfile.TemporaryDirectory() as folder:
        yield lambda program: _stack(Path(folder), program, controlplane, toolset.schemas, engine_bin)


def _stack(folder: Path, program: Program, controlplane: Layout, schemas: Path, engine_bin: Path) -> auto.Stack:
    plugin = folder / "plugin"
    plugin.mkdir(exist_ok=True)
    executable = plugin / "pulumi-resource-kubernetes"
    executable.write_text(f'#!/bin/sh\nexec {sys.executable} -m sandbox.plugins.kubernetes "$@"\n')
    executable.chmod(0o755)
    plugins = {"providers": [{"name": "kubernetes", "path": str(plugin)}]}
    (folder / "Pulumi.yaml").write_text(json.dumps({"name": "p", "runtime": "python", "plugins": plugins}))
    state = folder / "state"
    state.mkdir(exist_ok=True)
    environment = {
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_BACKEND_URL": f"file://{state}",
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PYTHONPATH": str(CHECKOUT),
        "PATH": f"{engine_bin}:{os.environ['PATH']}",
        "SANDBOX_HOME": str(controlplane.root),
        "SANDBOX_SCHEMAS": str(schemas),
    }
    os.environ["PATH"] = environment["PATH"]
    return auto.create_or_select_stack(
        "test",
        project_name="p",
        program=program,
        work_dir=str(folder),
        opts=auto.LocalWorkspaceOptions(env_vars=environment, work_dir=str(folder)),
    )


def provider_of(kubeconfig: Any) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(provider=k8s.Provider("cluster", kubeconfig=kubeconfig))


def set_of(options: pulumi.ResourceOptions, annotations: dict[str, str], **spec: Any) -> None:
    labels = {"app": "engine"}
    container = {"name": "c", "image": "busybox:1.36"}
    whole: Any = {
        "service_name": "x",
        "selector": {"match_labels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        **spec,
    }
    metadata: Any = {"name": "engine-test", "namespace": "default", "annotations": annotations}
    k8s.apps.v1.StatefulSet(
        "set",
        metadata=metadata,
        spec=whole,
        opts=options,
    )


def resources(stack: auto.Stack) -> dict[str, dict[str, Any]]:
    exported = stack.export_stack().deployment
    return {entry["urn"].rpartition("::")[2]: entry for entry in (exported or {}).get("resources", [])}


def test_created_but_not_ready_stays_in_the_state_and_the_next_update_continues(
    stack_of: Callable[[Program], auto.Stack], kubeconfig: str
) -> None:
    annotations = {"pulumi.com/timeoutSeconds": "2"}
    stack = stack_of(lambda: set_of(provider_of(kubeconfig), annotations))
    with pytest.raises(auto.CommandError, match="is not ready after 2 s: waiting for 1 pods to be ready") as caught:
        stack.up()
    assert "Traceback" not in str(caught.value)
    held = resources(stack)["set"]
    assert held["id"] == "default/engine-test"
    assert held["initErrors"]
    annotations["pulumi.com/skipAwait"] = "true"
    continued = stack.up()
    assert continued.summary.resource_changes == {"same": 2, "update": 1}
    assert "initErrors" not in resources(stack)["set"]
    assert resources(stack)["set"]["outputs"]["metadata"]["uid"] == held["outputs"]["metadata"]["uid"]
    assert stack.up().summary.resource_changes == {"same": 3}
    stack.destroy()
    assert not resources(stack)


def test_a_misspelled_field_fails_the_preview_before_there_is_a_cluster(
    stack_of: Callable[[Program], auto.Stack], kubeconfig: str
) -> None:
    def program(**spec: Any) -> None:
        first = k8s.core.v1.ConfigMap(
            "stands-for-the-cluster",
            metadata={"name": "engine-first", "namespace": "default"},
            opts=pulumi.ResourceOptions(provider=k8s.Provider("first", kubeconfig=kubeconfig)),
        )
        later = first.metadata.apply(lambda metadata: kubeconfig if metadata.uid else "")
        set_of(provider_of(later), {"pulumi.com/skipAwait": "true"}, **spec)

    with pytest.raises(auto.CommandError, match=r"spec\.replcas: unknown field; did you mean 'replicas'\?"):
        stack_of(lambda: program(replcas=2)).preview()
    stack = stack_of(program)
    assert stack.preview().change_summary == {"create": 5}
    assert stack.up().summary.resource_changes == {"create": 5}
    assert stack.preview().change_summary == {"same": 5}
    stack.destroy()


def test_a_replacement_deletes_first_and_a_secret_is_never_plain(
    stack_of: Callable[[Program], auto.Stack], kubeconfig: str, controlplane: Layout
) -> None:
    content = {"token": PLANTED}

    def program() -> None:
        made = k8s.core.v1.Secret(
            "secret",
            metadata={"name": "engine-secret", "namespace": "default"},
            string_data=content,
            opts=provider_of(kubeconfig),
        )
        pulumi.export("data", made.data)

    stack = stack_of(program)
    stack.up()
    content["token"] = PLANTED + "-2"
    assert stack.preview().change_summary == {"same": 2, "replace": 1}
    assert stack.up().summary.resource_changes == {"same": 2, "replace": 1}
    stack.refresh()
    assert stack.up().summary.resource_changes == {"same": 3}
    exported = subprocess.run(
        ["pulumi", "stack", "export", "--stack", "test"],
        cwd=stack.workspace.work_dir,
        env={**os.environ, **stack.workspace.env_vars},
        check=True,
        capture_output=True,
        text=True,
    )
    for place, text in {
        "state": next(Path(stack.workspace.work_dir).glob("state/.pulumi/stacks/p/test.json")).read_text(),
        "export": exported.stdout,
    }.items():
        assert "engine-secret" in text, place
        assert PLANTED not in text, place
        assert "aHVudGVyMi" not in text, f"{place}: nor in base64"
    log = (controlplane.logs / "plugin-kubernetes.log").read_text()
    assert PLANTED not in log
    assert "aHVudGVyMi" not in log
    stack.destroy()
