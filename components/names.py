"""Names that a stack gives to what it creates."""

from __future__ import annotations

import hashlib
import re

PLATFORM = "p2p-nodes"
NODE = "p2p-node"
"""The set of nodes: its namespace, what it is called in it, and its container."""
LONGEST_SLUG = 14


def platform_name(stack: str) -> str:
    """A name of at most 24 lower-case letters, digits and hyphens that is unique to the stack: `p2p-nodes-dev`.

    Google limits a service account to 30 characters, which leaves 6 for a suffix. Stack names that are longer, or
    have other characters, keep a digest of the whole name, so that two of them never share a cloud resource.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", stack.lower()).strip("-")
    if slug != stack or len(slug) > LONGEST_SLUG:
        digest = hashlib.sha256(stack.encode()).hexdigest()[:5]
        slug = f"{slug[: LONGEST_SLUG - 6].strip('-')}-{digest}".lstrip("-")
    return f"{PLATFORM}-{slug}"
