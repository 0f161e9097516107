"""Configuration as Pulumi hands it over."""

from __future__ import annotations

import json


def decoded(value: str) -> object:
    """What a setting that is text stands for: structured values are JSON, two words are what they look like.

    Pulumi hands a mapping or a list over as JSON and anything else as text, whether it was written in quotes or not;
    `pulumi config set` writes all of them as text. No setting of ours that is text may be `true` or `false`.
    """
    if not value.startswith(("{", "[")) and value not in ("true", "false"):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value
