"""The component's own files in the laboratory: one place that knows what they are made from."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network

from components.squid_conf import CONF_FILE, configuration
from sandbox.egress import Laboratory, Proxy, SquidRoot

CLIENTS = (IPv4Network("10.64.0.0/14"),)
"""The pods' range, as the settings have it; the laboratory's client is in it, its stranger is not."""
HEALTH_CHECKERS = (IPv4Network("10.0.0.0/20"),)
"""The machines' range: nobody of the laboratory is in it."""
PORT = 3128


def generated(allowed: Sequence[str], *, drain_seconds: int = 10) -> dict[str, str]:
    """What the component puts into the ConfigMap for these domains, by file name."""
    return configuration(
        port=PORT,
        clients=CLIENTS,
        health_checkers=HEALTH_CHECKERS,
        allowed_domains=allowed,
        drain_seconds=drain_seconds,
    )


def running(
    lab: Laboratory, squid: SquidRoot, allowed: Sequence[str], *, number: int = 1, drain_seconds: int = 10
) -> Proxy:
    """A proxy with those files, which listens."""
    files = generated(allowed, drain_seconds=drain_seconds)
    return lab.proxy(files.pop(CONF_FILE), squid=squid, number=number, files=files)
