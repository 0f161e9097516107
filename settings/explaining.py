"""From what pydantic says about a value to a mistake that a person can correct."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from settings import descriptions
from settings.mistakes import NAMESPACE, Mistake, key_path, shown
from settings.stack import StackSettings


@dataclass(frozen=True, kw_only=True)
class Source:
    """What the settings were to be, the namespace of their keys, and where a person corrects them."""

    model: type[BaseModel] = StackSettings
    namespace: str = NAMESPACE
    place: str = "Pulumi.<stack>.yaml"


STACK = Source()


def mistake(detail: ErrorDetails, source: Source = STACK) -> Mistake:
    """The mistake behind an error."""
    location = detail["loc"]
    key = key_path(location, source.namespace)
    parent, field, item = _field_at(location, source.model)
    if field is None:
        known = meant(detail, source)
        return Mistake(
            key=key,
            got=f"an unknown key {location[-1]}",
            allowed=", ".join(_known(parent)),
            advice=f"rename it to {known}" if known else "remove it",
        )
    permitted = descriptions.allowed(field, item=item)
    if detail["type"] == "missing":
        top = len(location) == 1
        advice = f"pulumi config set {key} VALUE" if top else "add it"
        return Mistake(key=key, got="nothing", allowed=permitted, advice=advice)
    return Mistake(
        key=key, got=shown(detail["input"]), allowed=permitted, advice=_advice(detail, permitted, field, source)
    )


def meant(detail: ErrorDetails, source: Source = STACK) -> str | None:
    """The known key that is most like an unknown one; None where the key is known, or like no other."""
    if detail["type"] != "extra_forbidden":
        return None
    parent, _, _ = _field_at(detail["loc"], source.model)
    close = difflib.get_close_matches(str(detail["loc"][-1]), _known(parent), n=1)
    return close[0] if close else None


def _known(parent: type[BaseModel] | None) -> list[str]:
    return sorted(parent.model_fields) if parent else []


def _advice(detail: ErrorDetails, permitted: str, field: FieldInfo, source: Source) -> str:
    value = detail["input"]
    if isinstance(value, str) and permitted == "true or false":
        return "write true or false, without quotes"
    if isinstance(value, str) and permitted.startswith(("whole number", "a power of two")):
        return "write a number, without quotes"
    correct = f"correct the value in {source.place}"
    return correct if field.is_required() else f"{correct}, or remove the key to use the default"


def _field_at(
    location: Sequence[str | int], model: type[BaseModel]
) -> tuple[type[BaseModel] | None, FieldInfo | None, bool]:
    """The model that holds the key, the key's field where the model has it, and whether one element of it is meant."""
    parent: type[BaseModel] | None = model
    field: FieldInfo | None = None
    holder, item = parent, False
    for part in location:
        if parent is None or isinstance(part, int):
            item = True
            continue
        holder, item = parent, False
        field = parent.model_fields.get(part)
        parent = (descriptions.section(field) or descriptions.listed_section(field)) if field else None
    return holder, field, item
