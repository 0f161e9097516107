"""The REST client: the server's words, and what is said when there is no server."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest

from sandbox.plugins.failures import PartialFailure, ResourceRefused
from sandbox.plugins.kubernetes.client import ApiError, ApiServer, KindNotServed, Resource, Unreachable, _answer
from sandbox.plugins.kubernetes.kubeconfig import active_cluster, connect, parse_kubeconfig
from sandbox.plugins.kubernetes.tokens import Kind
from sandbox.plugins.kubernetes.values import Object

NAMESPACED = Resource(kind=Kind(api_version="apps/v1", name="StatefulSet"), plural="statefulsets", namespaced=True)
CLUSTER = Resource(kind=Kind(api_version="v1", name="Namespace"), plural="namespaces", namespaced=False)


@pytest.mark.parametrize(
    ("resource", "namespace", "name", "path"),
    [
        (NAMESPACED, "n", "a", "/apis/apps/v1/namespaces/n/statefulsets/a"),
        (NAMESPACED, "n", "", "/apis/apps/v1/namespaces/n/statefulsets"),
        (CLUSTER, "", "a", "/api/v1/namespaces/a"),
        (CLUSTER, "n", "a", "/api/v1/namespaces/a"),
    ],
)
def test_paths(resource: Resource, namespace: str, name: str, path: str) -> None:
    assert resource.path(namespace, name) == path


def test_an_error_is_the_servers_message() -> None:
    status = {"kind": "Status", "message": 'configmaps "x" not found', "reason": "NotFound", "details": {"name": "x"}}
    with pytest.raises(ApiError) as caught:
        _answer(404, json.dumps(status).encode())
    assert str(caught.value) == 'configmaps "x" not found'
    assert (caught.value.code, caught.value.reason, caught.value.details) == (404, "NotFound", {"name": "x"})


def test_an_error_that_is_no_status_is_told_as_it_is() -> None:
    with pytest.raises(ApiError, match="upstream is down"):
        _answer(502, b"upstream is down\n")


def server_at(port: int) -> ApiServer:
    config = {
        "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "users": [{"name": "u", "user": {"token": "t"}}],
        "current-context": "x",
    }
    parsed = parse_kubeconfig(json.dumps(config))
    return ApiServer(connect(parsed, active_cluster(parsed), cluster="", connections=2))


def test_no_server_is_one_sentence_with_what_to_run(free_port: int) -> None:
    begun = time.monotonic()
    with pytest.raises(Unreachable) as caught:
        server_at(free_port).get(CLUSTER, "", "x")
    assert str(caught.value) == (
        f"the Kubernetes API server http://127.0.0.1:{free_port} does not answer (connection refused); "
        "`make status` shows what runs, `make up` starts what is missing and continues"
    )
    assert time.monotonic() - begun < 5


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def forwarded(server: str) -> Iterator[tuple[str, Callable[[], None]]]:
    """(URL, stop): a way to the API server that can be cut."""
    to = urlsplit(server)
    listener = socket.create_server(("127.0.0.1", 0))
    open_sockets = [listener]

    def pump(source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass

    def accept() -> None:
        while True:
            try:
                one, _ = listener.accept()
            except OSError:
                return
            other = socket.create_connection((to.hostname, to.port))
            open_sockets.extend((one, other))
            for pair in ((one, other), (other, one)):
                threading.Thread(target=pump, args=pair, daemon=True).start()

    def stop() -> None:
        for each in open_sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"https://127.0.0.1:{listener.getsockname()[1]}", stop
    finally:
        stop()


@pytest.mark.controlplane
def test_a_server_that_dies_during_a_wait_ends_it_soon_and_keeps_the_object(
    kubeconfig: str, new_driver: Callable[..., Any], namespace: str
) -> None:
    config = json.loads(kubeconfig)
    with forwarded(config["clusters"][0]["cluster"]["server"]) as (url, stop):
        config["clusters"][0]["cluster"]["server"] = url
        driver = new_driver(kubeconfig=json.dumps(config))
        claim = {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "never-ready", "namespace": namespace},
            "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]},
        }
        threading.Timer(1.5, stop).start()
        begun = time.monotonic()
        with pytest.raises(PartialFailure, match="does not answer") as caught:
            driver.create("kubernetes:core/v1:Service", claim)
        assert time.monotonic() - begun < 30
        assert caught.value.resource_id == f"{namespace}/never-ready"
        with pytest.raises(ResourceRefused, match="make up"):
            driver.create("kubernetes:core/v1:Service", claim)


@pytest.mark.controlplane
def test_discovery_asks_once_and_again_when_a_kind_is_missing(kubeconfig: str, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = parse_kubeconfig(kubeconfig)
    server = ApiServer(connect(parsed, active_cluster(parsed), cluster="", connections=2))
    asked = []
    request = server.request

    def counted(method: str, path: str) -> Object:
        asked.append(path)
        return request(method, path)

    monkeypatch.setattr(server, "request", counted)
    for _ in range(2):
        assert server.resource(NAMESPACED.kind) == NAMESPACED
    assert asked == ["/apis/apps/v1"]
    for _ in range(2):
        with pytest.raises(KindNotServed):
            server.resource(Kind(api_version="apps/v1", name="Nothing"))
    assert asked == ["/apis/apps/v1"] * 3
