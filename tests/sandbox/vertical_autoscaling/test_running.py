"""The metrics API behind a real API server, and what a killed run leaves."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from sandbox.controlplane import Processes, read_endpoint
from sandbox.controlplane.endpoint import write_kubeconfig
from sandbox.dataplane.api_server import ApiRefused, ApiServer
from sandbox.layout import Layout
from sandbox.vertical_autoscaling import objects
from sandbox.vertical_autoscaling.metrics import ROOT
from sandbox.vertical_autoscaling.running import METRICS, Place, end_leftovers, start_metrics, undisturbed
from sandbox.vertical_autoscaling.usage import TABLE

pytestmark = pytest.mark.controlplane


@pytest.fixture
def place(controlplane: Layout) -> Iterator[Place]:
    made = Place(
        layout=controlplane, server=ApiServer(controlplane.kubeconfig), processes=Processes(layout=controlplane)
    )
    made.folder.mkdir(exist_ok=True)
    yield made
    end_leftovers(made)


def soon(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def answers(server: ApiServer) -> bool:
    try:
        return bool(server.get(f"{ROOT}/pods")["kind"] == "PodMetricsList")
    except ApiRefused:
        return False


def test_the_api_server_serves_it_until_it_is_ended(place: Place) -> None:
    start_metrics(place, profile=TABLE, namespace="p2p-node", stateful_set="p2p-node")
    soon(lambda: answers(place.server))
    assert end_leftovers(place)
    assert not objects.left_behind(place.server)
    assert [state.name for state in place.processes.states() if state.name == METRICS] == []
    soon(lambda: not answers(place.server))
    assert not end_leftovers(place)


def test_what_a_killed_run_left_is_found_without_its_processes(place: Place) -> None:
    webhook = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": objects.WEBHOOK.rpartition("/")[2]},
    }
    objects.store(place.server, objects.rights())
    place.server.create(objects.WEBHOOK.rpartition("/")[0], webhook)
    assert end_leftovers(place)
    left = [stored.path for stored in objects.rights() if objects.is_there(place.server, stored.path)]
    assert left == []
    assert not objects.is_there(place.server, objects.WEBHOOK)


def test_a_run_that_was_killed_after_its_first_object_is_found(place: Place) -> None:
    objects.store(place.server, objects.rights()[:1])
    assert end_leftovers(place)
    assert not end_leftovers(place)


def test_a_run_that_was_killed_before_its_metrics_is_found(place: Place) -> None:
    objects.store(place.server, objects.rights())
    assert end_leftovers(place)
    assert [stored.path for stored in objects.rights() if objects.is_there(place.server, stored.path)] == []


def test_a_removal_that_was_killed_is_taken_up_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    objects.store(place.server, objects.rights())
    delete, deleted = ApiServer.delete, 0

    def killed_before_the_last(server: ApiServer, path: str) -> None:
        nonlocal deleted
        deleted += objects.is_there(server, path)
        if deleted == len(objects.rights()):
            raise KeyboardInterrupt
        delete(server, path)

    with monkeypatch.context() as patch:
        patch.setattr(ApiServer, "delete", killed_before_the_last)
        with pytest.raises(KeyboardInterrupt):
            objects.remove(place.server)
    assert end_leftovers(place)
    assert not objects.left_behind(place.server)


def test_an_account_has_the_rights_of_its_program_and_no_more(place: Place) -> None:
    objects.store(place.server, objects.rights())
    # What is there already stays.
    objects.store(place.server, objects.rights())
    endpoint = read_endpoint(place.layout.endpoint)
    kubeconfig = place.folder / "updater.kubeconfig"
    write_kubeconfig(kubeconfig, endpoint, place.pki.ca, "vpa-updater", objects.token(place.server, "vpa-updater"))
    updater = ApiServer(kubeconfig)
    assert updater.get("/api/v1/pods")["kind"] == "PodList"
    with pytest.raises(ApiRefused, match=r"vpa-updater.*cannot list resource .secrets"):
        updater.get("/api/v1/secrets")
    objects.remove(place.server)


def test_an_interrupt_comes_to_nothing_while_it_must_not_and_counts_again_after() -> None:
    with undisturbed():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
