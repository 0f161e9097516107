from __future__ import annotations

import dns.flags
import dns.message
import dns.rcode
import pytest

from sandbox.egress.names import Names


@pytest.fixture
def names() -> Names:
    return Names()


def ask(names: Names, name: str, kind: str = "A") -> tuple[str, list[str], float]:
    """Status, answers as `TYPE text`, and the delay."""
    response, waits = names.respond(dns.message.make_query(name, kind))
    answers = [f"{rrset.rdtype.name} {record.to_text()}" for rrset in response.answer for record in rrset]
    return dns.rcode.to_text(response.rcode()), answers, waits


def test_addresses_are_answered_by_their_kind_until_they_are_others(names: Names) -> None:
    names.answer("www.example.org", ["5.5.5.10", "2600:5::10"])
    assert ask(names, "WWW.example.org.") == ("NOERROR", ["A 5.5.5.10"], 0.0)
    assert ask(names, "www.example.org", "AAAA") == ("NOERROR", ["AAAA 2600:5::10"], 0.0)
    names.answer("www.example.org", ["5.5.5.11"])
    assert ask(names, "www.example.org") == ("NOERROR", ["A 5.5.5.11"], 0.0)
    assert ask(names, "www.example.org", "AAAA") == ("NOERROR", [], 0.0)
    names.remove("www.example.org")
    assert ask(names, "www.example.org") == ("NXDOMAIN", [], 0.0)


def test_what_was_asked_is_counted_known_or_not(names: Names) -> None:
    for kind in ("A", "A", "AAAA"):
        ask(names, "Nobody.example", kind)
    assert names.asked == {("nobody.example", "A"): 2, ("nobody.example", "AAAA"): 1}
    names.forget()
    assert names.asked == {}


def test_one_kind_of_answer_can_be_slow(names: Names) -> None:
    names.answer("slow.example", ["5.5.5.10"], delay=0.5, delays={"AAAA": 3.0})
    assert ask(names, "slow.example")[2] == 0.5
    assert ask(names, "slow.example", "AAAA") == ("NOERROR", [], 3.0)


def test_a_name_that_rebinds(names: Names) -> None:
    names.answer_in_turn("rebinds.example", [["5.5.5.10"], ["10.128.0.20"]])
    assert [ask(names, "rebinds.example")[1] for _ in range(3)] == [["A 5.5.5.10"], ["A 10.128.0.20"], ["A 5.5.5.10"]]


def test_an_alias_brings_its_target_along(names: Names) -> None:
    names.alias("alias.example", "target.example")
    names.answer("target.example", ["10.128.0.20"], ttl=7)
    assert ask(names, "alias.example")[:2] == ("NOERROR", ["CNAME target.example.", "A 10.128.0.20"])
    assert ask(names, "alias.example", "CNAME")[1] == ["CNAME target.example."]
    names.alias("loop.example", "loop.example")
    assert ask(names, "loop.example")[0] == "NOERROR"


def test_a_pointer(names: Names) -> None:
    names.pointer("5.5.5.11", "www.example.org")
    assert ask(names, "11.5.5.5.in-addr.arpa", "PTR")[1] == ["PTR www.example.org."]


def test_answers_say_their_time_to_live_and_that_recursion_is_there(names: Names) -> None:
    names.answer("www.example.org", ["5.5.5.10"], ttl=42)
    response, _ = names.respond(dns.message.make_query("www.example.org", "A"))
    assert response.answer[0].ttl == 42
    assert response.flags & dns.flags.RA
