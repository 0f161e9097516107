"""What can go wrong with the sandbox's processes, in words for the person who started the command."""

from __future__ import annotations


class ControlPlaneError(Exception):
    """The control plane cannot start, run or stop. The text says which process, why, what was kept and what to run."""
