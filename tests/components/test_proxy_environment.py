from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from components.proxy_environment import no_proxy, proxy_environment

RANGES = [IPv4Network("10.64.0.0/14"), IPv4Network("10.40.0.0/20")]


@pytest.mark.parametrize(
    "direct",
    [
        "localhost",
        "127.0.0.1",
        ".svc",
        ".cluster.local",
        "169.254.169.254",
        "metadata.google.internal",
        "10.64.0.0/14",
        "10.40.0.0/20",
    ],
)
def test_what_is_reached_directly(direct: str) -> None:
    assert direct in no_proxy(RANGES).split(",")


def test_both_cases_say_the_same() -> None:
    environment = proxy_environment(url="http://proxy:3128", direct=RANGES)
    assert sorted(environment) == ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"]
    for name in ("http_proxy", "https_proxy", "no_proxy"):
        assert environment[name] == environment[name.upper()]
    assert environment["http_proxy"] == environment["https_proxy"] == "http://proxy:3128"
    assert environment["no_proxy"] == no_proxy(RANGES)
