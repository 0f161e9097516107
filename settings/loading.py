"""From a stack's plain configuration to checked settings, or to every mistake in it at once."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from settings import checks, explaining
from settings.mistakes import Mistake
from settings.stack import StackSettings

Model = TypeVar("Model", bound=BaseModel)
Path = tuple[str, ...]
"""Where a setting is, as the names on the way to it."""


class SettingsError(Exception):
    """The settings of a stack cannot be used. `mistakes` holds each of them; the message lists them all."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        head = f"{count} in the settings of this stack; nothing was created or changed."
        super().__init__("\n".join([head, *(str(mistake) for mistake in mistakes)]))
        self.mistakes = tuple(mistakes)


def load(config: Mapping[str, object], *, unreadable: Collection[Path] = ()) -> StackSettings:
    """Settings from the keys below `p2p-nodes:`, given without that prefix.

    Raises SettingsError with all mistakes. Checks across settings run with defaults in place of what is wrong in
    itself, but for those that would read it: one wrong number does not hide an overlap elsewhere.
    `unreadable` are settings that `config` leaves out because their value is a secret: they count as right.
    """
    given = {**_stand_in(unreadable), **config}
    mistakes: list[Mistake] = []
    wrong = set(unreadable)
    try:
        StackSettings.model_validate_json(_text(given))
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            mistakes.append(explaining.mistake(detail))
            wrong.update(_wrong(detail))
    right = StackSettings.model_validate_json(_text(_stand_in(wrong) | _without(given, wrong)))
    mistakes += checks.across(right, wrong=wrong)
    if mistakes:
        raise SettingsError(sorted(mistakes, key=lambda mistake: mistake.key))
    return right


def load_as(model: type[Model], config: Mapping[str, object], *, namespace: str, place: str) -> Model:
    """Settings of another program's `model` from the keys below `namespace:`, given without that prefix.

    `place` says where a person corrects them. Raises SettingsError with all mistakes.
    """
    try:
        return model.model_validate_json(_text(config))
    except ValidationError as error:
        source = explaining.Source(model=model, namespace=namespace, place=place)
        mistakes = [explaining.mistake(detail, source) for detail in error.errors(include_url=False)]
        raise SettingsError(sorted(mistakes, key=lambda mistake: mistake.key)) from None


def _text(config: Mapping[str, object]) -> str:
    """As JSON: lists become tuples and text becomes ranges, yet a number written as text stays a mistake."""
    return json.dumps(config, default=str)


def _stand_in(wrong: Collection[Path]) -> dict[str, object]:
    """A name for the project, which is the one setting without a default; no check reads it."""
    return {"project": "unknown-project"} if ("project",) in wrong else {}


def _without(config: Mapping[str, object], wrong: Collection[Path], place: Path = ()) -> dict[str, object]:
    return {
        name: _without(value, wrong, (*place, name)) if isinstance(value, Mapping) else value
        for name, value in config.items()
        if (*place, name) not in wrong
    }


def _wrong(detail: ErrorDetails) -> Iterator[Path]:
    """What an error makes useless: the setting, a list as a whole, and the setting that a misspelled key means."""
    location = detail["loc"]
    yield tuple(str(part) for part in takewhile(lambda part: isinstance(part, str), location))
    if meant := explaining.meant(detail):
        yield (*(str(part) for part in location[:-1]), meant)
