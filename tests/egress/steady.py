"""Clients that never stop, and never try twice: whatever fails is counted."""

from __future__ import annotations

import contextlib
import http.client
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from sandbox.egress import Laboratory, Service
from tests.egress.conversation import Conversation, plain, tunnel

PAUSE = 0.005
"""Seconds between two requests of one client."""
KEPT = 5
"""Requests in one tunnel."""


@dataclass(kw_only=True)
class Steady:
    """What they have seen so far."""

    answered: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    """By what happened."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, happened: str) -> None:
        """Counts one request."""
        with self.lock:
            if happened == "200":
                self.answered += 1
            else:
                self.failures[happened] += 1


@contextlib.contextmanager
def steady(lab: Laboratory, service: Service, name: str, *, plain_clients: int, tls_clients: int) -> Iterator[Steady]:
    """Requests to a name through the service until the block ends; each client reuses a connection while it may."""
    seen, stop = Steady(), threading.Event()

    def work(tls: bool) -> None:
        conversation, uses = None, 0
        while not stop.is_set():
            try:
                if conversation is None:
                    conversation, uses = (tunnel if tls else plain)(lab, service, name), 0
                seen.note(str(conversation.get(name, "/bytes/100")))
                uses += 1
            except (OSError, http.client.HTTPException) as error:
                seen.note(f"{type(error).__name__}: {error}")
                _close(conversation)
                conversation = None
            if conversation is not None and (conversation.is_over() or (tls and uses == KEPT)):
                _close(conversation)
                conversation = None
            time.sleep(PAUSE)
        _close(conversation)

    with ThreadPoolExecutor(max_workers=plain_clients + tls_clients) as pool:
        clients = [pool.submit(work, number >= plain_clients) for number in range(plain_clients + tls_clients)]
        try:
            yield seen
        finally:
            stop.set()
    for client in clients:
        client.result()


def _close(conversation: Conversation | None) -> None:
    if conversation is not None:
        conversation.close()
