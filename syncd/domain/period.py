"""A contract's periods: months, quarters and years in its own time zone."""

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from syncd.domain.contract import Contract
from syncd.domain.instant import DAY_US, from_us
from syncd.domain.names import PeriodKind

_MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}


class Period(NamedTuple):
    """One period `[start, end)`, as aware UTC instants, under the name that reports use.

    Names: `2026-03`, `2026-Q1`, `2026`; of a contract whose periods begin on another day than the first, the date on
    which the period begins.
    """

    name: str
    start: datetime
    end: datetime


def months_of(kind: PeriodKind) -> int:
    """Return how many months a period of a kind has."""
    return _MONTHS[kind]


def period_at(contract: Contract, instant: datetime) -> Period:
    """Return the period of a contract that holds an instant."""
    local = instant.astimezone(ZoneInfo(contract.time_zone))
    return _period(
        contract.time_zone, contract.period, contract.anchor, _begin(contract.period, contract.anchor, local.date())
    )


def period_name_at(contract: Contract, us: int) -> str:
    """Return the name of the period that holds an instant, given in microseconds."""
    name = _name_of_day(contract.time_zone, contract.period, contract.anchor, us // DAY_US)
    return period_at(contract, from_us(us)).name if name is None else name


@lru_cache(maxsize=4096)
def _name_of_day(time_zone: str, kind: PeriodKind, anchor: int, day: int) -> str | None:
    """The name of the period that holds a whole UTC day, counted from 1970-01-01; None where two share it."""
    zone = ZoneInfo(time_zone)
    first, last = (from_us(at).astimezone(zone).date() for at in (day * DAY_US, (day + 1) * DAY_US - 1))
    begin = _begin(kind, anchor, first)
    return _name(kind, anchor, begin) if begin == _begin(kind, anchor, last) else None


def period_named(contract: Contract, name: str) -> Period:
    """Return the period of that name; raises ValueError saying what names look like."""
    begin = _parse(contract, name)
    if begin is not None and _begin(contract.period, contract.anchor, begin) == begin:
        found = _period(contract.time_zone, contract.period, contract.anchor, begin)
        if found.name == name:
            return found
    example = period_at(contract, datetime(2026, 3, 20, tzinfo=UTC)).name
    raise ValueError(f"{name!r} is not a period of contract {contract.id}; they are written like {example}")


def _begin(kind: PeriodKind, anchor: int, day: date) -> date:
    """The first day of the period that holds a local date."""
    count = day.year * 12 + day.month - 1 - (1 if day.day < anchor else 0)
    count -= count % _MONTHS[kind]
    return date(count // 12, count % 12 + 1, anchor)


@lru_cache(maxsize=4096)
def _period(time_zone: str, kind: PeriodKind, anchor: int, begin: date) -> Period:
    count = begin.year * 12 + begin.month - 1 + _MONTHS[kind]
    after = date(count // 12, count % 12 + 1, anchor)
    zone = ZoneInfo(time_zone)
    return Period(_name(kind, anchor, begin), _midnight(begin, zone), _midnight(after, zone))


def _name(kind: PeriodKind, anchor: int, begin: date) -> str:
    if anchor != 1:
        return begin.isoformat()
    if kind is PeriodKind.MONTH:
        return f"{begin:%Y-%m}"
    return f"{begin.year:04d}-Q{(begin.month + 2) // 3}" if kind is PeriodKind.QUARTER else f"{begin.year:04d}"


def _parse(contract: Contract, name: str) -> date | None:
    text = name
    if contract.anchor == 1:
        if contract.period is PeriodKind.MONTH:
            text = f"{name}-01"
        elif contract.period is PeriodKind.QUARTER and name[4:6] == "-Q" and name[6:] in ("1", "2", "3", "4"):
            text = f"{name[:4]}-{int(name[6:]) * 3 - 2:02d}-01"
        elif contract.period is PeriodKind.YEAR:
            text = f"{name}-01-01"
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
