"""`squid -k parse` of the generated file: each squid knows every line, and has nothing to say against one."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from components.squid_conf import squid_conf
from sandbox.egress import SquidRoot

pytestmark = pytest.mark.namespaces

LISTS = {
    "nothing": (),
    "one": ("www.google.com",),
    "many": tuple(f"{dot}d{number}.example.org" for number in range(200) for dot in ("", ".x.")),
}


def parsed(squid: SquidRoot, conf: str) -> str:
    """What squid says. The file lies in a folder in memory that goes with the process: the root is not ours."""
    asking = f"/usr/sbin/{squid.program} -k parse -f /run/squid.conf"
    inside = asking if squid.path == Path("/") else f'chroot "{squid.path}" {asking}'
    script = f'mount -t tmpfs none "{squid.path}/run"; cat > "{squid.path}/run/squid.conf"; exec {inside}'
    command = ["unshare", "--mount", "sh", "-ec", script]
    return subprocess.run(command, input=conf, capture_output=True, text=True, timeout=30, check=False).stderr


@pytest.mark.parametrize("domains", LISTS.values(), ids=LISTS)
def test_nothing_to_say_against_it(squid: SquidRoot, domains: Sequence[str]) -> None:
    said = parsed(
        squid,
        squid_conf(
            port=3129,
            clients=[IPv4Network("10.64.0.0/14"), IPv4Network("100.64.0.0/10")],
            health_checkers=[IPv4Network("10.10.0.0/20")],
            allowed_domains=domains,
            drain_seconds=3600,
        ),
    )
    assert said.count("Processing: ") >= 70
    assert not complaints(said)


@pytest.mark.parametrize("line", ["acl nobody src", "no_such_line on", "acl twice dst 10.0.0.0/8 10.1.0.0/16"])
def test_a_bad_line_would_be_seen(squid: SquidRoot, line: str) -> None:
    assert complaints(parsed(squid, f"http_port 3128\n{line}\nhttp_access deny all\n"))


def complaints(said: str) -> list[str]:
    """Lines that are no echo of the file and have a word of complaint."""
    words = ("warning", "error", "fatal", "notice", "unrecognized", "bungled")
    return [
        line for line in said.splitlines() if "| Processing" not in line and any(word in line.lower() for word in words)
    ]
