"""Encoded queries, built so that nothing from outside can change what they ask.

There is no escape for `^` (servicenow-sdk-go issues 645 and 784), so a value that holds one is refused, not quoted.
Grammar: ServiceNowDocs, "Operators available for filters and queries".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

OPERATORS = (
    "NOT LIKE", "NOT IN", "ISNOTEMPTY", "ISEMPTY", "STARTSWITH", "ENDSWITH", "EMPTYSTRING", "ANYTHING", "NSAMEAS",
    "SAMEAS", "BETWEEN", "DYNAMIC", "LIKE", "IN", "!=", ">=", "<=", "=", ">", "<",
)  # fmt: skip
"""Longer ones first, so that the first that fits is the one meant; those that need a script or a zone are absent."""

NOTHING = "0" * 32
"""A sys_id that no record has."""

_FIELD = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_TABLE = re.compile(r"[a-z][a-z0-9_]*")
_SYS_ID = re.compile(r"[0-9a-f]{32}")
_UNLISTABLE = re.compile(r"[\^,\r\n]")
_FORBIDDEN = ("^NQ", "ORDERBY", "GROUPBY", "JAVASCRIPT:", "RLQUERY", "\n", "\r")


def field_name(text: str) -> str:
    """Return a column name, dots allowed; raises ValueError for anything that could be more than a name."""
    if not _FIELD.fullmatch(text):
        raise ValueError(f"{text!r} is not a field name: lower-case letters, digits, _ and . only")
    return text


def table_name(text: str) -> str:
    """Return a table name; raises ValueError for anything that could be more than a name."""
    if not _TABLE.fullmatch(text):
        raise ValueError(f"{text!r} is not a table name: lower-case letters, digits and _ only")
    return text


def is_sys_id(text: str) -> bool:
    """Tell whether a text is a sys_id: 32 hexadecimal digits in lower case."""
    return _SYS_ID.fullmatch(text) is not None


def literal(text: str) -> str:
    """Return a value that is safe in a condition; raises ValueError for one that is not."""
    if "^" in text or "\n" in text or "\r" in text or text.lower().startswith("javascript:"):
        raise ValueError("a value with ^, a line break or a script cannot be asked for: encoded queries have no escape")
    return text


def is_listable(text: str) -> bool:
    """Tell whether a value can stand in an `IN` list."""
    return bool(text) and not _UNLISTABLE.search(text) and not text.lower().startswith("javascript:")


def condition(field: str, operator: str, value: str = "") -> str:
    """Return one comparison; raises ValueError for a name or value that could be more than that."""
    if operator not in OPERATORS:
        raise ValueError(f"{operator!r} is not an operator")
    return f"{field_name(field)}{operator}{literal(value)}"


def among(field: str, values: Iterable[str]) -> str:
    """Return the comparison with any of some values; raises ValueError for one that cannot stand in a list."""
    listed = list(values)
    if not listed or not all(is_listable(value) for value in listed):
        raise ValueError(f"{field}: a value that is empty or has a comma, ^ or line break cannot stand in an IN list")
    return f"{field_name(field)}IN{','.join(listed)}"


def ordered(*fields: str, descending: bool = False) -> str:
    """Return the ordering that comes last in a query."""
    word = "ORDERBYDESC" if descending else "ORDERBY"
    return "^".join(f"{word}{field_name(field)}" for field in fields)


def all_of(*conditions: str) -> str:
    """Return the conditions joined by AND; empty ones are left out."""
    return "^".join(part for part in conditions if part)


@dataclass(frozen=True, slots=True)
class Pin:
    """A column that must hold one of some values in every row that a filter lets through."""

    field: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Filter:
    """One alternative of the configured filter, with what can be checked on the rows it returned."""

    text: str = ""
    fields: tuple[str, ...] = ()
    pins: tuple[Pin, ...] = ()


def parse_filter(text: str) -> Filter:
    """Return a configured filter; raises ValueError saying what is wrong with it.

    Refused: `^NQ` (our clauses would bind to one side only; list alternatives instead), any ordering, scripts (they
    read dates in the API user's time zone), related-list queries, line breaks, unknown operators.
    """
    for word in _FORBIDDEN:
        if word in text.upper():
            shown = word.strip() or "a line break"
            raise ValueError(f"{shown} is not allowed in a filter; list several filters for alternatives")
    fields: list[str] = []
    groups: list[list[Pin | None]] = []
    for part in text.split("^"):
        if part in ("", "EQ"):
            continue
        joined = part.startswith("OR") and bool(groups)
        field, pin = _comparison(part[2:] if joined else part)
        fields.append(field)
        if joined:
            groups[-1].append(pin)
        else:
            groups.append([pin])
    if not fields:
        raise ValueError("an empty filter: leave it out to read every record")
    pins = tuple(group[0] for group in groups if len(group) == 1 and group[0] is not None)
    return Filter(text.removesuffix("^EQ"), tuple(dict.fromkeys(fields)), pins)


def _comparison(text: str) -> tuple[str, Pin | None]:
    name = _FIELD.match(text)
    if name is None:
        raise ValueError(f"{text!r} does not begin with a field name")
    rest = text[name.end() :]
    operator = next((known for known in OPERATORS if rest.startswith(known)), None)
    if operator is None:
        raise ValueError(f"{text!r} has no operator that can be used here")
    value = rest[len(operator) :]
    if operator == "=" and value:
        return name.group(), Pin(name.group(), frozenset({value.casefold()}))
    if operator == "IN" and value:
        return name.group(), Pin(name.group(), frozenset(value.casefold().split(",")))
    return name.group(), None
