"""The table of simulated types: the TOML files beside this one, with what pulumi_gcp's docstrings add."""

from __future__ import annotations

import tomllib
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from sandbox.simulator import docstrings, schema
from sandbox.simulator.rules import (
    Autoname,
    Conditional,
    Conflict,
    Immutable,
    Keyed,
    Needed,
    Normalisation,
    OneOf,
    Pattern,
    Reference,
    Required,
    Row,
    Survival,
)
from sandbox.simulator.schema import ResourceSchema, Schema

FOLDER = Path(__file__).parent


class TypeNotSimulated(Exception):  # noqa: N818 - named after the state it reports
    """The program uses a resource type that this simulator does not know."""

    def __init__(self, token: str) -> None:
        known = "\n".join(f"  {name}" for name in sorted(rows()))
        super().__init__(
            f"{token} is not simulated. The sandbox's gcp plugin is a simulator and knows only:\n{known}\n"
            f"Add a row to sandbox/simulator/catalogue, or run this program against Google Cloud."
        )


class Entry:
    """One type: its row, pulumi_gcp's types for it, and every rule, from the table and from the docstrings."""

    def __init__(self, row: Row, types: Schema) -> None:
        self.row = row
        self.types = types

    @cached_property
    def schema(self) -> ResourceSchema:
        """pulumi_gcp's inputs and outputs."""
        return self.types.resource(self.row.file)

    @cached_property
    def immutables(self) -> tuple[Immutable, ...]:
        """What replaces the resource when it changes."""
        return (*self.row.immutables, *docstrings.immutables(self.types, self.schema))

    @cached_property
    def conflicts(self) -> tuple[Conflict, ...]:
        """What cannot be given together."""
        return (*self.row.conflicts, *docstrings.conflicts(self.types, self.schema))


class Catalogue:
    """Every simulated type by its token."""

    def __init__(self) -> None:
        self.types = schema.load([row.file for row in rows().values()])
        self._entries: dict[str, Entry] = {}

    def entry(self, token: str) -> Entry:
        """The type `token`, e.g. `gcp:compute/network:Network`. Raises TypeNotSimulated."""
        if token not in rows():
            raise TypeNotSimulated(token)
        if token not in self._entries:
            self._entries[token] = Entry(rows()[token], self.types)
        return self._entries[token]


@cache
def rows() -> dict[str, Row]:
    """The table as it stands in the files, by type token."""
    found: dict[str, Row] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        cited = document.pop("references")
        found |= {token: _row(token, dict(body), cited) for token, body in document.items()}
    return found


def _row(token: str, body: dict[str, Any], cited: dict[str, str]) -> Row:
    def take(name: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = body.pop(name, [])
        return [{**item, "reference": cited[item["reference"]]} if "reference" in item else item for item in items]

    autoname, survives = body.pop("autoname", None), body.pop("survives", None)
    return Row(
        token=token,
        immutables=tuple(
            Immutable(path=path, when=item.get("when", "always"), reference=item["reference"])
            for item in take("immutable")
            for path in item["paths"]
        ),
        conflicts=tuple(
            Conflict(path=item["path"], other=other, reference=item["reference"])
            for item in take("conflicts")
            for other in item["others"]
        ),
        required=tuple(Required(**{**item, "names": tuple(item["names"])}) for item in take("required")),
        one_of=tuple(OneOf(paths=tuple(item["paths"]), reference=item["reference"]) for item in take("one-of")),
        needed=tuple(
            Needed(path=item["path"], value=item["value"], other=other, reference=item["reference"])
            for item in take("needed")
            for other in item["others"]
        ),
        patterns=tuple(Pattern(**item) for item in take("pattern")),
        keyed=tuple(Keyed(**item) for item in take("keyed")),
        references=tuple(Reference(**item) for item in take("refers")),
        conditionals=tuple(Conditional(**item) for item in take("conditional")),
        normalised=tuple(Normalisation(**item) for item in take("normalised")),
        outputs=body.pop("outputs", {}),
        given=body.pop("given", {}),
        assumed=body.pop("assumed", None),
        computed=cited[body.pop("computed")],
        sets=tuple(body.pop("sets", ())),
        secrets=tuple(body.pop("secrets", ())),
        autoname=Autoname(**autoname) if autoname else None,
        protection=body.pop("protection", None),
        force=body.pop("force", None),
        adopts=body.pop("adopts", False),
        api=body.pop("api", None),
        survives=Survival(**{**survives, "reference": cited[survives["reference"]]}) if survives else None,
        **body,
    )
