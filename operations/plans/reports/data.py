"""The judgement itself as JSON, and back, also from somebody who is not to be trusted."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any, TypeVar

from operations.judgement import ADVISORY, DISABLED, MANDATORY, ControlFacts, Judgement, Kind, Row

VERSION = 1
LARGEST = 5_000_000
"""Characters of a file that is read."""
_LEVELS = (MANDATORY, ADVISORY, DISABLED)
_ID = re.compile(r"[a-z][a-z0-9-]{0,63}")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
"""What Pulumi calls a stack, and no path."""
_FILE = re.compile(r"(?!/)(?!.*(?:^|/)\.\.(?:/|$))[\w./@+ -]{0,300}", re.ASCII)

T = TypeVar("T", ControlFacts, Row, Judgement)


class NoJudgementError(ValueError):
    """A text is not what `render` writes."""


def render(judgement: Judgement) -> str:
    """The JSON, with a final newline."""
    return json.dumps({"version": VERSION, **asdict(judgement)}, indent=1) + "\n"


def read_untrusted(text: str) -> Judgement:
    """What `render` wrote, or what somebody wants to be taken for it.

    Ids, levels, kinds and file names are what they may be, and every other text is text. Links are left out: they would
    be shown as ours.

    Raises:
        NoJudgementError: anything else. The message quotes nothing of the text.
    """
    if len(text) > LARGEST:
        raise NoJudgementError(f"more than {LARGEST} characters")
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NoJudgementError("no JSON") from error
    whole = _object(given, "the whole")
    if whole.pop("version", None) != VERSION:
        raise NoJudgementError(f"not of version {VERSION}")
    controls = tuple(_control(one) for one in _list(whole.pop("controls", None), "controls"))
    rows = tuple(_row(one) for one in _list(whole.pop("rows", None), "rows"))
    lists = {key: tuple(_text(one, key) for one in _list(whole.pop(key, None), key)) for key in ("failures", "remarks")}
    made = _made(Judgement, {**whole, **lists, "controls": controls, "rows": rows}, texts=("subject", "environment"))
    return replace(made, name=_matching(_NAME, made.name, "name"))


def _control(given: Any) -> ControlFacts:
    values = _object(given, "a control")
    _matching(_ID, values.get("id"), "id")
    _among(_LEVELS, values.get("level"), "level")
    texts = tuple(field.name for field in fields(ControlFacts))
    return replace(_made(ControlFacts, values, texts=texts), source_url="", source_title="")


def _row(given: Any) -> Row:
    values = _object(given, "a row")
    _matching(_ID, values.get("control"), "control")
    _matching(_FILE, values.get("file"), "file")
    _among(_LEVELS, values.get("level"), "level")
    values["kind"] = Kind(_among(tuple(Kind), values.get("kind"), "kind"))
    line = values.get("line")
    if line is not None and (type(line) is not int or not 0 < line < 10**7):
        raise NoJudgementError("line is no line")
    return _made(Row, values, texts=("resource", "message", "path", "urn"))


def _made(kind: type[T], values: dict[str, Any], *, texts: tuple[str, ...]) -> T:
    if set(values) != {field.name for field in fields(kind)}:
        raise NoJudgementError(f"other keys than a {kind.__name__} has")
    for key in texts:
        _text(values[key], key)
    return kind(**values)


def _object(given: Any, what: str) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise NoJudgementError(f"{what} is no object")
    return dict(given)


def _list(given: Any, what: str) -> list[Any]:
    if not isinstance(given, list):
        raise NoJudgementError(f"{what} is no list")
    return given


def _text(given: Any, what: str) -> str:
    if not isinstance(given, str):
        raise NoJudgementError(f"{what} is no text")
    return given


def _matching(pattern: re.Pattern[str], given: Any, what: str) -> str:
    if not pattern.fullmatch(_text(given, what)):
        raise NoJudgementError(f"{what} is not what it may be")
    return str(given)


def _among(allowed: tuple[str, ...], given: Any, what: str) -> str:
    if _text(given, what) not in allowed:
        raise NoJudgementError(f"{what} is not what it may be")
    return str(given)
