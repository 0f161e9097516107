"""Environment variables that send a workload's HTTP and HTTPS through the egress proxy."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network

ALWAYS_DIRECT = (
    "localhost",
    "127.0.0.1",
    ".svc",
    ".cluster.local",
    # A workload asks the metadata server for its own identity; through a proxy it would get the proxy's.
    "169.254.169.254",
    "metadata.google.internal",
)


def no_proxy(ranges: Sequence[IPv4Network]) -> str:
    """What is reached directly: the machine itself, the metadata server, cluster names, and the given ranges."""
    return ",".join([*ALWAYS_DIRECT, *(str(one) for one in ranges)])


def proxy_environment(*, url: str, direct: Sequence[IPv4Network]) -> dict[str, str]:
    """The three variables in both cases, because curl reads only `http_proxy` and some tools only `HTTP_PROXY`."""
    lower = {"http_proxy": url, "https_proxy": url, "no_proxy": no_proxy(direct)}
    return {**lower, **{name.upper(): value for name, value in lower.items()}}
