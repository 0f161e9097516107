"""The documents of YAML and JSON files, each error with the file and the line."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

from guardrails.plain import Plain

from operations.adapters.yaml_documents import Document, YamlError, documents
from operations.errors import OperationError

SUFFIXES: Final = frozenset({".yaml", ".yml", ".json"})


class FileFault(Exception):  # noqa: N818 one of several, which become one OperationError
    """One file cannot be judged. The text begins with the place."""


def files(path: Path) -> list[Path]:
    """The file itself, whatever its name, or every YAML and JSON file below a folder, in order.

    Raises:
        OperationError: there is nothing, or a folder cannot be read.
    """
    if not path.exists():
        raise OperationError(f"There is no file or folder {path}. Nothing was judged.")
    if not path.is_dir():
        return [path]

    def refused(error: OSError) -> None:
        raise OperationError(f"{error.filename}: {error.strerror}. Nothing was judged.") from error

    walked = os.walk(path, onerror=refused)
    return sorted(
        Path(folder) / name for folder, _, names in walked for name in names if Path(name).suffix.lower() in SUFFIXES
    )


def read(file: Path) -> list[Document]:
    """Every document of a file that is not empty. Raises FileFault."""
    try:
        text = file.read_bytes()
    except OSError as error:
        raise FileFault(f"{file}: {error.strerror}") from error
    try:
        return _json(text) if file.suffix.lower() == ".json" else list(documents(text))
    except YamlError as error:
        place = f"{file}:{error.line}" if error.line else str(file)
        template = " (it looks like a template: render it first)" if b"{{" in text else ""
        raise FileFault(f"{place}: {error.problem}{template}") from error


class _NotPlainError(ValueError):
    """What the decoder takes for JSON and Kubernetes does not."""


def _json(text: bytes) -> list[Document]:
    """JSON is no subset of the YAML that libyaml reads: it has other escapes."""
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_float=_number, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise YamlError(error.msg, error.lineno) from error
    except (_NotPlainError, RecursionError):
        # The other reader has no recursion, and says where.
        return list(documents(text))
    except ValueError as error:
        raise YamlError(f"it is no JSON: {error}", 0) from error
    return [] if value is None else [Document(value=value, line=1, lines={})]


def _once(pairs: list[tuple[str, Plain]]) -> dict[str, Plain]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise _NotPlainError
    return content


def _number(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() else number


def _no_constant(text: str) -> Plain:
    raise ValueError(f"{text} is no number")
