"""Documents from mappings that somebody has read already, as if they had been written in a file of ours."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from syncd.settings.document import Document, Spot
from syncd.settings.finding import Findings


def given_document(data: object, origin: str, findings: Findings) -> Document | None:
    """Return data as a document called `origin`, or None with the reasons; a document that was given has no lines.

    Other readers turn dates, fractions and keys into values of their own, which become what they were written as.
    """
    before = len(findings)
    spot = Spot(Document(origin, None), findings)
    try:
        plain = _plain(data, spot)
    except RecursionError:
        spot.refuse("is nested too deeply")
    else:
        return Document(origin, plain) if len(findings) == before else None
    return None


def _plain(value: object, spot: Spot) -> object:
    match value:
        case None | bool() | int() | str() | Decimal():
            return value
        case float():
            number = Decimal(repr(value))
            if not number.is_finite():
                spot.refuse(f"found {number}; allowed: a finite number")
            return number
        case date():  # a datetime is one as well
            return value.isoformat()
        case Mapping():
            return {key: _plain(inner, spot.at(key)) for key, inner in _keyed(value, spot)}
        case list() | tuple():
            return [_plain(inner, spot.at(n)) for n, inner in enumerate(value)]
        case _:
            spot.refuse(f"found a value of type {type(value).__name__}; allowed: what YAML can say")
            return None


def _keyed(mapping: Mapping[object, object], spot: Spot) -> list[tuple[str, object]]:
    keyed: dict[str, object] = {}
    for key, value in mapping.items():
        match key:
            case bool():
                text = "true" if key else "false"
            case str() | int() | float() | Decimal():
                text = str(key)
            case date():
                text = key.isoformat()
            case _:
                spot.refuse("a key must be plain text, not a list or a mapping")
                continue
        if text in keyed:
            spot.at(text).refuse("a key may be given once")
        keyed[text] = value
    return list(keyed.items())
