"""Who may ask the metrics API, on real connections."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any, cast

import pytest

from sandbox.controlplane import free_ports
from sandbox.controlplane.certificates import Authority
from sandbox.controlplane.front_proxy import CLIENT
from sandbox.dataplane.api_server import ApiServer, ApiUnreachable
from sandbox.vertical_autoscaling.metrics import ROOT
from sandbox.vertical_autoscaling.metrics_server import Options, server
from sandbox.vertical_autoscaling.usage import TABLE
from tests.sandbox.vertical_autoscaling.pods import pod


@dataclass(kw_only=True)
class Served:
    """A metrics API that runs, and who vouches for its clients. `pods` is None while the API server is away."""

    port: int
    folder: Path
    authority: Authority
    pods: list[dict[str, Any]] | None

    def get(self, path: str) -> dict[str, Any]:
        """As the server asks for the pods."""
        assert path == "/api/v1/pods"
        if self.pods is None:
            raise ApiUnreachable("it is away")
        return {"items": self.pods}

    def ask(self, path: str, client: str = CLIENT, authority: Authority | None = None) -> tuple[int, dict[str, Any]]:
        """Asks with a certificate of this name."""
        files = self.folder / "client.crt", self.folder / "client.key"
        (authority or self.authority).write_leaf(*files, client)
        context = ssl.create_default_context(cafile=str(self.folder / "serving-ca.crt"))
        context.load_cert_chain(*files)
        connection = HTTPSConnection("127.0.0.1", self.port, timeout=10, context=context)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    clients, serving = Authority.made("clients"), Authority.made("serving")
    (tmp_path / "client-ca.crt").write_bytes(clients.certificate_pem())
    (tmp_path / "serving-ca.crt").write_bytes(serving.certificate_pem())
    serving.write_leaf(tmp_path / "serving.crt", tmp_path / "serving.key", "metrics")
    (port,) = free_ports(1)
    options = Options(
        port=port,
        certificate=tmp_path / "serving.crt",
        key=tmp_path / "serving.key",
        client_ca=tmp_path / "client-ca.crt",
        profile=TABLE,
        began=0.0,
        namespace="p2p-node",
        stateful_set="p2p-node",
    )
    made = Served(port=port, folder=tmp_path, authority=clients, pods=[pod(limit=None)])
    listening = server(options, cast("ApiServer", made))
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield made
    listening.shutdown()
    listening.server_close()


def test_the_api_server_is_answered_by_the_profile(served: Served) -> None:
    status, body = served.ask(f"{ROOT}/pods")
    assert (status, body["kind"]) == (200, "PodMetricsList")
    # It began in 1970: usage is at its end.
    assert body["items"][0]["containers"][0]["usage"]["memory"] == f"{6500 * 1024}Ki"


def test_another_client_of_the_same_authority_is_refused(served: Served) -> None:
    assert served.ask(f"{ROOT}/pods", client="somebody")[0] == 401


def test_a_client_that_only_says_it_is_the_api_server_is_refused(served: Served) -> None:
    with pytest.raises((ssl.SSLError, ConnectionError)):
        served.ask(f"{ROOT}/pods", authority=Authority.made("clients"))


@pytest.mark.parametrize("query", ["labelSelector=a%3Db", "fieldSelector=x", "watch=true"])
def test_what_it_does_not_know_is_refused_and_not_ignored(served: Served, query: str) -> None:
    assert served.ask(f"{ROOT}/pods?{query}")[0] == 400


def test_without_an_api_server_it_says_so(served: Served) -> None:
    served.pods = None
    status, body = served.ask(f"{ROOT}/pods")
    assert (status, body["message"]) == (503, "it is away")
