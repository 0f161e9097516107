"""Reads the types of pulumi_gcp out of its source files, without importing it (that costs seconds and 130 MB)."""

from __future__ import annotations

import ast
import importlib.util
import re
import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Json = dict[str, Any]

_CLASS = re.compile(r"^class (\w+)", re.MULTILINE)
_PLAIN = {"str": "string", "bool": "boolean", "int": "integer", "float": "number", "Any": "any", "object": "any"}


class ExtractionError(Exception):
    """pulumi_gcp is not installed, or its sources are not laid out as this reader expects."""


def package_folder() -> Path:
    """The folder of the installed pulumi_gcp. Raises ExtractionError."""
    spec = importlib.util.find_spec("pulumi_gcp")
    if spec is None or not spec.submodule_search_locations:
        raise ExtractionError(
            "pulumi_gcp is not installed in this environment; any `make` command installs it into .venv"
        )
    return Path(spec.submodule_search_locations[0])


@dataclass(kw_only=True)
class Extractor:
    """Collects classes from the sources below `package`, each parsed once."""

    package: Path
    classes: dict[str, Json] = field(default_factory=dict)
    _sources: dict[Path, _Source] = field(default_factory=dict)

    def resource(self, file: str) -> Json:
        """Inputs and outputs of the resource defined in `file`, e.g. `container/cluster.py`.

        Nested classes land in `classes` under `<module>.<class name>`.
        """
        source = self._source(self.package / file)
        module = Path(file).parent.as_posix()
        name = next((n[1:-5] for n in source.offsets if n.startswith("_") and n.endswith("State")), None)
        if name is None:
            raise ExtractionError(f"pulumi_gcp/{file} defines no resource")
        return {
            "name": name,
            "inputs": self._properties(source, f"{name}Args", module),
            "outputs": self._properties(source, f"_{name}State", module),
        }

    def provider(self) -> Json:
        """The provider's own configuration."""
        return self._properties(self._source(self.package / "provider.py"), "ProviderArgs", ".")

    def _source(self, path: Path) -> _Source:
        if path not in self._sources:
            try:
                self._sources[path] = _Source.of(path.read_text(encoding="utf-8"))
            except OSError as error:
                raise ExtractionError(f"cannot read {path}: {error.strerror}") from None
        return self._sources[path]

    def _properties(self, source: _Source, class_name: str, module: str) -> Json:
        node = source.parse(class_name)
        functions = [item for item in node.body if isinstance(item, ast.FunctionDef)]
        wires, docs = _getters(functions)
        init = next(f for f in functions if f.name == "__init__")
        found: Json = {}
        for argument, default in zip(init.args.kwonlyargs, init.args.kw_defaults, strict=True):
            if argument.annotation is None:
                raise ExtractionError(f"{class_name}.{argument.arg} has no type")
            found[wires.get(argument.arg, argument.arg)] = {
                "type": self._type(argument.annotation, module),
                "required": default is None,
                "doc": docs.get(argument.arg, ""),
            }
        return found

    def _type(self, node: ast.expr, module: str) -> Json:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self._object(node.value, module)
        if isinstance(node, ast.Subscript):
            return self._generic(node, module)
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if name not in _PLAIN:
            raise ExtractionError(f"unexpected type {ast.unparse(node)}")
        return {"kind": _PLAIN[name]}

    def _generic(self, node: ast.Subscript, module: str) -> Json:
        name = node.value.attr if isinstance(node.value, ast.Attribute) else ast.unparse(node.value)
        first = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
        if name in ("Input", "Optional", "Union"):
            return self._type(first, module)
        if name == "Sequence":
            return {"kind": "list", "items": self._type(first, module)}
        if name == "Mapping" and isinstance(node.slice, ast.Tuple):
            return {"kind": "map", "items": self._type(node.slice.elts[1], module)}
        raise ExtractionError(f"unexpected type {ast.unparse(node)}")

    def _object(self, class_name: str, module: str) -> Json:
        key = f"{module}.{class_name}"
        if key not in self.classes:
            self.classes[key] = {}  # a class may contain itself
            source = self._source(self.package / module / "_inputs.py")
            self.classes[key] = self._properties(source, class_name, module)
        return {"kind": "object", "class": key}


@dataclass(frozen=True, kw_only=True)
class _Source:
    """One source file with the place of each class: parsing megabytes to read a few classes would take seconds."""

    text: str
    offsets: dict[str, tuple[int, int]]

    @classmethod
    def of(cls, text: str) -> _Source:
        starts = [(match.group(1), match.start()) for match in _CLASS.finditer(text)]
        ends = [start for _, start in starts[1:]] + [len(text)]
        return cls(text=text, offsets={name: (start, end) for (name, start), end in zip(starts, ends, strict=True)})

    def parse(self, class_name: str) -> ast.ClassDef:
        if class_name not in self.offsets:
            raise ExtractionError(f"class {class_name} is not where pulumi_gcp used to define it")
        start, end = self.offsets[class_name]
        # The slice ends before the next class, so it may end with that one's decorators.
        block = re.sub(r"(?:^@.*\n)+\Z", "", self.text[start:end], flags=re.MULTILINE)
        node = ast.parse(block).body[0]
        if not isinstance(node, ast.ClassDef):
            raise ExtractionError(f"{class_name} is not a class")
        return node


def _getters(functions: list[ast.FunctionDef]) -> tuple[dict[str, str], dict[str, str]]:
    wires: dict[str, str] = {}
    docs: dict[str, str] = {}
    for function in functions:
        for decorator in function.decorator_list:
            call = decorator.func if isinstance(decorator, ast.Call) else decorator
            if not (isinstance(call, ast.Attribute) and call.attr == "getter"):
                continue
            if isinstance(decorator, ast.Call):
                wires[function.name] = next(
                    str(keyword.value.value)
                    for keyword in decorator.keywords
                    if keyword.arg == "name" and isinstance(keyword.value, ast.Constant)
                )
            docs[function.name] = textwrap.dedent(ast.get_docstring(function, clean=True) or "")
    return wires, docs
