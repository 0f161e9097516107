"""What a row of the attack table is, and words to write one with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.egress.names import Names

SECRET = "s3cr3t"
"""What must not be in a log."""
ALLOWED = ("www.google.com", ".example.org", ".attacker.test", "metadata.google.internal", "xn--bcher-kva.example")
"""The allow-list of the table. DNS of attacker.test is the attacker's: an allowed domain that was taken over."""
WEB, WEB6 = "5.5.5.10", "2600:5::10"
PUBLIC = {"www.google.com": WEB, "example.org": WEB, "a.b.example.org": WEB, "xn--bcher-kva.example": WEB}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`statuses` are those of all answers on the connection, `log` a line for each as "VERDICT/STATUS reason".

    `arrives` has what the web server gets: "ADDRESS:PORT" for a connection, "ADDRESS:PORT METHOD HOST PATH" for a
    request on one.
    """

    statuses: tuple[int, ...] = ()
    log: tuple[str, ...] = ()
    arrives: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Attack:
    """`sends` goes to the proxy in one piece. `old` is the outcome with squid 5 where that differs."""

    id: str
    tries: str
    sends: bytes
    outcome: Outcome
    old: Outcome | None = None
    stranger: bool = False
    """From an address outside of the pods' range."""
    names: Callable[[Names], None] = field(default=lambda names: None)
    """What DNS answers, beside PUBLIC."""
    says: str = ""
    """Part of the answer."""
    hides: tuple[str, ...] = ()
    """Headers, in lower case, that the web server must not see."""

    def expected(self, major: int) -> Outcome:
        """With squid 5 or 6."""
        return self.old if self.old is not None and major == 5 else self.outcome


def request(line: str, *headers: str, body: str = "", close: bool = True) -> bytes:
    """A request with these header lines, each character a byte."""
    lines = [line, *headers, *(["Connection: close"] if close else [])]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode("latin-1")


def get(url: str, *headers: str, host: str | None = None) -> bytes:
    """GET by HTTP/1.1; the Host header is what stands between the scheme and the path unless given."""
    named = url.split("://", 1)[-1].split("/", 1)[0] if host is None else host
    return request(f"GET {url} HTTP/1.1", f"Host: {named}", *headers)


def connect(target: str, *headers: str, then: str = "") -> bytes:
    """CONNECT, and what follows it in the same packet."""
    return request(f"CONNECT {target} HTTP/1.1", f"Host: {target}", *headers, body=then, close=False)


def refused(reason: str, status: int = 403) -> Outcome:
    """By a rule."""
    return Outcome(statuses=(status,), log=(f"TCP_DENIED/{status} {reason}",))


def malformed(status: int = 400) -> Outcome:
    """By squid's parser."""
    return Outcome(statuses=(status,), log=(f"NONE_NONE/{status}",))


def served(host: str, path: str, *, method: str = "GET", at: str = f"{WEB}:80", status: int = 200) -> Outcome:
    """By the web server."""
    return Outcome(statuses=(status,), log=(f"TCP_MISS/{status}",), arrives=(f"{at} {method} {host} {path}",))


def tunnelled(at: str = f"{WEB}:443") -> Outcome:
    """To the web server, which the row says nothing to that it would understand."""
    return Outcome(statuses=(200,), log=("TCP_TUNNEL/200",), arrives=(at,))


def leads_to(name: str, *addresses: str, slow: float = 0.0) -> Callable[[Names], None]:
    """DNS where a name has these addresses, those of IPv6 after `slow` seconds."""
    return lambda names: names.answer(name, addresses, ttl=0, delays={"AAAA": slow})
