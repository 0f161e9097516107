"""Ports as Google Cloud writes them: one, or a range with both ends in it.

Grammar: https://cloud.google.com/compute/docs/reference/rest/v1/firewalls (`allowed[].ports[]`): "22", "12345-12349".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from guardrails.control import Unjudged
from guardrails.fields import Field
from guardrails.plain import quoted, type_name

_PORTS: Final = re.compile(r"(?P<first>[0-9]{1,5})(?:-(?P<last>[0-9]{1,5}))?")


def ports(field: Field) -> range | Unjudged:
    """The ports that the field names."""
    value = field.value
    match = _PORTS.fullmatch(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else None
    if match is None:
        found = quoted(value) if isinstance(value, str | int) else type_name(value)
        return Unjudged(path=field.path, reason=f"is {found} where a port or a range of ports is expected")
    return range(int(match["first"]), int(match["last"] or match["first"]) + 1)


def listed(allowed: Iterable[int]) -> str:
    """Ports as a message names what is allowed."""
    return ", ".join(map(str, allowed)) or "no port"
