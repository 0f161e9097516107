"""Errors an operator reads at night: what happened, to which resource, what was kept, what to run next."""

from __future__ import annotations


class OperationError(Exception):
    """An expected failure. The command line prints its text and exits with 1; it never shows a traceback."""


class DeclinedError(OperationError):
    """The operator said no, or nobody was there to say yes."""


class UnreachableError(OperationError):
    """A cluster gives no answer. It may be away for a moment, out of reach, or gone."""
