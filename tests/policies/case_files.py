"""Cases as data: a valid baseline and one mutation a case, in `cases/<family>/<control>.yaml`.

A control over single resources has one resource as its `baseline` (`type`, `name`, `props`, and where it matters
`protect` or `provider`). A control over stacks has a list of them below `baseline.resources`. `path` is the field that
cases change unless they name their own; without `value` they remove it. A case over a stack says `on` which resource
(`on` of the file, unless it says so itself), and may instead leave one out (`without: name`) or add one (`adding`).
`parameters` of the file, then of the case, replace the control's. `at` and `of` say which field of which resource the
message must name, where they are not the ones that were changed.
"""

from __future__ import annotations

import copy
import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from guardrails.catalogue import CONTROLS
from guardrails.control import Control, Finding, Rule, StackControl, Unjudged
from guardrails.exemptions import today
from guardrails.plain import UNKNOWN
from guardrails.resource import Resource, Stack

_STEP = re.compile(r'\["(?P<quoted>[^"]+)"\]|\[(?P<index>\d+)\]|\.?(?P<key>[^.\[]+)')


class _Loader(yaml.SafeLoader):
    """YAML with `!unknown` for a value that is not known before the update, and `!lasting` for an exemption's.

    That one writes a day in a month from now before its text.
    """


_Loader.add_constructor("!unknown", lambda _loader, _node: UNKNOWN)
_Loader.add_constructor("!lasting", lambda _loader, node: in_a_month() + node.value)


def in_a_month() -> str:
    """A day that an exemption may last to, whenever the tests run."""
    return (today() + datetime.timedelta(days=30)).isoformat()


FILES: list[dict[str, Any]] = [
    yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506  a subclass of the safe loader
    for path in sorted((Path(__file__).parent / "cases").rglob("*.yaml"))
]
BY_ID: dict[str, Rule[Any]] = {control.id: control for control in CONTROLS}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One case of a file. `{}` is its baseline."""

    file: dict[str, Any]
    data: dict[str, Any]

    @property
    def path(self) -> str:
        """The field that is changed."""
        return str(self.data.get("path", self.file.get("path", "")))

    @property
    def on(self) -> str:
        """The name of the resource that is changed."""
        return str(self.data.get("on", self.file.get("on", self.baseline[0]["name"])))

    @property
    def baseline(self) -> list[dict[str, Any]]:
        """The resources of the file."""
        baseline: dict[str, Any] = self.file["baseline"]
        return list(baseline.get("resources", [baseline]))

    @property
    def named(self) -> str:
        """The beginning of the message: the resource and the field."""
        return f'"{self.data.get("of", self.on)}", {self.data.get("at", self.path)}'

    def resources(self) -> list[Resource]:
        """The baseline with the case's one change."""
        resources = [
            self._changed(one) for one in copy.deepcopy(self.baseline) if one["name"] != self.data.get("without")
        ]
        adding = self.data.get("adding", [])
        return [_resource(one) for one in [*resources, *(adding if isinstance(adding, list) else [adding])]]

    def _changed(self, resource: dict[str, Any]) -> dict[str, Any]:
        if not self.data or resource["name"] != self.on:
            return resource
        for option in ("type", "protect", "provider"):
            if option in self.data:
                resource[option] = self.data[option]
        if not {"without", "adding"} & set(self.data) and ("path" in self.data or "value" in self.data or self._bare):
            _change(resource["props"], self.path, self.data)
        return resource

    @property
    def _bare(self) -> bool:
        """Whether the case's change is to remove the file's field: it names no other change."""
        return not {"type", "protect", "provider", "parameters"} & set(self.data)

    def outcomes(self) -> list[tuple[Resource, Finding | Unjudged]]:
        """What the control says of it."""
        return judged(BY_ID[self.file["control"]], self.resources(), self.parameters)

    @property
    def parameters(self) -> dict[str, Any]:
        """What is set of the control."""
        return {**self.file.get("parameters", {}), **self.data.get("parameters", {})}


def keys_of(value: Any) -> Iterator[str]:
    """Every key in the data, at any depth."""
    match value:
        case dict():
            for key, below in value.items():
                yield str(key)
                yield from keys_of(below)
        case list():
            for below in value:
                yield from keys_of(below)


def judged(
    control: Rule[Any], resources: list[Resource], given: dict[str, Any] | None = None
) -> list[tuple[Resource, Finding | Unjudged]]:
    """What a control says of resources, with its parameters changed as given."""
    parameters = type(control.parameters).model_validate({**control.parameters.model_dump(), **(given or {})})
    if isinstance(control, StackControl):
        return list(control.judge(Stack(resources=tuple(resources)), parameters))
    assert isinstance(control, Control)
    return [(resource, outcome) for resource in resources for outcome in control.judge(resource, parameters)]


def _resource(data: dict[str, Any]) -> Resource:
    return Resource(urn=f"urn:pulumi:test::p2p-nodes::{data['type']}::{data['name']}", **data)


def _change(props: Any, path: str, case: dict[str, Any]) -> None:
    steps: list[str | int] = [
        int(step["index"]) if step["index"] else step["quoted"] or step["key"] for step in _STEP.finditer(path)
    ]
    target = props
    for step in steps[:-1]:
        target = target[step]
    if "value" in case:
        target[steps[-1]] = case["value"]
    else:
        del target[steps[-1]]
