"""YAML is read as Kubernetes reads it; what is no such YAML is an error with its line, whatever it is."""

from __future__ import annotations

import contextlib
import math
import time
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from operations.adapters.yaml_documents import DEEPEST, YamlError, documents


def values(text: str | bytes) -> list[Any]:
    return [one.value for one in documents(text if isinstance(text, bytes) else text.encode())]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Off", False),
        ("y", True),
        ("'Off'", "Off"),
        ("!!str Off", "Off"),
        ("12:30", "12:30"),
        ("2024-01-31", "2024-01-31"),
        ("2024-01-31T10:00:00Z", "2024-01-31T10:00:00Z"),
        ("0644", 420),
        ("0o644", 420),
        ("-0x1F", -31),
        ("0b101", 5),
        ("1_000", 1000),
        ("08", 8),
        ("1.50", 1.5),
        ("2.0", 2),
        ("1e3", 1000),
        ("!!float 2", 2),
        ("v1.2.3", "v1.2.3"),
        ("500m", "500m"),
        (".", "."),
        ("|\n  a\n  b\n", "a\nb\n"),
        ('"\\u00fc"', "ü"),
    ],
)
def test_scalars_mean_what_kubectl_reads(text: str, meaning: object) -> None:
    [read] = values(f"a: {text}")
    assert read == {"a": meaning}
    assert type(read["a"]) is type(meaning)


def test_a_number_of_any_length_is_a_number() -> None:
    assert values("a: " + "9" * 5000) == [{"a": math.inf}]


def test_keys_are_text() -> None:
    assert values("{80: a, true: b, ~: c, 'x y': d}") == [{"80": "a", "true": "b", "null": "c", "x y": "d"}]


def test_aliases_and_merges() -> None:
    assert values("a: &x {b: 1, c: 2}\nd: *x\ne: {<<: *x, c: 3}\nf: {<<: [{b: 4}, *x]}") == [
        {"a": {"b": 1, "c": 2}, "d": {"b": 1, "c": 2}, "e": {"b": 1, "c": 3}, "f": {"b": 4, "c": 2}}
    ]


def test_documents_and_objects_have_lines() -> None:
    text = "# a chart's\n---\n# nothing\n---\n\nkind: List\nitems:\n  - a: 1\n  -\n    a: 2\n---\n- 1\n...\n"
    first, second = documents(text.encode())
    assert isinstance(first.value, dict)
    items = first.value["items"]
    assert isinstance(items, list)
    [one, two] = items
    assert (first.line, first.line_of(one), first.line_of(two), second.line) == (6, 8, 10, 12)


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a: 1\nb: [", 2, "node content|expected"),
        ("a:\n\tb: 1", 2, "cannot start any token"),
        ("a: 1\nb: 2\na: 3", 3, "the key a is given twice"),
        ("x:\n  80: 1\n  '80': 2", 3, "the key 80 is given twice"),
        ("---\na: 1\n---\na: *b", 4, "stands for nothing"),
        ("a: &b\n  c: *b", 2, "for what contains it"),
        ("a: !Ref b", 1, "!Ref"),
        ("a: !!python/object:os.system []", 1, "python/object"),
        ("a: !!set {b}", 1, "set"),
        ("a: !!int b", 1, "int"),
        ("? [a]\n: 1", 1, "as a key"),
        ("<<: 1", 1, "merges what is no object"),
        ("a: {{ .Values.b }}", 1, "as a key"),
        ("\n" + "[" * 100_000, 2, f"more than {DEEPEST}"),
    ],
)
def test_what_is_no_such_yaml_is_an_error_with_its_line(text: str, line: int, problem: str) -> None:
    with pytest.raises(YamlError, match=problem) as error:
        values(text)
    assert error.value.line == line


@pytest.mark.parametrize("text", [b"\xff", b"a: \x00", b"a: \xc3(", b"\xff\xfea"])
def test_what_is_no_text_is_an_error(text: bytes) -> None:
    with pytest.raises(YamlError):
        values(text)


def test_a_bomb_is_refused_at_once() -> None:
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    began = time.monotonic()
    with pytest.raises(YamlError, match="stand for more than 100,000 values"):
        values("\n".join(["a0: &a0 lol", *levels]))
    assert time.monotonic() - began < 1


_LEAVES = st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.text() | st.floats(allow_nan=False).map(str)
_DATA = st.recursive(
    _LEAVES, lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(), below, max_size=4), max_leaves=20
)


@given(st.lists(_DATA.filter(lambda value: value is not None), max_size=3))
def test_what_pyyaml_writes_is_read_back(data: list[Any]) -> None:
    # Every text in quotes: PyYAML takes some for text that Kubernetes takes for something else, such as y and 0E0.
    assert values(yaml.safe_dump_all(data, allow_unicode=True, default_style='"')) == data


@given(st.text(alphabet="ab:-?!&*[]{}<>|#'\"%@`, \n\t0.~", max_size=60) | st.binary(max_size=40))
def test_no_text_raises_anything_else(text: str | bytes) -> None:
    with contextlib.suppress(YamlError):
        values(text)
