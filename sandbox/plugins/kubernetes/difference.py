"""What changed between two sets of inputs, and whether the change means a new object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pulumi.provider.experimental.provider import DiffResponse, PropertyDiff, PropertyDiffKind

from sandbox.plugins.kubernetes.replacement import Mutability, replaces, replacing_paths
from sandbox.plugins.kubernetes.tokens import Kind
from sandbox.plugins.kubernetes.values import Json, Object, Path, at, path_text


class _Missing:
    pass


_MISSING: Final = _Missing()


def changes(old: Json, new: Json, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """(path, 'ADD' | 'DELETE' | 'UPDATE') for every leaf that differs; a whole subtree added or removed is given leaf
    by leaf, so that the table of replacements sees each of them.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from changes(old.get(key, _MISSING), new.get(key, _MISSING), (*path, key))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            yield from changes(
                old[index] if index < len(old) else _MISSING,
                new[index] if index < len(new) else _MISSING,
                (*path, index),
            )
    elif isinstance(old, _Missing):
        yield from _whole(new, path, "ADD")
    elif isinstance(new, _Missing):
        yield from _whole(old, path, "DELETE")
    elif type(old) is not type(new) or old != new:
        yield path, "UPDATE"


def _whole(value: Json, path: Path, change: str) -> Iterator[tuple[Path, str]]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _whole(item, (*path, key), change)
    else:
        # A list that comes or goes is one change: its elements have no identity to compare.
        yield path, change


def difference(kind: Kind, old: Object, new: Object, *, ignored: list[str], mutability: Mutability) -> DiffResponse:
    """The answer to Diff. `old` and `new` are checked inputs; `ignored` are the program's `ignoreChanges`."""
    fixed = replacing_paths(kind, new, mutability)
    detailed: dict[str, PropertyDiff] = {}
    replacing: list[str] = []
    for path, change in changes(old, new):
        text = path_text(path)
        if any(_is_below(text, entry) for entry in ignored):
            continue
        replace = replaces(path, fixed)
        detailed[text] = PropertyDiff(PropertyDiffKind[f"{change}_REPLACE" if replace else change], input_diff=True)
        if replace:
            replacing.append(text)
    return DiffResponse(
        changes=bool(detailed),
        replaces=replacing,
        delete_before_replace=bool(replacing) and _same_place(old, new),
        diffs=sorted({text.replace("[", ".").split(".")[0] for text in detailed}),
        detailed_diff=detailed,
    )


def _is_below(text: str, entry: str) -> bool:
    return text == entry or text.startswith((f"{entry}.", f"{entry}["))


def _same_place(old: Object, new: Object) -> bool:
    # Source: pulumi-kubernetes provider.go, Diff, `deleteBeforeReplace`: same explicit name in the same namespace.
    def place(obj: Object) -> tuple[str, str, str]:
        return at(obj, "kind"), at(obj, "metadata", "namespace", default=""), at(obj, "metadata", "name")

    return place(old) == place(new)
