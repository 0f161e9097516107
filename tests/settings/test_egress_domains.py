"""The allow-list of the proxy: what is refused, in whose words, and what stays."""

from __future__ import annotations

import pytest

from settings.domain_names import KINDS, SPECIAL, fault, normalized
from settings.fields import DOMAIN
from tests.settings.configurations import assert_only_mistake, load, mistakes

KEY = "egress.allowed_domains"
LONG = ".".join(["a" * 59] * 4)
ADDRESS, SUFFIX, PART = "which is an address", "which looks like a suffix", "with a part that is not 1 to 63 letters"
TOP, URL, LETTERS = (
    "which is a top-level domain",
    "which is a URL or a part",
    "with letters that names in DNS do not have",
)
WILDCARD, CAPITALS, LAST_DOT = "with a wildcard", "with upper-case letters", "with a dot at its end"
BLANK, COLON, NOTHING = "with white space in it", "with a colon", "with nothing between two dots"
NAME_THEM = "name the domains below it that are needed"
INSIDE, NOWHERE = "reach what is inside without the proxy", "nobody on the internet has such a name"

CORRECTED = [
    (" example.org", BLANK, "example.org"),
    ("example.org\n", BLANK, "example.org"),
    ("https://example.org/x", URL, "example.org"),
    ("HTTPS://user:secret@Example.org:8443/x?y=z#top", URL, "example.org"),
    ("//example.org", URL, "example.org"),
    ("example.org/", URL, "example.org"),
    ("example.org?x", URL, "example.org"),
    ("ops@example.org", URL, "example.org"),
    ("example.org:443", COLON, "example.org"),
    (".example.org:80", COLON, ".example.org"),
    ("m\u00fcnchen.de", LETTERS, "xn--mnchen-3ya.de"),
    (".M\u00dcNCHEN.de", LETTERS, ".xn--mnchen-3ya.de"),
    ("\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444", LETTERS, "xn--e1afmkfd.xn--p1ai"),
    ("www\u3002example.org", LETTERS, "www.example.org"),
    ("example\u200b.org", LETTERS, "example.org"),
    ("*.example.org", WILDCARD, ".example.org"),
    ("https://*.example.org/", URL, ".example.org"),
    ("Example.org", CAPITALS, "example.org"),
    ("EXAMPLE.ORG.", CAPITALS, "example.org"),
    (".example.org.", LAST_DOT, ".example.org"),
    ("example.org.", LAST_DOT, "example.org"),
    ("..example.org", NOTHING, ".example.org"),
]
ADVISED = [
    ("", "which names nothing", "name a domain, or remove the entry"),
    (".", "which names nothing", "name a domain, or remove the entry"),
    ("https://", "which names nothing", "name a domain, or remove the entry"),
    ("a.org b.org", BLANK, "write each domain as an entry of its own"),
    ("10.0.0.1", ADDRESS, "write the name that leads there"),
    ("http://10.0.0.1:80/", ADDRESS, "write the name that leads there"),
    ("10.0.0.0/8", ADDRESS, "write the name that leads there"),
    ("2130706433", ADDRESS, "write the name that leads there"),
    ("017700000001", ADDRESS, "write the name that leads there"),
    ("0x7f000001", ADDRESS, "write the name that leads there"),
    ("127.1", ADDRESS, "write the name that leads there"),
    ("www.0X7F", ADDRESS, "write the name that leads there"),
    ("example.1", ADDRESS, "write the name that leads there"),
    ("::1", ADDRESS, "write the name that leads there"),
    ("[::1]:443", ADDRESS, "write the name that leads there"),
    ("::ffff:169.254.169.254", ADDRESS, "write the name that leads there"),
    ("\u2460.org b", BLANK, "write each domain"),
    ("\u2100.org", URL, "write the name of the host alone"),
    ("a:b:c", COLON, "the proxy opens ports 80 and 443, and no other"),
    ("stra\u00dfe.de", LETTERS, "write its punycode form"),
    ("*", WILDCARD, "name each domain; for all below one"),
    ("www.*.org", WILDCARD, "name each domain; for all below one"),
    ("*example.org", WILDCARD, "name each domain; for all below one"),
    ("example..org", NOTHING, "write one dot between two parts"),
    ("my_host.example.org", "with an underscore", "correct the name"),
    ("com", TOP, NAME_THEM),
    (".com", TOP, NAME_THEM),
    ("*.com", TOP, NAME_THEM),
    ("xn--p1ai", TOP, NAME_THEM),
    ("metadata", TOP, NAME_THEM),
    (f"{LONG}.abcdefghijklmnop", "longer than the 253 characters", "correct the name"),
    (f"{'a' * 64}.org", PART, "correct the name"),
    ("-a.org", PART, "correct the name"),
    ("a-.org", PART, "correct the name"),
    ("a,b.org", PART, "correct the name"),
    ("example.org%2e", PART, "correct the name"),
    ("example.1org", "no top-level domain can be", "correct the name"),
    ("example.o", "no top-level domain can be", "correct the name"),
    ("xn--abc--.org", PART, "correct the name"),
    ("xn--99999999.org", "with an xn-- that stands for no letters", "correct the name"),
    (".co.uk", SUFFIX, NAME_THEM),
    ("*.com.au", SUFFIX, NAME_THEM),
    ("localhost", "localhost is kept for the machine itself", INSIDE),
    ("http://LOCALHOST:8080/", "localhost is kept for the machine itself", INSIDE),
    ("printer.local", "local is kept for names on the spot", INSIDE),
    ("kubernetes.default.svc.cluster.local", "local is kept for names on the spot", INSIDE),
    (".cluster.local", "local is kept for names on the spot", INSIDE),
    ("kubernetes.default.svc", "svc is kept for Services of the cluster", INSIDE),
    (".svc", "svc is kept for Services of the cluster", INSIDE),
    ("metadata.google.internal", "internal is kept for private networks", INSIDE),
    ("METADATA.google.internal.", "internal is kept for private networks", INSIDE),
    (".internal", "internal is kept for private networks", INSIDE),
    ("metadata.goog", "metadata.goog is kept for", INSIDE),
    ("www.test", "test is kept for tests", NOWHERE),
    ("www.example", "example is kept for examples", NOWHERE),
    (".invalid", "invalid is kept for what must not exist", NOWHERE),
    ("abc.onion", "onion is kept for Tor", NOWHERE),
    ("abc.alt", "alt is kept for what is not in DNS", NOWHERE),
    ("1.0.0.10.in-addr.arpa", "arpa is kept for addresses", NOWHERE),
    ("router.home.arpa", "arpa is kept for addresses", NOWHERE),
]
RIGHT = [
    "example.org",
    ".example.org",
    "www.example.co.uk",
    "co.uk",
    "1.org",
    "9gag.com",
    "a--b.example.org",
    "r3---sn-4g5e6nez.example.org",
    "xn--mnchen-3ya.de",
    "xn--strae-oqa.de",
    "www.xn--p1ai",
    "localhost.example.org",
    "internal.example.org",
    "test.org",
    "mylocal.org",
    "notexample.org",
    "x.metadata-goog.org",
    f"{LONG}.abcdefghijklm",
    f"{'a' * 63}.org",
]


@pytest.mark.parametrize(("written", "what", "meant"), CORRECTED, ids=ascii)
def test_the_advice_is_the_correction_where_it_is_sure(written: str, what: str, meant: str) -> None:
    assert_only_mistake(
        {"egress": {"allowed_domains": [written]}},
        key=f"{KEY}[0]",
        got=what,
        allowed=DOMAIN,
        advice=f'write "{meant}"',
    )
    load({"egress": {"allowed_domains": [meant]}})


@pytest.mark.parametrize(("written", "what", "advice"), ADVISED, ids=lambda value: ascii(value)[:40])
def test_what_no_rewriting_mends_is_refused_with_its_reason(written: str, what: str, advice: str) -> None:
    domains = {"egress": {"allowed_domains": [written]}}
    assert_only_mistake(domains, key=f"{KEY}[0]", got=what, allowed=DOMAIN, advice=advice)
    assert 'write "' not in mistakes(domains)[f"{KEY}[0]"].advice


@pytest.mark.parametrize("domain", RIGHT)
def test_domains_that_are_right(domain: str) -> None:
    assert normalized(domain) == domain
    load({"egress": {"allowed_domains": [domain]}})


def test_every_reason_was_given() -> None:
    given = [found.what for text, *_ in [*CORRECTED, *ADVISED] if (found := fault(text))]
    assert {what for _, what, _ in KINDS} <= set(given)
    assert all(any(f"and {name} is kept for" in what for what in given) for name in SPECIAL)


def test_a_mistake_shows_what_stands_in_the_file() -> None:
    found = mistakes({"egress": {"allowed_domains": ["example.com", "https://Example.org/x", "p\u0430ypal.com"]}})
    assert [str(mistake).splitlines() for mistake in found.values()] == [
        [
            "  p2p-nodes:egress.allowed_domains[1]",
            '    got      "https://Example.org/x", which is a URL or a part of one',
            f"    allowed  {DOMAIN}",
            '    do       write "example.org"',
        ],
        [
            "  p2p-nodes:egress.allowed_domains[2]",
            '    got      "p\\u0430ypal.com", with letters that names in DNS do not have',
            f"    allowed  {DOMAIN}",
            '    do       write "xn--pypal-4ve.com"',
        ],
    ]


@pytest.mark.parametrize(
    ("domains", "expected"),
    [
        (["www.example.org", ".example.org"], {0: '"www.example.org", which the entry ".example.org" includes'}),
        (
            [".example.org", "example.org", ".www.example.org"],
            {
                1: '"example.org", which the entry ".example.org" includes',
                2: '".www.example.org", which the entry ".example.org" includes',
            },
        ),
        (
            ["example.org", "example.com", "example.org"],
            {2: '"example.org", which the entry "example.org" includes'},
        ),
    ],
)
def test_domains_that_others_include(domains: list[str], expected: dict[int, str]) -> None:
    found = mistakes({"egress": {"allowed_domains": domains}})
    assert {key: mistake.got for key, mistake in found.items()} == {
        f"{KEY}[{position}]": got for position, got in expected.items()
    }
    assert all(mistake.allowed == "a domain that no other entry includes" for mistake in found.values())
    assert all(mistake.advice == "remove it" for mistake in found.values())


def test_entries_are_compared_as_they_will_be() -> None:
    """Else a correction would only lead to the next mistake."""
    found = mistakes({"egress": {"allowed_domains": ["*.example.org", "WWW.example.org", "a.com", "https://A.com/"]}})
    assert {key: (mistake.got, mistake.advice) for key, mistake in found.items()} == {
        f"{KEY}[0]": ('"*.example.org", with a wildcard, of which squid knows none', 'write ".example.org"'),
        f"{KEY}[1]": ('"WWW.example.org", which the entry "*.example.org" includes', "remove it"),
        f"{KEY}[3]": ('"https://A.com/", which the entry "a.com" includes', "remove it"),
    }


def test_an_entry_that_is_refused_includes_no_other() -> None:
    found = mistakes({"egress": {"allowed_domains": [".co.uk", "www.example.co.uk", "com", "com"]}})
    assert list(found) == [f"{KEY}[0]", f"{KEY}[2]", f"{KEY}[3]"]
    assert all(mistake.advice == NAME_THEM for mistake in found.values())


def test_all_mistakes_are_found_at_once() -> None:
    given = {"allowed_domains": ["com", "example.org", "*.net", "10.0.0.1", "example.org"], "replicas": 1}
    assert list(mistakes({"egress": given})) == [*(f"{KEY}[{place}]" for place in (0, 2, 3, 4)), "egress.replicas"]
