"""What a stack is expected to contain, as tests/inventories says, and how it differs from what was registered."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from tests.program_mocks import ROOT, World

FOLDER = ROOT / "tests" / "inventories"


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """The decided properties of every resource by type and name, and which resources Pulumi protects."""

    resources: Mapping[str, Any]
    protected: frozenset[str]


def read(name: str, *, over: str | None = None) -> Inventory:
    """The inventory `name`, laid over another one."""
    own = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    variables = own.pop("variables", {})
    protected = frozenset(own.pop("protected", ()))
    common = yaml.safe_load((FOLDER / f"{over}.yaml").read_text(encoding="utf-8")) if over else {}
    return Inventory(resources=filled(laid_over(common, own), variables), protected=protected)


def laid_over(base: Any, top: Any) -> Any:
    """`top` over `base`: mappings are joined, everything else is replaced."""
    if isinstance(base, Mapping) and isinstance(top, Mapping):
        return {key: laid_over(base.get(key), top[key]) if key in top else base[key] for key in [*base, *top]}
    return top


def filled(value: Any, variables: Mapping[str, str]) -> Any:
    """`value` with `$name` replaced in every text; other dollar signs stay."""
    if isinstance(value, Mapping):
        return {key: filled(item, variables) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, variables) for item in value]
    return string.Template(value).safe_substitute(variables) if isinstance(value, str) else value


def differences(inventory: Inventory, world: World) -> list[str]:
    """Every resource too many or too few, and every decision that does not hold, a line each."""
    registered = {one.key: one for one in world.resources}
    lines = [f"not in the inventory: {key}" for key in sorted(registered.keys() - inventory.resources.keys())]
    lines += [f"not registered: {key}" for key in sorted(inventory.resources.keys() - registered.keys())]
    for key in sorted(inventory.resources.keys() & registered.keys()):
        lines += undecided(inventory.resources[key], registered[key].inputs, key)
        if registered[key].protected != (key in inventory.protected):
            lines.append(f"{key}: protect is {registered[key].protected}")
    return lines


def undecided(decided: Any, found: Any, path: str) -> list[str]:
    """Where `found` is not what was decided. Mappings may hold more than was decided, lists may not."""
    if isinstance(decided, Mapping) and isinstance(found, Mapping):
        return [line for key in decided for line in undecided(decided[key], found.get(key), f"{path}.{key}")]
    if isinstance(decided, list) and isinstance(found, list) and len(decided) == len(found):
        pairs = enumerate(zip(decided, found, strict=True))
        return [line for place, (one, other) in pairs for line in undecided(one, other, f"{path}[{place}]")]
    return [] if decided == found else [f"{path}: decided {decided!r}, found {found!r}"]
