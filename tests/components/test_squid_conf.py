from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from components.squid_conf import squid_conf


def conf(*domains: str) -> list[str]:
    text = squid_conf(port=3128, clients=[IPv4Network("10.64.0.0/14")], allowed_domains=domains)
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def access(lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith("http_access")]


def test_rules_are_in_the_order_that_makes_them_safe() -> None:
    assert access(conf(".example.org")) == [
        "http_access deny !clients",
        "http_access deny private",
        "http_access allow CONNECT tls allowed",
        "http_access allow !CONNECT web allowed",
        "http_access deny all",
    ]


def test_domains_are_listed_as_given() -> None:
    assert "acl allowed dstdomain .example.org www.example.com" in conf(".example.org", "www.example.com")


def test_no_domains_means_that_nothing_is_allowed() -> None:
    lines = conf()
    assert not any("allow" in line for line in lines)
    assert access(lines)[-1] == "http_access deny all"


@pytest.mark.parametrize(
    "line",
    [
        "http_port 3128",
        "acl clients src 10.64.0.0/14",
        "acl web port 80",
        "acl tls port 443",
        "pid_filename none",
        "access_log stdio:/dev/stdout",
        "cache_log /dev/stderr",
        "cache deny all",
        "max_filedescriptors 16384",
        "shutdown_lifetime 20 seconds",
    ],
)
def test_what_a_container_on_a_read_only_root_needs(line: str) -> None:
    assert line in conf("example.org")


@pytest.mark.parametrize("special", ["169.254.0.0/16", "10.0.0.0/8", "127.0.0.0/8", "fc00::/7", "fe80::/10"])
def test_no_way_to_private_addresses(special: str) -> None:
    (line,) = [line for line in conf() if line.startswith("acl private")]
    assert special in line.split()
