"""Whether a text is a domain that the proxy can be told to allow, why not, and what was probably meant.

squid would take most of these texts, and then never match them, match more than was meant, or not start.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address

LONGEST_NAME = 253
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
TOP_LEVEL = re.compile(r"[a-z][a-z0-9-]{0,61}[a-z0-9]")
NUMBER = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")
"""A last label of which URL parsers make an IPv4 address: https://url.spec.whatwg.org/#ends-in-a-number-checker"""

SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*:)?//")
PART_OF_URL = re.compile(r"[/?#@\\]")
PORT = re.compile(r"(?<=[^:]):[0-9]*$")
DEVIATIONS = frozenset("\u00df\u03c2\u200c\u200d")
"""Characters that today's browsers keep and Python's codec, of 2003, replaces: two names, two owners (UTS 46)."""

INSIDE = "remove it: workloads reach what is inside without the proxy, which forwards to public addresses alone"
NOWHERE = "remove it: nobody on the internet has such a name"
SPECIAL: Mapping[str, tuple[str, str]] = {
    "localhost": ("the machine itself (RFC 6761)", INSIDE),
    "local": ("names on the spot (RFC 6762), the cluster's own among them (svc.cluster.local)", INSIDE),
    "svc": ("Services of the cluster", INSIDE),
    "internal": ("private networks (ICANN, 2024), as in metadata.google.internal", INSIDE),
    "metadata.goog": ("Google's metadata server", INSIDE),
    "test": ("tests (RFC 6761)", NOWHERE),
    "example": ("examples (RFC 6761)", NOWHERE),
    "invalid": ("what must not exist (RFC 6761)", NOWHERE),
    "onion": ("Tor (RFC 7686)", NOWHERE),
    "alt": ("what is not in DNS (RFC 9476)", NOWHERE),
    "arpa": ("addresses and infrastructure (RFC 3172, RFC 8375)", NOWHERE),
}
"""Names below which no public server is, with what they are for and what to do. The IANA's registry of special-use
names has those with an RFC; ICANN set `internal` apart by its resolution 2024.07.29.06."""

COUNTRY_SUFFIX = re.compile(r"\.(ac|co|com|edu|gov|net|org)\.[a-z]{2}")
"""The usual shape of a suffix that anybody registers under. Not all such names are suffixes, and many suffixes look
otherwise: the list of them (publicsuffix.org) has nearly ten thousand, and changes by the day."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What a text is, to be read after it, and what to do about it."""

    what: str
    advice: str


def fault(text: str) -> Fault | None:
    """What is wrong with a domain; None for one that can be allowed. The advice holds the correction where it is sure.

    A text with several faults has the one that no rewriting mends: `http://localhost/` is not a URL, but a name inside.
    """
    meant = normalized(text)
    if meant == text:
        return _fault(text)
    if lasting := _fault(meant):
        return lasting
    apparent = _fault(text)
    return Fault(what=apparent.what, advice=f'write "{meant}"') if apparent else None


def normalized(text: str) -> str:
    """The domain in a text as squid would compare it: in lower case and punycode, no URL around it.

    It may still be faulty.
    """
    name = PART_OF_URL.split(SCHEME.sub("", text.strip()).rsplit("@", 1)[-1], maxsplit=1)[0]
    if name.count(":") == 1 or name.startswith("["):
        name = PORT.sub("", name)
    if name.startswith("*."):
        name = name[1:]
    dot = "." if name.startswith(".") else ""
    name = name.strip(".")
    if not name.isascii() and not DEVIATIONS & set(name):
        try:
            name = name.encode("idna").decode()
        except UnicodeError:
            return dot + name
    return dot + name.lower()


def includes(wide: str, narrow: str) -> bool:
    """Whether squid takes `narrow` for a part of `wide`: with its leading dot, `.a.b` is `a.b` and all below it."""
    return wide.startswith(".") and f".{narrow.lstrip('.')}".endswith(wide)


def _fault(text: str) -> Fault | None:
    special = next((name for name in SPECIAL if f".{text}".endswith(f".{name}")), None)
    if special:
        purpose, advice = SPECIAL[special]
        return Fault(what=f"and {special} is kept for {purpose}", advice=advice)
    return next((Fault(what=what, advice=advice) for holds, what, advice in KINDS if holds(text)), None)


def _is_address(text: str) -> bool:
    bare = text.strip("[]")
    if NUMBER.fullmatch(bare.rpartition(".")[2]):
        return True
    try:
        ip_address(bare)
    except ValueError:
        return False
    return True


def _labels(text: str) -> list[str]:
    return text.removeprefix(".").split(".")


def _is_no_punycode(label: str) -> bool:
    if not label.startswith("xn--"):
        return False
    coded = label.removeprefix("xn--")
    try:
        letters = coded.encode().decode("punycode")
        return letters.isascii() or letters.encode("punycode").decode() != coded
    except UnicodeError:
        return True


KINDS: tuple[tuple[Callable[[str], bool], str, str], ...] = (
    (lambda text: not text.strip(" ."), "which names nothing", "name a domain, or remove the entry"),
    (lambda text: bool(re.search(r"\s", text)), "with white space in it", "write each domain as an entry of its own"),
    (_is_address, "which is an address", "write the name that leads there: the proxy refuses addresses, in any form"),
    (
        lambda text: bool(PART_OF_URL.search(text)),
        "which is a URL or a part of one",
        "write the name of the host alone",
    ),
    (lambda text: ":" in text, "with a colon", "write the name alone: the proxy opens ports 80 and 443, and no other"),
    (
        lambda text: not text.isascii(),
        "with letters that names in DNS do not have",
        "write its punycode form, in which such a part begins with xn--",
    ),
    (
        lambda text: "*" in text,
        "with a wildcard, of which squid knows none",
        "name each domain; for all below one, write that one with a leading dot",
    ),
    (lambda text: text != text.lower(), "with upper-case letters", "write it in lower case"),
    (lambda text: text.endswith("."), "with a dot at its end", "remove the dot"),
    (lambda text: "" in _labels(text), "with nothing between two dots", "write one dot between two parts"),
    (
        lambda text: "_" in text,
        "with an underscore, which no host's name has",
        "correct the name; a host that is called so can be reached by no entry but its domain with a leading dot",
    ),
    (
        lambda text: len(_labels(text)) == 1,
        "which is a top-level domain, or a name without one",
        "name the domains below it that are needed",
    ),
    (
        lambda text: len(text.removeprefix(".")) > LONGEST_NAME,
        f"which is longer than the {LONGEST_NAME} characters of a name",
        "correct the name",
    ),
    (
        lambda text: not all(LABEL.fullmatch(label) for label in _labels(text)),
        "with a part that is not 1 to 63 letters, digits and inner hyphens",
        "correct the name",
    ),
    (
        lambda text: not TOP_LEVEL.fullmatch(_labels(text)[-1]),
        "whose last part no top-level domain can be",
        "correct the name",
    ),
    (
        lambda text: any(map(_is_no_punycode, _labels(text))),
        "with an xn-- that stands for no letters",
        "correct the name",
    ),
    (
        lambda text: bool(COUNTRY_SUFFIX.fullmatch(text)),
        "which looks like a suffix that anybody registers domains under",
        "name the domains below it that are needed",
    ),
)
"""In the order in which they are looked for."""
