"""Values of answers: everything should be text, and references are text or objects, depending on the request."""

from collections.abc import Iterable, Mapping

Row = Mapping[str, object]

_OBJECT = (dict, Mapping)
"""Dictionaries first: the abstract class alone is asked ten times as slowly."""


def text(row: Row, field: str) -> str:
    """Return a raw value: of a reference its sys_id, of nothing the empty text."""
    value = row.get(field)
    if type(value) is str:  # nearly always, and a million times: the other questions cost ten times as much
        return value
    if value is None:
        return ""
    if isinstance(value, _OBJECT):
        value = value.get("value")
        if value is None:
            return ""
    return value if isinstance(value, str) else str(value)


def texts(row: Row, fields: Iterable[str]) -> list[str]:
    """Return the raw values of several fields, as `text` does one by one."""
    get = row.get
    return [
        value if type(value := get(field)) is str else "" if value is None else text(row, field) for field in fields
    ]


def whole(row: Row, field: str) -> int:
    """Return a whole number; 0 for anything else."""
    return number(text(row, field))


def number(raw: str) -> int:
    """Return a whole number; 0 for any other text: empty, or hidden from us."""
    try:
        return int(raw)
    except ValueError:
        return 0


def rows(payload: Mapping[str, object], key: str) -> list[Row]:
    """Return a list of objects from a payload; what is no object is left out."""
    value = payload.get(key)
    return [item for item in value if isinstance(item, _OBJECT)] if isinstance(value, list | tuple) else []


def inner(payload: Mapping[str, object], key: str) -> Row:
    """Return an object from a payload; empty when it is none."""
    value = payload.get(key)
    return value if isinstance(value, _OBJECT) else {}
