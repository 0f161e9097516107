"""Conditions as trees: what is kept, what is refused, and that nothing else ever happens."""

from __future__ import annotations

import contextlib

import pytest
from guardrails.cel import LONGEST, And, Expression, OneOf, Or, Other, Path, Texts, UnreadableError, parse
from hypothesis import given
from hypothesis import strategies as st

_A = OneOf(keys=("a",), values=("1",))
_B = OneOf(keys=("b",), values=("2",))
_C = OneOf(keys=("c",), values=("3",))


@pytest.mark.parametrize(
    ("condition", "tree"),
    [
        ("a", Path(keys=("a",))),
        ("a.b.c", Path(keys=("a", "b", "c"))),
        ("a['b'].c", Path(keys=("a", "b", "c"))),
        (".a.b", Path(keys=("a", "b"))),
        ("'branch'", Texts(values=("branch",), is_list=False)),
        ('"rb"', Texts(values=("rb",), is_list=False)),
        (r'r"a\b"', Other()),
        ("['x', \"y\",]", Texts(values=("x", "y"), is_list=True)),
        ("a == '1'", _A),
        ("'1' == a", _A),
        ("(a) == ('1')", _A),
        ("a in ['1', '2']", OneOf(keys=("a",), values=("1", "2"))),
        ("a == '1' && b == '2' && c == '3'", And(operands=(_A, _B, _C))),
        ("a == '1' || b == '2'", Or(operands=(_A, _B))),
        ("a == '1' && b == '2' || c == '3'", Or(operands=(And(operands=(_A, _B)), _C))),
        ("a == '1' && (b == '2' || c == '3')", And(operands=(_A, Or(operands=(_B, _C))))),
        ("a == '1' && true", And(operands=(_A, Other()))),
        ("a == '1' == true", Other()),
        ("a != '1'", Other()),
        ("!(a == '1')", Other()),
        ("!a == '1'", Other()),
        ("a == '1' + '2'", Other()),
        ("a == 1", Other()),
        ("a == b", Other()),
        ("a == ['1']", Other()),
        ("a in []", Other()),
        ("a in ['1', b]", Other()),
        ("'1' in a", Other()),
        ("a == b'1'", Other()),
        (r"a == '\x31'", Other()),
        ("a() == '1'", Other()),
        ("a.b('x', 1.5e-3) == '1'", Other()),
        ("a[b]", Other()),
        ("a[b] == '1'", Other()),
        ("a[['b']]", Other()),
        ("{'a': 1}", Other()),
        ("(" * 31 + "a" + ")" * 31, Path(keys=("a",))),
        ("a" * LONGEST, Path(keys=("a" * LONGEST,))),
        ("{'a': '1', 2: 3,}.a == '1'", Other()),
        ("a{b: 1} == '1'", Other()),
        ("a == '1' ? b == '2' : c == '3'", Other()),
        ("a == '1' // the first\n", _A),
    ],
)
def test_tree(condition: str, tree: Expression) -> None:
    assert parse(condition) == tree


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ("", "its end where a name"),
        ("a ==", "its end where a name"),
        ("a = 'x'", "cannot be read from character 2"),
        ("a // it's\n=", "cannot be read from character 2"),
        ("a // b\n=", "cannot be read from character 2"),
        ("a 'x'", "'x' where its end is expected"),
        ("(a == 'x'", "its end where ) is expected"),
        ("a == 'x')", ") where its end is expected"),
        ("a && || b", "|| where a name"),
        ("a ? b", "its end where : is expected"),
        ("a.in", "in where a name"),
        ("a.true", "true where a name"),
        ("[a b]", "b where ] is expected"),
        ("{a: b c}", "c where } is expected"),
        ("'never closed", "cannot be read from character 1"),
        ("'two\nlines'", "cannot be read from character 1"),
        ("a == '''x'''", "where its end is expected"),
        ('a == """x"""', "where its end is expected"),
        ("(" * 32 + "a" + ")" * 32, "nested deeper than 32 levels"),
        ("a" * (LONGEST + 1), "longer than 4096 characters"),
    ],
)
def test_refused(condition: str, why: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        parse(condition)
    assert why in str(refused.value)


_PIECES = st.sampled_from(
    ["a", "b.c", "'x'", '"y"', "r'", "b'", "\\", "'", '"', "'''", "&&", "||", "==", "in", "!", "?", ":", "(", ")", "[",
     "]", "{", "}", ",", ".", "-", "1.5e-3", "true", " ", "\n", "//", "é", "="]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=30).map("".join) | st.text(max_size=60))
def test_any_text_is_a_tree_or_refused(condition: str) -> None:
    with contextlib.suppress(UnreadableError):
        assert isinstance(parse(condition), Expression)


@pytest.mark.parametrize(
    "piece", ["(", "[", "{", "!", "-", "a.", "'''", '"', "a(", "a ? ", "//x\n", " ", "//", "// ", "e", "1e"]
)
def test_long_nonsense_is_refused_at_once(piece: str) -> None:
    with pytest.raises(UnreadableError):
        parse((piece * LONGEST)[: LONGEST - 2] + "\n=")
