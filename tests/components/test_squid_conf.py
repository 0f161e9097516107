from __future__ import annotations

import json
import re
from ipaddress import IPv4Network

import pytest

from components.squid_access import pages, refusals
from components.squid_conf import configuration, squid_conf

CLIENTS, MACHINES = [IPv4Network("10.64.0.0/14")], [IPv4Network("10.10.0.0/20")]


def conf(*domains: str) -> list[str]:
    text = squid_conf(port=3128, clients=CLIENTS, health_checkers=MACHINES, allowed_domains=domains, drain_seconds=300)
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def access(lines: list[str]) -> list[str]:
    return [line.removeprefix("http_access ") for line in lines if line.startswith("http_access")]


def test_rules_are_in_the_order_that_makes_them_safe() -> None:
    assert access(conf(".example.org")) == [
        "deny probers this_proxy health_page healthy",
        "deny !clients refused_client",
        "deny literal refused_literal",
        "deny !allowed refused_domain",
        "deny CONNECT !tunnel_port refused_port",
        "deny !CONNECT !web_port refused_port",
        "deny !CONNECT !http_scheme refused_scheme",
        "deny !resolved refused_unresolved",
        "deny special refused_address",
        "allow all",
    ]


def test_nothing_is_asked_of_dns_before_the_allow_list_is() -> None:
    lines = conf(".example.org")
    names = lines[: lines.index("http_access deny !allowed refused_domain")]
    assert [line for line in names if re.match(r"acl \S+ dst", line)] == [
        "acl this_proxy dstdomain -n egress-proxy",
        "acl literal dst -n all",
        "acl allowed dstdomain -n .example.org",
    ]


def test_domains_are_listed_as_given() -> None:
    lines = [line for line in conf(".example.org", "www.example.com") if line.startswith("acl allowed ")]
    assert lines == ["acl allowed dstdomain -n .example.org", "acl allowed dstdomain -n www.example.com"]


def test_no_domains_means_that_nothing_is_allowed() -> None:
    assert not [line for line in conf() if line.startswith("http_access allow")]
    assert access(conf())[-1] == "deny all refused_domain"


@pytest.mark.parametrize(
    "line",
    [
        "http_port 3128",
        "acl clients src 10.64.0.0/14",
        "acl probers src 10.10.0.0/20 10.64.0.0/14",
        "acl web_port port 80",
        "acl tunnel_port port 443",
        "pid_filename none",
        "cache_log /dev/stderr",
        "cache deny all",
        "max_filedescriptors 4096",
        "shutdown_lifetime 300 seconds",
        "relaxed_header_parser off",
        "forwarded_for delete",
        "strip_query_terms on",
        "hosts_file none",
    ],
)
def test_what_was_decided(line: str) -> None:
    assert line in conf("example.org")


@pytest.mark.parametrize("special", ["169.254.0.0/16", "10.0.0.0/8", "127.0.0.0/8", "64:ff9b::/96", "8000::/1"])
def test_no_way_to_special_addresses(special: str) -> None:
    assert special in [line.split()[3] for line in conf("example.org") if line.startswith("acl special dst")]


def test_no_line_is_written_twice_and_no_acl_is_used_before_it_is_known() -> None:
    lines = conf("example.org")
    assert len(lines) == len(set(lines))
    known = {"CONNECT", "all"}
    for line in lines:
        if line.startswith("acl "):
            known.add(line.split()[1])
        if line.startswith("http_access"):
            assert {word.lstrip("!") for word in line.split()[2:]} <= known


def test_a_line_of_the_log_is_json_whatever_stands_for_its_fields() -> None:
    formats = [line.split(" ", 2)[2] for line in conf("example.org") if line.startswith("logformat")]
    assert len(formats) == 3
    for one in formats:
        strings = re.sub(r'"%[^"]*"', '"x"', one)
        assert json.loads(re.sub(r"%[<>]?[a-zA-Z]+", "0", strings))["severity"] in ("INFO", "WARNING")


def test_client_controlled_fields_are_quoted_and_short() -> None:
    for one in [line for line in conf("example.org") if line.startswith("logformat")]:
        fields = dict(re.findall(r'"(method|host|url)": "([^"]*)"', one))
        assert {name: value for name, value in fields.items() if value != "-"} == {
            "method": "%#.32rm",
            "host": "%#.255>rd",
            "url": "%#.2048ru",
        } or fields["url"] == "-"


def test_pages_say_what_decides_and_what_to_do() -> None:
    found = pages(refusals(clients=CLIENTS, allowed_domains=["example.org"]))
    assert found["health.html"] == "ok\n"
    assert "<h1>Refused: %H</h1>" in found["domain.html"]
    assert "p2p-nodes:egress.allowed_domains" in found["domain.html"]
    # Every other percent sign would be squid's.
    assert all(set(re.findall(r"%.", page)) <= {"%H"} for page in found.values())


def test_names_of_files_are_a_config_map_s() -> None:
    files = configuration(
        port=3128, clients=CLIENTS, health_checkers=MACHINES, allowed_domains=["example.org"], drain_seconds=300
    )
    assert all(re.fullmatch(r"[-._a-zA-Z0-9]+", name) for name in files)
