"""The words of a scenario's `expect`: the keys of a reading that may be expected, and how each value is written."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from syncd.domain.duration import Counted, parse_duration
from syncd.domain.instant import SECOND_US
from syncd.domain.names import Metric, Stage, Verdict
from syncd.domain.scenario import Expected, Plain, Span
from syncd.settings.document import Spot
from syncd.settings.finding import shown, shown_place
from syncd.settings.scenario_times import instant_of
from syncd.settings.section import Refused
from syncd.settings.written import text_of

Read = Callable[[object, Spot, ZoneInfo | None], Expected | None]
"""Turns what is written at a spot into what is expected; None where it was refused."""

Words = Mapping[str, tuple[str, Read]]
"""What may be written in an object: each key with the reading's own, and how its value is read."""


def expected_at(spot: Spot, value: Plain | tuple[Expected, ...] | Mapping[str, Expected]) -> Expected:
    """Return an expectation of what is written at a spot."""
    return Expected(value, shown_place(spot.place), spot.document.line(spot.place))


def words_of(words: Words, data: object, spot: Spot, zone: ZoneInfo | None) -> Expected | None:
    """Return the object that is expected; unknown keys, and one thing written twice, are refused."""
    if not isinstance(data, Mapping):
        spot.refuse(f"found {shown(data)}; allowed: a mapping")
        return None
    found: dict[str, Expected] = {}
    for key, value in data.items():
        here = spot.at(key)
        if key not in words:
            here.refuse(f"unknown key; allowed: {', '.join(words)}")
            continue
        name, read = words[key]
        if name in found:
            here.refuse(f"says again what another key says of {name}")
            continue
        expected = read(value, here, zone)
        if expected is not None:
            found[name] = expected
    return expected_at(spot, found)


def _plain(parse: Callable[[object, ZoneInfo | None], Plain]) -> Read:
    def read(value: object, spot: Spot, zone: ZoneInfo | None) -> Expected | None:
        try:
            return expected_at(spot, parse(value, zone))
        except Refused as refused:
            spot.refuse(f"found {shown(value)}; allowed: {refused.allowed}")
        except ValueError as refused:
            spot.refuse(str(refused))
        return None

    return read


def _or_null(read: Read) -> Read:
    return lambda value, spot, zone: expected_at(spot, None) if value is None else read(value, spot, zone)


def _many(read: Read) -> Read:
    def each(value: object, spot: Spot, zone: ZoneInfo | None) -> Expected | None:
        if not isinstance(value, list):
            spot.refuse(f"found {shown(value)}; allowed: a list")
            return None
        found = [read(item, spot.at(n), zone) for n, item in enumerate(value)]
        return expected_at(spot, tuple(item for item in found if item is not None))

    return each


def _object(words: Words) -> Read:
    return lambda value, spot, zone: words_of(words, value, spot, zone)


def _stated(words: Words) -> Read:
    """An object of its own must name something; one in a list may be empty, because the list counts its entries."""

    def read(value: object, spot: Spot, zone: ZoneInfo | None) -> Expected | None:
        if value == {}:
            spot.refuse(f"expects nothing; name what must be in it, of {', '.join(words)}")
            return None
        return words_of(words, value, spot, zone)

    return read


def _text(value: object, zone: ZoneInfo | None) -> str:
    del zone
    return text_of(value)


def _whole(value: object, zone: ZoneInfo | None) -> int:
    del zone
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise Refused("a whole number, 0 or more")


def _instant(value: object, zone: ZoneInfo | None) -> datetime:
    return instant_of(value, zone)


def _seconds(value: object, zone: ZoneInfo | None) -> Span:
    del zone
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        us = Decimal(value) * SECOND_US
        if us == us.to_integral_value():
            return Span(int(us))
    raise Refused("a number of seconds, to the microsecond")


def _duration(value: object, zone: ZoneInfo | None) -> Span:
    del zone
    if not isinstance(value, str):
        raise Refused("a duration, such as 45s, 15m or 4h30m")
    counted = parse_duration(value.removeprefix("-"))
    if not isinstance(counted, Counted):
        raise Refused("hours, minutes and seconds of counted time, such as 4h30m")
    return Span(-counted.us if value.startswith("-") else counted.us)


def _seconds_or_duration(value: object, zone: ZoneInfo | None) -> Span:
    return _duration(value, zone) if isinstance(value, str) else _seconds(value, zone)


def _one_of(members: Iterable[str]) -> Read:
    allowed = tuple(members)

    def parse(value: object, zone: ZoneInfo | None) -> str:
        del zone
        if isinstance(value, str) and value in allowed:
            return str(value)
        raise Refused(", ".join(allowed))

    return _plain(parse)


def _same(read: Read, *keys: str) -> dict[str, tuple[str, Read]]:
    return {key: (key, read) for key in keys}


def _spans(*keys: str) -> dict[str, tuple[str, Read]]:
    """A duration may be written in seconds, as readings have it, or as text."""
    return {
        written: (f"{key}_seconds", _or_null(read))
        for key in keys
        for written, read in ((f"{key}_seconds", _plain(_seconds)), (key, _plain(_duration)))
    }


TEXT = _plain(_text)
INSTANT = _plain(_instant)
TEXTS = _many(TEXT)
INSTANTS = _many(INSTANT)
_STRETCH: Words = _same(INSTANT, "from") | _same(_or_null(INSTANT), "until")
PAUSE: Words = {**_STRETCH, **_same(TEXT, "cause")}
REFUSAL: Words = {**_STRETCH, **_same(TEXT, "reason")}
REJECTED: Words = _same(TEXT, "event", "reason") | _same(INSTANT, "at")
RAW: Words = {**_same(_one_of(Verdict), "verdict"), **_same(_or_null(TEXT), "period"), **_spans("elapsed")}
LEDGER: Words = _same(
    _plain(_seconds_or_duration),
    "vendor", "other_vendor", "customer", "third_party", "out_of_hours", "excluded", "unknown",
)  # fmt: skip
CYCLE: Words = {
    **_same(_plain(_whole), "number", "false_resolves", "misses", "begun"),
    **_same(_or_null(TEXT), "priority", "period", "revision", "stopped_by"),
    **_same(TEXT, "started_by"),
    **_same(_one_of(Stage), "stage"),
    **_same(_one_of(Verdict), "verdict"),
    **_same(INSTANT, "started_at"),
    **_same(
        _or_null(INSTANT),
        "stopped_at", "first_due_at", "due_at", "due_if_resumed", "late_from", "breached_at",
    ),
    **_spans("goal", "elapsed", "remaining"),
    **_same(INSTANTS, "miss_at", "begun_at"),
    **_same(TEXTS, "flags"),
    **_same(_many(_object(PAUSE)), "pauses"),
    **_same(_many(_object(REFUSAL)), "refused_pauses"),
    **_same(_or_null(_stated(RAW)), "raw"),
    **_same(_stated(LEDGER), "ledger"),
}  # fmt: skip
READING: Words = {
    **_same(_or_null(TEXT), "vendor"),
    **_same(TEXT, "source", "ticket", "contract", "revision", "target", "uncovered"),
    **_same(_one_of(Metric), "metric"),
    **_same(INSTANT, "as_of"),
    **_same(TEXTS, "flags", "linked", "measured_elsewhere"),
    **_same(_many(_object(REJECTED)), "rejected"),
    **_same(_many(_object(CYCLE)), "cycles"),
}
