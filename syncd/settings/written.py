"""Values as operators write them: durations, percentages, dates, names. Each refusal says what would be right."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from pydantic import Field, PlainValidator, WithJsonSchema

from syncd.domain.calendar_zone import load_zone
from syncd.domain.duration import Counted, WorkingDays, parse_duration
from syncd.domain.names import US
from syncd.settings.section import Refused

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PERCENT = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,9})? ?%")
YEARS = range(1900, 2201)
"""The years that dates of a configuration may lie in."""


def text_of(value: object) -> str:
    """Return a scalar as the text it was written as."""
    if value is None or isinstance(value, Mapping | list | tuple):
        raise Refused("text")
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    if not text or text != text.strip() or not text.isprintable():
        raise Refused("text on one line, not empty, without blanks around it")
    return text


def _texts(value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list | tuple) else [value]
    if not values:
        raise Refused("a value, or a list of at least one")
    return tuple(text_of(each) for each in values)


def _matching(pattern: str, allowed: str, *, reserved: frozenset[str] = frozenset()) -> PlainValidator:
    compiled = re.compile(pattern)

    def parse(value: object) -> str:
        text = text_of(value)
        if not compiled.fullmatch(text) or text in reserved:
            raise Refused(allowed)
        return text

    return PlainValidator(parse)


def duration_of(value: object) -> Counted | WorkingDays:
    """Return a duration; raises ValueError saying why it is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise Refused("a duration, such as 15m, 4h, 1h30m or 2 working days")
    return parse_duration(value)


def _counted(value: object) -> Counted:
    duration = duration_of(value)
    if isinstance(duration, WorkingDays):
        raise Refused("hours, minutes and seconds, such as 90s, 15m or 1h30m")
    return duration


def _interval(value: object) -> timedelta:
    interval = timedelta(microseconds=_counted(value).us)
    if not timedelta(seconds=1) <= interval <= timedelta(days=1):
        raise Refused("from 1s to 24h")
    return interval


def percentage(text: object) -> Fraction:
    """Return a percentage written as text, exactly: `99.95%` is 1999/2000."""
    if not isinstance(text, str) or not _PERCENT.fullmatch(text):
        raise Refused("a percentage, such as 95% or 99.5%")
    return Fraction(Decimal(text.rstrip("% "))) / 100


def _share(holds: Callable[[Fraction], bool], allowed: str) -> PlainValidator:
    def parse(value: object) -> Fraction:
        share = percentage(value)
        if not holds(share):
            raise Refused(allowed)
        return share

    return PlainValidator(parse)


def day_of(value: object) -> date:
    """Return a date written as 2026-12-31."""
    allowed = f"a date such as 2026-12-31, from {YEARS.start} to {YEARS.stop - 1}"
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise Refused(allowed)
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise Refused(allowed) from error
    if day.year not in YEARS:
        raise Refused(allowed)
    return day


def _local_time(value: object) -> datetime:
    allowed = "a local time such as 2026-08-03T18:00, without an offset"
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else None
    except ValueError as error:
        raise Refused(allowed) from error
    if moment is None or moment.tzinfo is not None or moment.year not in YEARS:
        raise Refused(allowed)
    return moment


def _number(value: object) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value < 0:
        raise Refused("a number, 0 or more")
    return Fraction(value)


def _zone(value: object) -> str:
    if not isinstance(value, str) or load_zone(value) is None:
        raise Refused("an IANA time zone, such as Europe/Berlin or UTC")
    return value


def as_default(value: object) -> object:
    """Return a single value as a map that has it for every priority; maps, and what is neither, as they are."""
    return value if isinstance(value, Mapping | list) else {"default": value}


_WORD = {"type": "string"}
_SCALAR: dict[str, Any] = {"type": ["string", "number", "boolean"]}
PERCENT_SCHEMA: dict[str, Any] = {"type": "string", "pattern": "^[0-9]{1,3}(\\.[0-9]{1,9})? ?%$"}
DURATION_SCHEMA: dict[str, Any] = {"type": "string", "examples": ["15m", "4h", "1h30m", "PT4H", "2 working days"]}
_ID = r"[A-Za-z0-9][A-Za-z0-9._-]*"
_VENDOR = r"[a-z][a-z0-9_-]*"
_SOURCE = r"[a-z][a-z0-9-]*"


def by_priority(schema: dict[str, Any]) -> WithJsonSchema:
    """Return the schema of a value, or of a map from priorities (or `default`) to such values."""
    return WithJsonSchema({"anyOf": [schema, {"type": "object", "additionalProperties": schema}]})


Text = Annotated[str, PlainValidator(text_of), WithJsonSchema(_SCALAR)]
Texts = Annotated[
    tuple[str, ...],
    PlainValidator(_texts),
    WithJsonSchema({"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR, "minItems": 1}]}),
]
Id = Annotated[
    str,
    _matching(_ID, "letters, digits, dots, hyphens and underscores, such as acme-msp"),
    WithJsonSchema({**_WORD, "pattern": f"^{_ID}$"}),
]
VendorId = Annotated[
    str,
    _matching(
        _VENDOR,
        "a lower-case letter, then lower-case letters, digits, hyphens and underscores, such as acme; not us",
        reserved=frozenset({US}),
    ),
    WithJsonSchema({**_WORD, "pattern": f"^{_VENDOR}$", "not": {"const": US}}),
]
SourceName = Annotated[
    str,
    _matching(_SOURCE, "a lower-case letter, then lower-case letters, digits and hyphens, such as snow"),
    WithJsonSchema({**_WORD, "pattern": f"^{_SOURCE}$"}),
]
Currency = Annotated[
    str,
    _matching(r"[A-Z]{3}", "three capital letters of ISO 4217, such as EUR"),
    WithJsonSchema({**_WORD, "pattern": "^[A-Z]{3}$"}),
]
Duration = Annotated[Counted | WorkingDays, PlainValidator(duration_of), WithJsonSchema(DURATION_SCHEMA)]
CountedTime = Annotated[Counted, PlainValidator(_counted), WithJsonSchema(DURATION_SCHEMA)]
Interval = Annotated[timedelta, PlainValidator(_interval), WithJsonSchema(DURATION_SCHEMA)]
Objective = Annotated[
    Fraction,
    _share(lambda share: 0 < share <= 1, "a percentage above 0% and up to 100%"),
    WithJsonSchema(PERCENT_SCHEMA),
]
Part = Annotated[
    Fraction,
    _share(lambda share: 0 < share < 1, "a percentage above 0% and below 100%"),
    WithJsonSchema(PERCENT_SCHEMA),
]
Share = Annotated[
    Fraction, _share(lambda share: 0 <= share <= 1, "a percentage from 0% to 100%"), WithJsonSchema(PERCENT_SCHEMA)
]
Day = Annotated[date, PlainValidator(day_of), WithJsonSchema({**_WORD, "format": "date"})]
LocalTime = Annotated[
    datetime, PlainValidator(_local_time), WithJsonSchema({**_WORD, "examples": ["2026-08-03T18:00"]})
]
Number = Annotated[Fraction, PlainValidator(_number), WithJsonSchema({"type": "number", "minimum": 0})]
Zone = Annotated[str, PlainValidator(_zone), WithJsonSchema({**_WORD, "examples": ["Europe/Berlin", "UTC"]})]
YesNo = Annotated[bool, Field(strict=True)]
Count = Annotated[int, Field(strict=True, ge=0)]
Some = Annotated[int, Field(strict=True, ge=1)]
