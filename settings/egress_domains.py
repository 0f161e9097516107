"""Mistakes in the list of domains that the proxy forwards to, all of them at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from settings.domain_names import fault, includes, normalized
from settings.fields import DOMAIN
from settings.mistakes import Mistake, key_path, shown
from settings.stack import StackSettings


def allowed_domains(stack: StackSettings) -> Iterator[Mistake]:
    """Entries that are no domains, and those that another entry makes superfluous.

    squid refuses a list in which one entry includes another, depending on their order; then no proxy starts. Entries
    are compared as they will be once corrected: `Example.org` beside `example.org` is a duplicate.
    """
    domains = stack.egress.allowed_domains
    meant = [_meant(domain) for domain in domains]
    for position, domain in enumerate(domains):
        wider, wrong = _wider(meant, position), fault(domain)
        if wider is not None:
            got = f"{shown(domain)}, which the entry {shown(domains[wider])} includes"
            allowed, advice = "a domain that no other entry includes", "remove it"
        elif wrong:
            got, allowed, advice = f"{shown(domain)}, {wrong.what}", DOMAIN, wrong.advice
        else:
            continue
        yield Mistake(key=key_path(["egress", "allowed_domains", position]), got=got, allowed=allowed, advice=advice)


def _meant(domain: str) -> str | None:
    """The domain that will be there once the entry is corrected; None where that is not known."""
    meant = normalized(domain)
    return None if fault(meant) else meant


def _wider(domains: Sequence[str | None], position: int) -> int | None:
    """Where the entry is that includes the one here; of two equal ones the first stays."""
    here = domains[position]
    if here is None:
        return None
    others = (place for place, one in enumerate(domains) if one and one != here and includes(one, here))
    earlier = (place for place, one in enumerate(domains[:position]) if one == here)
    return next(others, next(earlier, None))
