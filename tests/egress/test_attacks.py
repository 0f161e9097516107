"""Every row of the attack table, against the real squid with the generated configuration."""

from __future__ import annotations

import json
from ipaddress import ip_address

import pytest

from sandbox.egress import Laboratory, Proxy, SquidRoot
from sandbox.egress.laboratory import CLIENT, STRANGER
from tests.egress.attacks.attempt import attempt
from tests.egress.attacks.rows import ALLOWED, PUBLIC, SECRET, Attack
from tests.egress.attacks.table import TABLE
from tests.egress.generated import running

pytestmark = pytest.mark.namespaces


@pytest.fixture(scope="module")
def proxies() -> dict[str, Proxy]:
    """One for each squid, for all rows."""
    return {}


@pytest.fixture(scope="module")
def tried() -> set[tuple[str, str]]:
    """The rows that were tried in this process, each with squid's version."""
    return set()


@pytest.fixture
def proxy(lab: Laboratory, squid: SquidRoot, proxies: dict[str, Proxy]) -> Proxy:
    if squid.version not in proxies:
        for name, address in PUBLIC.items():
            lab.names.answer(name, [address])
        lab.names.forget()
        proxies[squid.version] = running(lab, squid, ALLOWED, number=len(proxies) + 1)
    return proxies[squid.version]


@pytest.mark.parametrize("attack", TABLE, ids=[attack.id for attack in TABLE])
def test_attack(lab: Laboratory, proxy: Proxy, squid: SquidRoot, attack: Attack, tried: set[tuple[str, str]]) -> None:
    tried.add((squid.version, attack.id))
    expected = attack.expected(squid.major)
    seen = attempt(lab, proxy, attack, lines=len(expected.log))
    assert seen.outcome == expected, seen.answer[:500]
    assert attack.says in seen.answer.decode("latin-1")
    assert not set(attack.hides) & set(seen.headers)
    assert b"squid/" not in seen.answer.lower()


@pytest.fixture
def attacked(lab: Laboratory, proxy: Proxy, squid: SquidRoot, tried: set[tuple[str, str]]) -> Proxy:
    """The proxy after the whole table: what another process of the suite tries is tried here as well."""
    for attack in TABLE:
        if (squid.version, attack.id) not in tried:
            tried.add((squid.version, attack.id))
            attempt(lab, proxy, attack, lines=len(attack.expected(squid.major).log))
    return proxy


def test_each_line_of_the_log_is_json_and_keeps_secrets(attacked: Proxy) -> None:
    proxy = attacked
    assert len(proxy.raw_log()) >= len(TABLE) - 10
    for line in proxy.raw_log():
        assert json.loads(line).keys() >= {"time", "severity", "client", "method", "host", "status", "verdict", "url"}
        assert "?" not in json.loads(line)["url"].removesuffix("?")
    assert SECRET not in "\n".join(proxy.raw_log()) + proxy.complaints()


def test_clients_cannot_fill_what_squid_complains_about(attacked: Proxy) -> None:
    said = [
        line for line in attacked.complaints().splitlines() if "WARNING" in line or "ERROR" in line or "ALERT" in line
    ]
    assert not said


@pytest.mark.usefixtures("attacked")
def test_no_denied_name_was_asked_of_dns(lab: Laboratory) -> None:
    # squid 5 asks for the names of its clients, which neither decides nor waits for anything.
    asked = {name for name, _ in lab.names.asked} - {reverse_pointer(CLIENT), reverse_pointer(STRANGER)}
    assert asked
    assert not [name for name in asked if not any(covers(allowed, name) for allowed in ALLOWED)]


def covers(allowed: str, name: str) -> bool:
    """Whether the entry of the allow-list stands for this name."""
    return name == allowed.lstrip(".") or (allowed.startswith(".") and name.endswith(allowed))


def reverse_pointer(address: str) -> str:
    return ip_address(address).reverse_pointer


def test_the_table_is_what_it_says() -> None:
    assert len(TABLE) >= 80
    assert len({attack.id for attack in TABLE}) == len(TABLE)
