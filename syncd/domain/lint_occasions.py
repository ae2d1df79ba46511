"""Telling instants of a calendar: in hours, shortly before closing, before a weekend or a holiday, at a month's end."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.calendar_rules import rule_on
from syncd.domain.calendar_zone import first_instant_reading, local_datetime
from syncd.domain.instant import DAY_US, SECOND_US, to_us
from syncd.domain.interval import Interval, clip

_FRIDAY = 4
_SHORTLY_US = 600 * SECOND_US
_HOUR_US = 3600 * SECOND_US
_LOOKED_AHEAD_DAYS = 200
_MONTH_DAYS = 62


class Occasion(StrEnum):
    """Why an instant is worth an example."""

    IN_HOURS = "in hours"
    BEFORE_CLOSING = "shortly before closing"
    AFTER_CLOSING = "after closing"
    BEFORE_WEEKEND = "before a weekend"
    BEFORE_HOLIDAY = "before a holiday"
    MONTH_END = "at the month's end"


def occasions(calendar: ServiceCalendar, begin: datetime, end: datetime | None) -> dict[int, Occasion]:
    """Return telling instants (microseconds) of [begin, end), in order, each with why; the first reason wins.

    Only hours of service close or open; a calendar that never closes is shown at ten o'clock, on a Friday afternoon
    and in the last minutes of a month. Nothing is looked for further than 200 days from `begin`.
    """
    zone = ZoneInfo(calendar.time_zone)
    first, last = to_us(begin), to_us(begin) + _LOOKED_AHEAD_DAYS * DAY_US
    windows = calendar.windows(first, last)
    always = windows == [Interval(first, last)]
    found: dict[int, Occasion] = {}
    for at, why in _round_the_clock(zone, begin) if always else _by_windows(calendar, zone, windows, first):
        if first <= at and (end is None or at < to_us(end)):
            found.setdefault(at, why)
    return dict(sorted(found.items()))


def _round_the_clock(zone: ZoneInfo, begin: datetime) -> Iterator[tuple[int, Occasion]]:
    tomorrow = begin.astimezone(zone).date() + timedelta(days=1)
    days = [tomorrow + timedelta(days=n) for n in range(_MONTH_DAYS)]
    yield _reading(zone, next(day for day in days if day.weekday() < _FRIDAY), time(10)), Occasion.IN_HOURS
    yield _reading(zone, next(day for day in days if day.weekday() == _FRIDAY), time(16, 50)), Occasion.BEFORE_WEEKEND
    final = next(day for day in days if (day + timedelta(days=1)).month != day.month)
    yield _reading(zone, final, time(23, 50)), Occasion.MONTH_END


def _by_windows(
    calendar: ServiceCalendar, zone: ZoneInfo, windows: list[Interval], first: int
) -> Iterator[tuple[int, Occasion]]:
    # The first window may have been open already when the look began, the last one may not end where it is cut off.
    whole = [window for window in windows if window.start > first][:-1]
    closings = [(one, _days_between(zone, one, other)) for one, other in pairwise(whole)]
    yield from ((opening.start + min(_HOUR_US, _half(opening)), Occasion.IN_HOURS) for opening in whole[:1])
    overnight = next((window for window, days in closings if days == 1), None)
    if overnight is not None:
        yield _before_end(overnight), Occasion.BEFORE_CLOSING
        yield overnight.end + _HOUR_US, Occasion.AFTER_CLOSING
    weekend = next((window for window, days in closings if days > 1), None)
    if weekend is not None:
        yield _before_end(weekend), Occasion.BEFORE_WEEKEND
    last_before = _last_before(whole, _next_holiday(calendar, zone, first))
    if last_before is not None:
        yield _before_end(last_before), Occasion.BEFORE_HOLIDAY
    month = _last_before(whole, _month_after(zone, first))
    if month is not None:
        yield _before_end(month), Occasion.MONTH_END


def _next_holiday(calendar: ServiceCalendar, zone: ZoneInfo, first: int) -> int | None:
    """Return the beginning of the next holiday that takes hours away."""
    day = local_datetime(zone, first).date()
    for n in range(2, _LOOKED_AHEAD_DAYS):
        holiday = day + timedelta(days=n)
        rule = rule_on(calendar.revisions, holiday)
        if rule.is_holiday(holiday) and (rule.always or rule.weekly.get(holiday.weekday())):
            return _reading(zone, holiday, time())
    return None


def _month_after(zone: ZoneInfo, first: int) -> int:
    """Return the beginning of the first month that begins more than a week later."""
    day = local_datetime(zone, first).date() + timedelta(days=7)
    return _reading(zone, (day.replace(day=1) + timedelta(days=32)).replace(day=1), time())


def _last_before(windows: list[Interval], instant: int | None) -> Interval | None:
    if instant is None:
        return None
    return next(reversed(clip(windows, windows[0].start, instant)), None) if windows else None


def _days_between(zone: ZoneInfo, one: Interval, other: Interval) -> int:
    return (local_datetime(zone, other.start).date() - local_datetime(zone, one.end - 1).date()).days


def _before_end(window: Interval) -> int:
    return window.end - min(_SHORTLY_US, _half(window))


def _half(window: Interval) -> int:
    """Return half a window's length, in whole seconds."""
    return (window.end - window.start) // (2 * SECOND_US) * SECOND_US


def _reading(zone: ZoneInfo, day: date, clock: time) -> int:
    return first_instant_reading(zone, datetime.combine(day, clock))
