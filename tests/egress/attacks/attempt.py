"""Sends a row of the attack table, and sees what came of it."""

from __future__ import annotations

import contextlib
import re
import time
from dataclasses import dataclass

from sandbox.egress import Laboratory, Proxy
from tests.egress.attacks.rows import Attack, Outcome

_STATUS = re.compile(rb"^HTTP/1\.[01] (\d{3}) ", re.MULTILINE)
_PATIENCE, _SILENCE, _LOGGED = 6.0, 0.25, 3.0
"""Seconds: for the first byte of an answer, between two bytes that belong together, and for the log."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What came of an attack; `headers` are those that the web server got, of all requests."""

    outcome: Outcome
    answer: bytes
    headers: tuple[str, ...]


def attempt(lab: Laboratory, proxy: Proxy, attack: Attack, *, lines: int) -> Seen:
    """Sends it on a connection of its own, waits for the answers and for so many lines in the log."""
    attack.names(lab.names)
    lab.web.forget()
    before = len(proxy.raw_log())
    source = lab.stranger if attack.stranger else lab.client
    with source.connect(proxy.address, proxy.port, timeout=_PATIENCE) as connection:
        connection.sendall(attack.sends)
        answer = b""
        with contextlib.suppress(TimeoutError, ConnectionResetError):
            while piece := connection.recv(65536):
                answer += piece
                connection.settimeout(_SILENCE)
    deadline = time.monotonic() + _LOGGED
    while len(proxy.raw_log()) < before + lines and time.monotonic() < deadline:
        time.sleep(0.005)
    log = [
        f"{line['verdict']}/{line['status']}" + (f" {line['reason']}" if "reason" in line else "")
        for line in proxy.log()[before:]
    ]
    requests = lab.web.requests()
    asked = [f"{one.address}:{one.port} {one.method} {one.host} {one.path}" for one in requests]
    # A request may come on a connection that is older than it, from a row before.
    connected = [f"{address}:{port}" for address, port, _ in lab.web.connections()]
    silent = [at for at in connected if not any(one.startswith(f"{at} ") for one in asked)]
    return Seen(
        outcome=Outcome(
            statuses=tuple(int(status) for status in _STATUS.findall(answer)),
            log=tuple(log),
            arrives=(*asked, *silent),
        ),
        answer=answer,
        headers=tuple(name for one in requests for name in one.headers),
    )
