"""From a stack's plain configuration to checked settings, or to every mistake in it at once."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from settings import checks, descriptions
from settings.mistakes import Mistake, key_path, shown
from settings.stack import StackSettings


class SettingsError(Exception):
    """The settings of a stack cannot be used. `mistakes` holds each of them; the message lists them all."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        head = f"{count} in the settings of this stack; nothing was created or changed."
        super().__init__("\n".join([head, *(str(mistake) for mistake in mistakes)]))
        self.mistakes = tuple(mistakes)


def load(config: Mapping[str, object]) -> StackSettings:
    """Settings from the keys below `p2p-nodes:`, given without that prefix.

    Raises SettingsError with all mistakes. Checks across sections run on the sections that are right in
    themselves, so that one wrong number does not hide an overlap elsewhere.
    """
    text = json.dumps(config, default=str)
    mistakes: list[Mistake] = []
    wrong: set[str] = set()
    try:
        # As JSON: lists become tuples and text becomes ranges, yet a number written as text stays a mistake.
        StackSettings.model_validate_json(text)
    except ValidationError as error:
        details = error.errors(include_url=False)
        wrong = {str(detail["loc"][0]) for detail in details if detail["loc"]}
        mistakes += [_mistake(detail) for detail in details]
    sections = {
        name: model.model_validate_json(json.dumps(config.get(name, {}), default=str))
        for name, field in StackSettings.model_fields.items()
        if name not in wrong and (model := descriptions.section(field)) is not None
    }
    mistakes += checks.across(sections)
    if mistakes:
        raise SettingsError(sorted(mistakes, key=lambda mistake: mistake.key))
    return StackSettings.model_validate_json(text)


def _mistake(detail: ErrorDetails) -> Mistake:
    location = detail["loc"]
    key = key_path(location)
    parent, field = _field_at(location)
    if detail["type"] == "extra_forbidden":
        name = str(location[-1])
        known = sorted(parent.model_fields) if parent else []
        close = difflib.get_close_matches(name, known, n=1)
        advice = f"rename it to {close[0]}" if close else "remove it"
        return Mistake(key=key, got=f"an unknown key {name}", allowed=", ".join(known), advice=advice)
    if field is None:
        return Mistake(key=key, got=shown(detail["input"]), allowed=detail["msg"], advice="correct the value")
    permitted = descriptions.allowed(field, item=isinstance(location[-1], int))
    if detail["type"] == "missing":
        return Mistake(key=key, got="nothing", allowed=permitted, advice=f"pulumi config set {key} VALUE")
    return Mistake(key=key, got=shown(detail["input"]), allowed=permitted, advice=_advice(detail, permitted, field))


def _advice(detail: ErrorDetails, permitted: str, field: FieldInfo) -> str:
    value = detail["input"]
    if isinstance(value, str) and permitted.startswith(("whole number", "true or false", "a power of two")):
        return "write it without quotes"
    correct = "correct the value in Pulumi.<stack>.yaml"
    return correct if field.is_required() else f"{correct}, or remove the key to use the default"


def _field_at(location: Sequence[str | int]) -> tuple[type[BaseModel] | None, FieldInfo | None]:
    """The model that holds the key, and the key's field where the model has it."""
    parent: type[BaseModel] | None = StackSettings
    field: FieldInfo | None = None
    names = [part for part in location if isinstance(part, str)]
    for position, name in enumerate(names):
        field = parent.model_fields.get(name) if parent else None
        if field is None:
            break
        if position < len(names) - 1:
            parent = descriptions.section(field)
    return parent, field
