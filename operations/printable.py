"""Text from anywhere, as a terminal may show it."""

from __future__ import annotations


def printable(text: str) -> str:
    """`text` without what would move a terminal's cursor or colour it: names of resources are anybody's."""
    return "".join(one if one.isprintable() or one in "\n\t" else ascii(one)[1:-1] for one in text)
