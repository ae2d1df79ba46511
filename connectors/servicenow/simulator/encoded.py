"""Encoded queries taken apart: `^` AND, `^OR` with the condition just before it, `^NQ` between whole queries, ordering.

ServiceNowDocs, "Operators available for filters and queries". There is no escape for `^`.
"""

import re
from dataclasses import dataclass

OPERATORS = (
    "NOT LIKE", "NOT IN", "ISNOTEMPTY", "ISEMPTY", "STARTSWITH", "ENDSWITH", "EMPTYSTRING", "ANYTHING", "LIKE",
    "BETWEEN", "IN", "!=", ">=", "<=", "=", ">", "<",
)  # fmt: skip
"""Longer ones first, so that the first that fits is the one meant."""

_FIELD = re.compile(r"[a-z0-9_.]+")


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison; `operator` is empty when the text is none that we know."""

    field: str
    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class Query:
    """Alternatives (`^NQ`) of groups that must all hold (`^`) of conditions of which one must (`^OR`)."""

    alternatives: tuple[tuple[tuple[Condition, ...], ...], ...]
    order: tuple[tuple[str, bool], ...] = ()
    """Columns, and whether descending."""


def condition(text: str) -> Condition:
    """Return one comparison read from its text."""
    field = _FIELD.match(text)
    if field is None:
        return Condition(text, "", "")
    rest = text[field.end() :]
    for operator in OPERATORS:
        if rest.startswith(operator):
            return Condition(field.group(), operator, rest[len(operator) :])
    return Condition(field.group(), "", rest)


def parse(text: str) -> Query:
    """Return the parts of an encoded query; an empty text matches everything."""
    alternatives: list[list[list[Condition]]] = [[]]
    order: list[tuple[str, bool]] = []
    for token in text.split("^"):
        rest = token
        if rest.startswith("NQ"):
            alternatives.append([])
            rest = rest[2:]
        if rest in ("", "EQ"):
            continue
        if rest.startswith("ORDERBYDESC"):
            order.append((rest[11:], True))
        elif rest.startswith("ORDERBY"):
            order.append((rest[7:], False))
        elif rest.startswith("OR") and alternatives[-1]:
            alternatives[-1][-1].append(condition(rest[2:]))
        else:
            alternatives[-1].append([condition(rest)])
    return Query(tuple(tuple(tuple(group) for group in groups) for groups in alternatives), tuple(order))
