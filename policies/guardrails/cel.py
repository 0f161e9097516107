"""What a condition in the Common Expression Language says for certain, as a small tree.

Read by the grammar of the language definition (https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax).
Kept are `&&`, `||` and comparisons of a field with literal texts; all else is `Other`, of which nothing is known. Texts
in triple quotes are refused. A library would evaluate conditions; this pack asks what holds wherever one is true.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

LONGEST: Final = 4096
"""Google takes no longer condition, in characters."""
_DEEPEST: Final = 32

_TOKEN: Final = re.compile(
    r"""(?:[\t\n\f\r ]|//[^\n]*+)*+(?:
        (?P<text>(?:[rR][bB]?|[bB][rR])(?:"[^"\r\n]*"|'[^'\r\n]*')|[bB]?(?:"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*'))
        |(?P<number>(?:\d+\.?|\.\d)(?:[\w.]|(?<=[eE])[+-])*)
        |(?P<name>[A-Za-z_]\w*)
        |(?P<operator>&&|\|\||[=!<>]=|[<>!?:.,()\[\]{}+\-*/%])
        |(?P<end>\Z))""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_RELATIONS: Final = ("==", "!=", "<=", ">=", "<", ">", "in")
_CLOSING: Final = {"(": ")", "{": "}"}
_ARITHMETIC: Final = ("+", "-", "*", "/", "%")
_RESERVED: Final = ("true", "false", "null", "in")


class UnreadableError(ValueError):
    """The text is no condition, or one with constructs that this reader does not know. The message is a clause."""


@dataclass(frozen=True, kw_only=True)
class Path:
    """A field, such as `assertion.repository` or `assertion["repository"]`."""

    keys: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Texts:
    """One literal text, or a list of them."""

    values: tuple[str, ...]
    is_list: bool


@dataclass(frozen=True, kw_only=True)
class OneOf:
    """The field at `keys` has one of these values. There is at least one."""

    keys: tuple[str, ...]
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class And:
    """All of them hold."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, kw_only=True)
class Or:
    """At least one of them holds."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, kw_only=True)
class Other:
    """Anything else."""


Expression: TypeAlias = Path | Texts | OneOf | And | Or | Other


def parse(condition: str) -> Expression:
    """The tree of a condition. Raises UnreadableError."""
    if len(condition) > LONGEST:
        raise UnreadableError(f"it is longer than {LONGEST} characters")
    reader = _Reader(condition)
    expression = reader.expression()
    reader.expect("")
    return expression


class _Reader:
    """Recursive descent; `_kind` and `_token` are the next token, whose text is empty at the end."""

    def __init__(self, condition: str) -> None:
        self._condition = condition
        self._position = 0
        self._depth = 0
        self._advance()

    def _advance(self) -> None:
        match = _TOKEN.match(self._condition, self._position)
        if not match or not match.lastgroup:
            raise UnreadableError(f"it cannot be read from character {self._position + 1} on")
        self._kind, self._token = match.lastgroup, match[match.lastgroup]
        self._position = match.end()

    def _take(self, *wanted: str) -> str | None:
        if self._token in wanted:
            token = self._token
            if token:
                self._advance()
            return token
        return None

    def expect(self, wanted: str) -> None:
        if self._take(wanted) is None:
            raise UnreadableError(f"it has {self._token or 'its end'} where {wanted or 'its end'} is expected")

    def expression(self) -> Expression:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise UnreadableError(f"it is nested deeper than {_DEEPEST} levels")
        expression = self._disjunction()
        if self._take("?"):
            self._disjunction()
            self.expect(":")
            self.expression()
            expression = Other()
        self._depth -= 1
        return expression

    def _disjunction(self) -> Expression:
        operands = [self._conjunction()]
        while self._take("||"):
            operands.append(self._conjunction())
        return operands[0] if len(operands) == 1 else Or(operands=tuple(operands))

    def _conjunction(self) -> Expression:
        operands = [self._relation()]
        while self._take("&&"):
            operands.append(self._relation())
        return operands[0] if len(operands) == 1 else And(operands=tuple(operands))

    def _relation(self) -> Expression:
        left = self._arithmetic()
        while operator := self._take(*_RELATIONS):
            left = _compared(left, operator, self._arithmetic())
        return left

    def _arithmetic(self) -> Expression:
        left = self._unary()
        while self._take(*_ARITHMETIC):
            self._unary()
            left = Other()
        return left

    def _unary(self) -> Expression:
        changed = False
        while self._take("!", "-"):
            changed = True
        member = self._member()
        return Other() if changed else member

    def _member(self) -> Expression:
        here = self._primary()
        while opening := self._take(".", "[", "(", "{"):
            match opening:
                case ".":
                    here = _below(here, Texts(values=(self._name(),), is_list=False))
                case "[":
                    here = _below(here, self.expression())
                    self.expect("]")
                case _:
                    self._list(_CLOSING[opening], of_pairs=opening == "{")
                    here = Other()
        return here

    def _name(self) -> str:
        if self._kind != "name" or self._token in _RESERVED:
            raise UnreadableError(f"it has {self._token or 'its end'} where a name is expected")
        name = self._token
        self._advance()
        return name

    def _primary(self) -> Expression:
        if self._kind == "text":
            literal = _literal(self._token)
            self._advance()
            return literal
        if self._kind == "number" or self._token in _RESERVED[:3]:
            self._advance()
            return Other()
        match self._take("(", "[", "{", "."):
            case "(":
                inner = self.expression()
                self.expect(")")
                return inner
            case "[":
                return _texts(self._list("]"))
            case "{":
                self._list("}", of_pairs=True)
                return Other()
            case _:
                return Path(keys=(self._name(),))

    def _list(self, closing: str, *, of_pairs: bool = False) -> list[Expression]:
        elements: list[Expression] = []
        while not self._take(closing):
            elements.append(self.expression())
            if of_pairs:
                self.expect(":")
                self.expression()
            if not self._take(","):
                self.expect(closing)
                break
        return elements


def _literal(token: str) -> Expression:
    prefix, _, value = token[:-1].partition(token[-1])
    # Bytes equal no text, and escapes are not worth reading: no claim that matters needs one.
    if "b" in prefix.lower() or "\\" in value:
        return Other()
    return Texts(values=(value,), is_list=False)


def _texts(elements: list[Expression]) -> Expression:
    values = [element.values[0] for element in elements if isinstance(element, Texts) and not element.is_list]
    return Texts(values=tuple(values), is_list=True) if values and len(values) == len(elements) else Other()


def _below(here: Expression, key: Expression) -> Expression:
    if isinstance(here, Path) and isinstance(key, Texts) and not key.is_list:
        return Path(keys=(*here.keys, *key.values))
    return Other()


def _compared(left: Expression, operator: str, right: Expression) -> Expression:
    match left, operator, right:
        case (Path(keys=keys), "==", Texts(values=values, is_list=False)):
            return OneOf(keys=keys, values=values)
        case (Texts(values=values, is_list=False), "==", Path(keys=keys)):
            return OneOf(keys=keys, values=values)
        case (Path(keys=keys), "in", Texts(values=values, is_list=True)):
            return OneOf(keys=keys, values=values)
        case _:
            return Other()
