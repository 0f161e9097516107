"""The real etcd, API server, controller manager and scheduler, started, killed, damaged and stopped."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from sandbox.controlplane import ControlPlaneError, Endpoint, ProcessState, read_endpoint, start, status, stop
from sandbox.controlplane.api import Api
from sandbox.controlplane.ports import is_free
from sandbox.layout import Layout
from sandbox.toolchain import Toolset, resolve

pytestmark = pytest.mark.controlplane

NAMES = {"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"}
CRDS = {
    "computeclasses.cloud.google.com",
    "verticalpodautoscalers.autoscaling.k8s.io",
    "volumesnapshots.snapshot.storage.k8s.io",
    "volumesnapshotclasses.snapshot.storage.k8s.io",
    "volumesnapshotcontents.snapshot.storage.k8s.io",
}


@pytest.fixture(scope="module")
def layout(toolset: Toolset, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Layout]:
    """A control plane of this file's own: its tests kill and damage it."""
    layout = Layout(root=tmp_path_factory.mktemp("lifecycle").resolve())
    try:
        start(layout, toolset)
        yield layout
    finally:
        stop(layout)


def api(layout: Layout, token: str | None = None) -> Api:
    endpoint = read_endpoint(layout.endpoint)
    port = int(endpoint.host.rpartition(":")[2])
    return Api(port, layout.controlplane / "pki" / "ca.crt", token or endpoint.token)


def states(layout: Layout) -> dict[str, ProcessState]:
    return {state.name: state for state in status(layout).processes}


def remembered(layout: Layout) -> dict[str, int]:
    return dict(json.loads((layout.controlplane / "ports.json").read_text()))


def kill(layout: Layout, name: str) -> None:
    os.kill(states(layout)[name].pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    # Its last thread may hold the port a moment longer than its first one lives.
    while states(layout)[name].state == "running" or not is_free(remembered(layout)[name]):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_all_four_run_and_the_server_is_ready(layout: Layout) -> None:
    now = status(layout)
    assert {state.name for state in now.processes if state.state == "running"} == NAMES
    assert now.ready
    assert now.server == read_endpoint(layout.endpoint).server


def test_nothing_listens_beyond_loopback(layout: Layout) -> None:
    listening = [
        connection.laddr
        for state in states(layout).values()
        for connection in psutil.Process(state.pid).net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert {address.port for address in listening} == set(remembered(layout).values())
    assert {address.ip for address in listening} == {"127.0.0.1"}


def test_the_version_and_the_crds_are_the_pinned_ones(layout: Layout) -> None:
    version = api(layout).get("/version").json
    assert (version["gitVersion"], version["minor"]) == ("v1.36.3", "36")
    crds = api(layout).get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions").json["items"]
    assert {crd["metadata"]["name"] for crd in crds} >= CRDS
    assert api(layout).get("/apis/autoscaling.k8s.io/v1/verticalpodautoscalers").status == 200
    assert api(layout).get("/apis/snapshot.storage.k8s.io/v1/volumesnapshots").status == 200


def test_who_has_no_token_or_a_lesser_one_is_kept_out(layout: Layout) -> None:
    secrets = "/api/v1/namespaces/kube-system/secrets"
    assert api(layout).get(secrets).status == 200
    assert api(layout, token="wrong").get(secrets).status == 401
    lines = (layout.controlplane / "pki" / "tokens.csv").read_text().splitlines()
    scheduler = next(line.split(",")[0] for line in lines if "system:kube-scheduler" in line)
    assert api(layout, token=scheduler).get(secrets).status == 403


def test_etcd_does_not_answer_without_a_certificate(layout: Layout) -> None:
    answer = Api(remembered(layout)["etcd"], layout.controlplane / "pki" / "ca.crt").get("/health")
    assert answer.status == 0


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"serviceAccountName": "nobody"}, 'serviceaccount "nobody" not found'),
        ({"priorityClassName": "none-such"}, "no PriorityClass with name none-such was found"),
    ],
)
def test_admission_is_on(layout: Layout, spec: dict[str, Any], words: str) -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "refused"},
        "spec": {"containers": [{"name": "a", "image": "example.com/a:1"}], **spec},
    }
    answer = api(layout).apply("/api/v1/namespaces/default/pods/refused", pod)
    assert answer.status == 403
    assert words in answer.json["message"]


def test_kubectl_gets_in_with_the_kubeconfig(layout: Layout) -> None:
    kubectl = resolve(["kubectl"]).path("kubectl")
    asked = subprocess.run(
        [kubectl, "--kubeconfig", layout.kubeconfig, "auth", "whoami", "-o", "jsonpath={.status.userInfo.groups}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "system:masters" in asked.stdout


def test_starting_again_changes_nothing(layout: Layout, toolset: Toolset) -> None:
    before = states(layout)
    endpoint = read_endpoint(layout.endpoint)
    assert start(layout, toolset) == endpoint
    assert states(layout) == before


@pytest.mark.parametrize("name", ["kube-apiserver", "etcd", "kube-controller-manager"])
def test_what_is_killed_is_noticed_and_restarted_with_its_data(layout: Layout, toolset: Toolset, name: str) -> None:
    path = f"/api/v1/namespaces/before-{name}"
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"before-{name}"}}
    assert api(layout).apply(path, body).status == 201
    others = {other: state.pid for other, state in states(layout).items() if other != name}
    endpoint = read_endpoint(layout.endpoint)
    kill(layout, name)
    if name == "kube-apiserver":
        assert not status(layout).ready
    assert start(layout, toolset) == endpoint
    assert status(layout).ready
    assert {other: state.pid for other, state in states(layout).items() if other != name} == others
    assert api(layout).get(path).status == 200


def test_a_foreign_process_on_the_port_is_named_and_nothing_is_given_to_it(layout: Layout, toolset: Toolset) -> None:
    kill(layout, "kube-apiserver")
    port = remembered(layout)["kube-apiserver"]
    with socket.create_server(("127.0.0.1", port)):
        assert not status(layout).ready
        with pytest.raises(ControlPlaneError, match=rf"port {port} of kube-apiserver is taken by .*{os.getpid()}"):
            start(layout, toolset)
    start(layout, toolset)
    assert status(layout).ready


def test_damaged_small_files_do_not_stop_a_start(layout: Layout, toolset: Toolset) -> None:
    before = read_endpoint(layout.endpoint)
    pids = {name: state.pid for name, state in states(layout).items()}
    layout.processes.write_text("{")
    assert {name: state.pid for name, state in states(layout).items()} == pids
    (layout.controlplane / "ports.json").write_text("{")
    assert start(layout, toolset).server == before.server
    assert status(layout).ready
    layout.endpoint.write_text("{")
    assert not status(layout).ready
    assert start(layout, toolset) == before


def test_stopping_leaves_no_process_and_no_port_and_starting_keeps_the_address(
    layout: Layout, toolset: Toolset, tmp_path: Path
) -> None:
    before: Endpoint = read_endpoint(layout.endpoint)
    pids = [state.pid for state in states(layout).values()]
    ports = remembered(layout)
    assert set(stop(layout)) == NAMES
    assert [pid for pid in pids if psutil.pid_exists(pid)] == []
    assert [name for name, port in ports.items() if not is_free(port)] == []
    assert (status(layout).processes, status(layout).ready) == ((), False)
    assert stop(layout) == ()
    assert start(layout, toolset) == before
    assert remembered(layout) == ports
