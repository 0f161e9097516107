"""What can go wrong with the laboratory, in words for the person who started the command."""

from __future__ import annotations


class LaboratoryError(Exception):
    """The laboratory cannot be set up or something in it did not start. The text says why and what to do."""
