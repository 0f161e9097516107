"""YAML files of keys and values, as Pulumi writes and reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from operations.errors import OperationError


def mapping(path: Path, *, remedy: str) -> dict[str, Any]:
    """A YAML file of keys and values; an empty one is `{}`. `remedy` says what to do about one that is no such thing.

    Raises:
        OperationError: the file is no YAML, or no mapping.
        OSError: it cannot be read.
    """
    try:
        content = yaml.safe_load(path.read_bytes())
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise OperationError(f"{path} is no YAML: {error}\nNothing was changed. {remedy}") from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise OperationError(f"{path} holds no keys and values. Nothing was changed. {remedy}")
    return content
