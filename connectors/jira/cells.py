"""Values of answers: what should be text, a number, an object or a list, and sometimes is not."""

from collections.abc import Mapping
from hashlib import sha256
from typing import TypeGuard

Row = Mapping[str, object]

_PLAIN = (str, int, float, list, type(None))
"""What else JSON decodes to: asked first, because the abstract class is asked ten times as slowly."""

_LARGEST = 2**48
"""Ids beyond it are no numbers of Jira's, and would leave what JSON writes exactly."""


def plain(value: object) -> str:
    """Return text or a whole number as text; of anything else the empty text."""
    if type(value) is str:  # nearly always, and a million times
        return value
    if isinstance(value, str):
        return str(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST else ""


def text(row: Row, key: str) -> str:
    """Return a text, or a whole number as text; of anything else the empty text."""
    return plain(row.get(key))


def number(digits: str) -> int:
    """Return the number that an id is; 0 for one that is none."""
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 15):  # noqa: PLR2004 - what 2**48 has
        return 0
    return min(int(digits), _LARGEST)


def rows(row: Row, key: str) -> list[Row]:
    """Return a list of objects; what is no object is left out."""
    value = row.get(key)
    return [item for item in value if is_object(item)] if isinstance(value, list | tuple) else []


def inner(row: Row, key: str) -> Row:
    """Return an object; empty when it is none."""
    value = row.get(key)
    return value if is_object(value) else {}


def is_object(value: object) -> TypeGuard[Row]:
    """Tell whether a value is an object."""
    return isinstance(value, dict) or (not isinstance(value, _PLAIN) and isinstance(value, Mapping))


def only(row: Row, keys: tuple[str, ...]) -> dict[str, object]:
    """Return an object's members of these names."""
    return {key: row[key] for key in keys if key in row}


def fingerprint(written: str) -> dict[str, object]:
    """Return what is kept of a text that must not be stored (law 12): its hash and length."""
    return {"sha256": sha256(written.encode("utf-8", "surrogatepass")).hexdigest(), "length": len(written)}


def is_fingerprint(value: object) -> TypeGuard[Row]:
    """Tell whether a value is what was kept of a text already."""
    return is_object(value) and isinstance(value.get("sha256"), str) and "length" in value
