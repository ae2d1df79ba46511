"""JQL read into a tree: clauses joined by AND and OR, negated by NOT, grouped, and ordered.

Atlassian support, "Use advanced search with JQL" and its pages on fields, operators and reserved words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from connectors.jira.simulator.jql_words import RESERVED

Operator = Literal["=", "!=", ">", ">=", "<", "<=", "in", "not in", "is", "is not"]
MAX_ORDER = 7

_TOKEN = re.compile(
    r"\s*(?:(?P<string>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')|(?P<sign>>=|<=|!=|!~|[=<>~(),])"
    r"|(?P<cf>[cC][fF]\[\d+\])|(?P<word>[^\s\"'()=<>!~,;?|*/%^$#@\[\]{}\\&+]+)|(?P<odd>\S))"
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r"}
_OPERATORS = "'=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'"


class JqlError(ValueError):
    """A query that Jira refuses; its text is the message of the 400."""


@dataclass(frozen=True, slots=True)
class Value:
    """One operand; unquoted words and quoted text differ in what they may mean."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Clause:
    """One restriction."""

    field: str
    operator: Operator
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Junction:
    """Restrictions taken together; of `not` there is one."""

    word: Literal["and", "or", "not"]
    parts: tuple["Node", ...]


Node = Clause | Junction


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query; `order` holds fields and whether they descend, None for the field's own habit."""

    where: Node | None
    order: tuple[tuple[str, bool | None], ...] = ()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int

    @property
    def word(self) -> str:
        return self.text.lower() if self.kind in ("word", "sign") else ""


def parse(text: str) -> Query:
    """Return what a query says; raises JqlError."""
    return _Reader(_tokens(text)).query()


def _tokens(text: str) -> list[_Token]:
    found = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind == "odd":
            what = match.group(kind)
            if what in "\"'":
                raise _error(
                    f"The quoted string '{text[match.start(kind) + 1 :]}' has not been completed.", match.start(kind)
                )
            raise _error(
                f"The character '{what}' is a reserved JQL character. You must enclose it in a string or use the "
                f"escape '\\u{ord(what):04x}' instead.",
                match.start(kind),
            )
        found.append(_Token(kind, match.group(kind), match.start(kind)))
    return found


def _error(message: str, at: int) -> JqlError:
    return JqlError(f"Error in the JQL Query: {message} (line 1, character {at + 1})")


def _unescaped(text: str) -> str:
    def plain(match: re.Match[str]) -> str:
        what = match.group(1)
        return chr(int(what[1:], 16)) if len(what) > 1 else _PLAIN.get(what, what)

    return _ESCAPE.sub(plain, text[1:-1])


class _Reader:
    """A descent through the tokens."""

    def __init__(self, tokens: Sequence[_Token]) -> None:
        self._tokens = tokens
        self._place = 0

    def query(self) -> Query:
        where = None if not self._tokens or self._peek() == "order" else self._either()
        order: list[tuple[str, bool | None]] = []
        if self._take("order"):
            self._demand("by")
            order.append(self._sort())
            while self._take(","):
                order.append(self._sort())
        if self._place < len(self._tokens):
            raise self._unexpected("Expecting either 'OR' or 'AND'" if not order else "Expecting ','")
        if len(order) > MAX_ORDER:
            raise JqlError(f"The maximum number of fields in ORDER BY is {MAX_ORDER}.")
        return Query(where, tuple(order))

    def _either(self) -> Node:
        parts = [self._all()]
        while self._take("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Junction("or", tuple(parts))

    def _all(self) -> Node:
        parts = [self._one()]
        while self._take("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else Junction("and", tuple(parts))

    def _one(self) -> Node:
        if self._take("not"):
            return Junction("not", (self._one(),))
        if self._take("("):
            inner = self._either()
            self._demand(")")
            return inner
        field = self._name()
        operator = self._operator()
        listed = operator in ("in", "not in")
        return Clause(field, operator, self._list() if listed else (self._value(),))

    def _operator(self) -> Operator:
        for word in ("=", "!=", ">=", "<=", ">", "<", "in", "is"):
            if self._take(word):
                return "is not" if word == "is" and self._take("not") else word
        if self._take("not"):
            self._demand("in")
            return "not in"
        raise self._unexpected("Expecting operator", f" The valid operators are {_OPERATORS}.")

    def _list(self) -> tuple[Value, ...]:
        self._demand("(")
        values = [self._value()]
        while self._take(","):
            values.append(self._value())
        self._demand(")")
        return tuple(values)

    def _value(self) -> Value:
        token = self._next("Expecting a value, list or function")
        if token.kind == "string":
            return Value(_unescaped(token.text), quoted=True)
        if token.kind != "word":
            self._place -= 1
            raise self._unexpected("Expecting a value, list or function")
        if token.word in RESERVED and token.word not in ("empty", "null"):
            raise self._reserved(token)
        return Value(token.text)

    def _name(self) -> str:
        token = self._next("Expecting a field name")
        if token.kind == "string":
            return _unescaped(token.text)
        if token.kind not in ("word", "cf"):
            self._place -= 1
            raise self._unexpected("Expecting a field name")
        if token.word in RESERVED:
            raise self._reserved(token)
        return token.text

    def _sort(self) -> tuple[str, bool | None]:
        name = self._name()
        return name, (True if self._take("desc") else False if self._take("asc") else None)

    def _peek(self) -> str:
        return self._tokens[self._place].word if self._place < len(self._tokens) else ""

    def _take(self, word: str) -> bool:
        found = self._peek() == word
        self._place += found
        return found

    def _demand(self, word: str) -> None:
        if not self._take(word):
            raise self._unexpected(f"Expecting '{word.upper()}'")

    def _next(self, expecting: str) -> _Token:
        if self._place >= len(self._tokens):
            raise self._unexpected(expecting)
        self._place += 1
        return self._tokens[self._place - 1]

    def _unexpected(self, expecting: str, more: str = "") -> JqlError:
        if self._place >= len(self._tokens):
            return JqlError(f"Error in the JQL Query: {expecting} before the end of the query.{more}")
        token = self._tokens[self._place]
        return _error(f"{expecting} but got '{token.text}'.{more}", token.at)

    def _reserved(self, token: _Token) -> JqlError:
        return _error(
            f"'{token.text}' is a reserved JQL word. You must surround it in quotation marks to use it in a query.",
            token.at,
        )
