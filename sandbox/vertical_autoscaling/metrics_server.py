"""`python -m sandbox.vertical_autoscaling.metrics_server`: the simulated metrics API on loopback, until it is ended."""

from __future__ import annotations

import argparse
import json
import ssl
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sandbox.controlplane.front_proxy import CLIENT
from sandbox.dataplane.api_server import ApiRefused, ApiServer, ApiUnreachable
from sandbox.layout import Layout
from sandbox.vertical_autoscaling.metrics import Measured, answer, refusal
from sandbox.vertical_autoscaling.usage import Profile, ProfileInvalid

_REQUEST_SECONDS = 30


@dataclass(frozen=True, kw_only=True)
class Options:
    """`began` is when the profile's second 0 was, in seconds since the epoch."""

    port: int
    certificate: Path
    key: Path
    client_ca: Path
    profile: Path
    began: float
    namespace: str
    stateful_set: str

    @classmethod
    def read(cls, arguments: Sequence[str]) -> Options:
        """From the command line; ends the process with a usage text if it is wrong."""
        parser = argparse.ArgumentParser(prog="metrics_server")
        for name in ("certificate", "key", "client-ca", "profile"):
            parser.add_argument(f"--{name}", type=Path, required=True)
        for name in ("namespace", "stateful-set"):
            parser.add_argument(f"--{name}", required=True)
        parser.add_argument("--port", type=int, required=True)
        parser.add_argument("--began", type=float, required=True)
        return cls(**vars(parser.parse_args(arguments)))


def server(options: Options, pods: ApiServer) -> ThreadingHTTPServer:
    """An HTTPS server that answers the API server alone. Raises OSError, ProfileInvalid."""
    profile = Profile.read(options.profile)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = _REQUEST_SECONDS

        def do_GET(self) -> None:
            self._send(*self._answer())

        def log_message(self, format: str, *values: Any) -> None:
            """Says nothing of each request: there is one every few seconds."""

        def _answer(self) -> tuple[int, dict[str, Any]]:
            if common_name(self.connection) != CLIENT:
                return 401, refusal(401, "Unauthorized", "only the API server may ask")
            asked = urlsplit(self.path)
            if "Selector=" in asked.query or "watch=" in asked.query:
                return 400, refusal(400, "BadRequest", "the simulated metrics API knows neither selectors nor watches")
            now = datetime.now(UTC)
            measured = Measured(
                namespace=options.namespace,
                stateful_set=options.stateful_set,
                usage=profile.at(time.time() - options.began),
                timestamp=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            )
            try:
                return answer(asked.path, pods.get("/api/v1/pods")["items"], measured)
            except (ApiRefused, ApiUnreachable) as problem:
                return 503, refusal(503, "ServiceUnavailable", str(problem))

        def _send(self, status: int, body: dict[str, Any]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(options.client_ca))
    context.load_cert_chain(options.certificate, options.key)
    context.verify_mode = ssl.CERT_REQUIRED
    listening = ThreadingHTTPServer(("127.0.0.1", options.port), Handler)
    # Shaken hands with in the connection's own thread: one that says nothing must not keep the others waiting.
    listening.socket = context.wrap_socket(listening.socket, server_side=True, do_handshake_on_connect=False)
    return listening


def common_name(connection: Any) -> str:
    """The common name of the certificate that the other side proved to have; empty without one."""
    subject = (connection.getpeercert() or {}).get("subject", ())
    return next((value for part in subject for name, value in part if name == "commonName"), "")


def main(arguments: Sequence[str]) -> int:
    """Serves until the process is ended; 2 when the profile cannot be used."""
    options = Options.read(arguments)
    try:
        listening = server(options, ApiServer(Layout.from_environment().kubeconfig))
    except ProfileInvalid as problem:
        print(problem, file=sys.stderr)
        return 2
    print(f"metrics of {options.namespace}/{options.stateful_set} by {options.profile}", flush=True)
    listening.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
