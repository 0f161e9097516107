"""A DNS server whose answers change while it runs."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from itertools import cycle

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.reversename
import dns.rrset

_LONGEST_CHAIN = 8


@dataclass(kw_only=True)
class _Records:
    """What one name answers with: a CNAME, or texts by record type; the next group of them at each question."""

    groups: Iterator[Mapping[str, Sequence[str]]]
    ttl: int
    delays: Mapping[str, float] = field(default_factory=dict)


class Names:
    """The names of a laboratory. Every other name is NXDOMAIN; another type of a known one is an empty answer."""

    def __init__(self) -> None:
        """No name is known, and nothing was asked."""
        self._records: dict[str, _Records] = {}
        self._asked: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def answer(
        self,
        name: str,
        addresses: Sequence[str],
        *,
        ttl: int = 1,
        delay: float = 0.0,
        delays: Mapping[str, float] | None = None,
    ) -> None:
        """A and AAAA records of a name, from now on. Answers come after `delay` seconds, or after its type's own.

        `delays={"AAAA": 3.0}` makes IPv6 answers alone slow. `ttl` is in seconds.
        """
        self.answer_in_turn(name, [addresses], ttl=ttl, delay=delay, delays=delays)

    def answer_in_turn(
        self,
        name: str,
        groups: Sequence[Sequence[str]],
        *,
        ttl: int = 0,
        delay: float = 0.0,
        delays: Mapping[str, float] | None = None,
    ) -> None:
        """As `answer`, with the next group of addresses at each question of type A or AAAA, over and over."""
        slow = {"A": delay, "AAAA": delay, **(delays or {})}
        self._put(name, [_by_type(group) for group in groups], ttl, slow)

    def alias(self, name: str, target: str, *, ttl: int = 1) -> None:
        """A CNAME; the target's records are in the same answer."""
        self._put(name, [{"CNAME": [f"{target.rstrip('.')}."]}], ttl, {})

    def pointer(self, address: str, name: str, *, ttl: int = 1) -> None:
        """The PTR record of an address."""
        self._put(str(dns.reversename.from_address(address)), [{"PTR": [f"{name.rstrip('.')}."]}], ttl, {})

    def remove(self, name: str) -> None:
        """Makes a name NXDOMAIN; nothing if it is."""
        with self._lock:
            self._records.pop(_key(name), None)

    @property
    def asked(self) -> Counter[tuple[str, str]]:
        """How often each (name, type) was asked for, as `("www.google.com", "A")`, in lower case."""
        with self._lock:
            return self._asked.copy()

    def forget(self) -> None:
        """Forgets what was asked."""
        with self._lock:
            self._asked.clear()

    def respond(self, query: dns.message.Message) -> tuple[dns.message.Message, float]:
        """The answer, and after how many seconds it goes."""
        response = dns.message.make_response(query, recursion_available=True)
        if len(query.question) != 1:
            response.set_rcode(dns.rcode.FORMERR)
            return response, 0.0
        question = query.question[0]
        kind = dns.rdatatype.to_text(question.rdtype)
        name, waits = question.name, 0.0
        with self._lock:
            self._asked[(_key(name.to_text()), kind)] += 1
            for _ in range(_LONGEST_CHAIN):
                records = self._records.get(_key(name.to_text()))
                if records is None:
                    response.set_rcode(dns.rcode.NXDOMAIN)
                    break
                group = next(records.groups)
                waits = max(waits, records.delays.get(kind, 0.0))
                found = "CNAME" if "CNAME" in group else kind
                if group.get(found):
                    response.answer.append(dns.rrset.from_text(name, records.ttl, "IN", found, *group[found]))
                if found != "CNAME" or kind == "CNAME":
                    break
                name = dns.name.from_text(group["CNAME"][0])
        return response, waits

    def _put(
        self, name: str, groups: Sequence[Mapping[str, Sequence[str]]], ttl: int, delays: Mapping[str, float]
    ) -> None:
        records = _Records(groups=cycle(groups), ttl=ttl, delays=delays)
        with self._lock:
            self._records[_key(name)] = records


def _key(name: str) -> str:
    return name.rstrip(".").lower()


def _by_type(addresses: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"A": [], "AAAA": []}
    for address in addresses:
        found["A" if ip_address(address).version == 4 else "AAAA"].append(address)
    return found


@contextlib.contextmanager
def served(names: Names, udp: socket.socket, tcp: socket.socket) -> Iterator[None]:
    """Answers on two bound sockets, closed in the end; each question has its own thread, so a slow one delays none."""

    class Datagram(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            wire, answering = self.request
            with contextlib.suppress(OSError, dns.exception.DNSException):
                answering.sendto(_answered(names, wire, longest=65535), self.client_address)

    class Stream(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError, dns.exception.DNSException):
                while len(length := self.rfile.read(2)) == 2:
                    wire = _answered(names, self.rfile.read(struct.unpack("!H", length)[0]), longest=65535)
                    self.wfile.write(struct.pack("!H", len(wire)) + wire)

    servers: list[socketserver.BaseServer] = [_Datagrams(udp, Datagram), _Streams(tcp, Stream)]
    for server in servers:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


class _Datagrams(socketserver.ThreadingUDPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, bound: socket.socket, handler: type[socketserver.BaseRequestHandler]) -> None:
        super().__init__(("", 0), handler, bind_and_activate=False)
        self.socket.close()
        self.socket = bound


class _Streams(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, bound: socket.socket, handler: type[socketserver.BaseRequestHandler]) -> None:
        super().__init__(("", 0), handler, bind_and_activate=False)
        self.socket.close()
        self.socket = bound
        self.server_activate()


def _answered(names: Names, wire: bytes, *, longest: int) -> bytes:
    response, waits = names.respond(dns.message.from_wire(wire))
    time.sleep(waits)
    return bytes(response.to_wire(max_size=longest))
