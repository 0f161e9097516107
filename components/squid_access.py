"""The part of squid.conf that says who is served and what they reach, and the pages that say why not."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from textwrap import fill

from components.special_ranges import SPECIAL_IPV4, SPECIAL_IPV6

HOSTNAME = "egress-proxy"
"""What squid calls itself, in place of the pod's name."""

HEALTH_PATH = "/squid-internal-static/health"
"""squid answers it with 200 itself; other paths without a host it takes for malformed requests."""

HEALTH = "health"
"""The reason that the log does not show."""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Requests that match one of `when`, ACLs as in a line of http_access, are refused for `reason`, one word.

    `comment` explains it to operators, `why`, which goes on after "The egress proxy", and `advice` to who is refused.
    """

    reason: str
    comment: str
    acls: tuple[str, ...] = ()
    when: tuple[str, ...]
    why: str
    advice: str
    status: int = 403

    @property
    def page_name(self) -> str:
        """The page's file, beside squid.conf."""
        return f"{self.reason}.html"

    @property
    def page(self) -> str:
        """HTML that reads well in a terminal too. squid puts the domain, escaped, in place of %H."""
        return (
            '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>Egress proxy</title></head>\n'
            f"<body>\n<h1>{'Refused' if self.status == 403 else 'Not reached'}: %H</h1>\n"
            f"<p>{html.escape(f'The egress proxy {self.why}', quote=False)}</p>\n"
            f"<p>{html.escape(self.advice, quote=False)}</p>\n</body>\n</html>\n"
        )

    @property
    def lines(self) -> str:
        """Lines of squid.conf. The mark always matches, names the page and puts the reason into the log."""
        mark = f"refused_{self.reason}"
        status = f"{self.status}:" if self.status != 403 else ""
        return "\n".join(
            [
                *_comment(self.comment),
                *self.acls,
                f"acl {mark} annotate_transaction refused={self.reason}",
                *(f"http_access deny {when} {mark}" for when in self.when),
                f"deny_info {status}{_UP}{_FOLDER}/{self.page_name} {mark}",
            ]
        )


# Every name of a page is looked for below squid's own folder of pages. error_directory would find it too, but then
# squid complains at each start about each of its own pages that it does not find there.
_UP = "../" * 7
_FOLDER = "etc/egress-proxy"
CONF_FOLDER = f"/{_FOLDER}"

ALLOW_LIST = "p2p-nodes:egress.allowed_domains"


def refusals(*, clients: Sequence[IPv4Network], allowed_domains: Sequence[str]) -> list[Refusal]:
    """In the order in which they are tried. What none of them refuses is allowed."""
    if not allowed_domains:
        # squid warns about a list without entries.
        return [_client(clients), _literal(), _domain((), when="all")]
    return [
        _client(clients),
        _literal(),
        # A line each: squid reads its file in pieces of 8 KB, and would cut a long line in the middle of a name.
        _domain(tuple(f"acl allowed dstdomain -n {domain}" for domain in allowed_domains), when="!allowed"),
        Refusal(
            reason="port",
            comment="Tunnels lead to HTTPS alone, everything else to plain HTTP: no mail, no SSH, no port scans.",
            acls=("acl tunnel_port port 443", "acl web_port port 80"),
            when=("CONNECT !tunnel_port", "!CONNECT !web_port"),
            why="opens tunnels to port 443 and forwards plain HTTP to port 80, and this is neither.",
            advice="For https:// use CONNECT, as clients do that are told of the proxy in https_proxy.",
        ),
        Refusal(
            reason="scheme",
            comment="Without a tunnel squid speaks the protocol itself: not FTP, nor TLS for a client.",
            acls=("acl http_scheme proto HTTP",),
            when=("!CONNECT !http_scheme",),
            why="forwards http:// and tunnels; this is another scheme.",
            advice="For https:// use CONNECT, as clients do that are told of the proxy in https_proxy.",
        ),
        Refusal(
            reason="unresolved",
            comment="A name that has no address now may have one when the connection is opened, and nobody would have "
            "judged it.",
            acls=("acl resolved dst all",),
            when=("!resolved",),
            status=503,
            why="finds no address for this domain.",
            advice="It is on the allow-list, so either the name is wrong or DNS fails; names are asked again after "
            "10 seconds.",
        ),
        Refusal(
            reason="address",
            comment="Whatever a name resolves to: one special address among public ones is enough.",
            acls=(*_special(),),
            when=("special",),
            why="reaches the internet alone, and this domain has an address that is private or special.",
            advice="What is inside the network is reached directly: see no_proxy.",
        ),
    ]


def access_rules(refused: Sequence[Refusal], *, probers: Sequence[IPv4Network], allow: bool) -> str:
    """Lines of squid.conf; `probers` may ask for the health page."""
    return "\n\n".join(
        [
            "\n".join(
                [
                    *_comment(
                        "Probes. The answer is a denial with status 200: it opens nothing. The kubelet comes from its "
                        "machine's address, or from the range of the pods where the machine has one in it."
                    ),
                    f"acl probers src {_ranges(probers)}",
                    f"acl this_proxy dstdomain -n {HOSTNAME}",
                    f"acl health_page urlpath_regex ^{HEALTH_PATH}$",
                    f"acl healthy annotate_transaction refused={HEALTH}",
                    "http_access deny probers this_proxy health_page healthy",
                    f"deny_info 200:{_UP}{_FOLDER}/{HEALTH}.html healthy",
                ]
            ),
            *(one.lines for one in refused),
            *(["http_access allow all"] if allow else []),
        ]
    )


def pages(refused: Sequence[Refusal]) -> dict[str, str]:
    """The files beside squid.conf, by name."""
    return {f"{HEALTH}.html": "ok\n", **{one.page_name: one.page for one in refused}}


def _client(clients: Sequence[IPv4Network]) -> Refusal:
    return Refusal(
        reason="client",
        comment="Only the cluster's pods are served.",
        acls=(f"acl clients src {_ranges(clients)}",),
        when=("!clients",),
        why="serves the cluster's pods alone, and this address is not one of theirs.",
        advice="Ask from a pod. Their addresses are p2p-nodes:network.pods_range.",
    )


def _literal() -> Refusal:
    return Refusal(
        reason="literal",
        comment="An address in place of a name, in any notation. -n: no question to DNS, where a PTR record could name "
        "an allowed domain.",
        acls=("acl literal dst -n all",),
        when=("literal",),
        why="knows domains, not addresses.",
        advice=f"Ask for the domain, and have it in {ALLOW_LIST} of the stack.",
    )


def _domain(acls: tuple[str, ...], *, when: str) -> Refusal:
    return Refusal(
        reason="domain",
        comment="The allow-list, before anything is asked of DNS: a denied name must not leave through a question.",
        acls=acls,
        when=(when,),
        why="forwards to the domains on its allow-list, and this is not one of them.",
        advice=f"The list is {ALLOW_LIST} in the settings of the stack. To have a domain allowed, ask those who run "
        "the stack to add it and to bring the stack up again.",
    )


def _special() -> list[str]:
    ranges = {**SPECIAL_IPV4, **SPECIAL_IPV6}
    return [f"acl special dst {range_:<16} # {what}" for range_, what in ranges.items()]


def _ranges(ranges: Sequence[IPv4Network]) -> str:
    return " ".join(str(one) for one in ranges)


def _comment(text: str) -> list[str]:
    return fill(text, width=118, initial_indent="# ", subsequent_indent="# ").splitlines()
