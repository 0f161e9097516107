"""What can go wrong with the tools, in words for the person who started the command."""

from __future__ import annotations


class ToolchainError(Exception):
    """A tool cannot be had. The text says which, why, what was kept and what to run next."""


class BuildCancelled(Exception):  # noqa: N818 - not an error: the person or another failed build asked for it
    """A build ended because another one failed or the person pressed Ctrl-C."""
