"""The grid on which the reference of the clock walks: whole minutes since `BASE`, and what a calendar says of each.

Calendars are asked through `calendar_reference` alone, which walks the instants itself.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.contract import Goal
from syncd.domain.duration import Counted, DayEnd
from tests.domain import calendar_reference

SLOT = timedelta(minutes=1)
SLOT_US = SLOT // timedelta(microseconds=1)
BASE = datetime(2026, 3, 2, tzinfo=UTC)
NEAR = timedelta(minutes=15) // SLOT
"""How many slots before or after a pause its evidence may lie."""


def slot(instant: datetime) -> int:
    whole, rest = divmod(instant - BASE, SLOT)
    assert not rest, instant
    return whole


def instant_of(place: int) -> datetime:
    return BASE + place * SLOT


def slots_of(us: int) -> int:
    whole, rest = divmod(us, SLOT_US)
    assert not rest, us
    return whole


@lru_cache(maxsize=200_000)
def serves(calendar: ServiceCalendar, place: int) -> bool:
    return calendar_reference.serves(ZoneInfo(calendar.time_zone), calendar.revisions, instant_of(place))


@lru_cache(maxsize=10_000)
def close_of(calendar: ServiceCalendar, day: date) -> int | None:
    """Where the windows that start on a local date end; None for a date that is no working day."""
    close = calendar_reference.close_of(ZoneInfo(calendar.time_zone), calendar.revisions, day, SLOT)
    return None if close is None else slot(close)


@lru_cache(maxsize=100_000)
def goal_from(goal: Goal, calendar: ServiceCalendar, at: int) -> int:
    """A goal in slots counted from `at`.

    Working days: day 1 is the first local date after that of the instant on which a window starts; it ends with the
    close of the last one, or at the same local time on it; from there on it is counted time like any other goal.
    """
    if isinstance(goal, Counted):
        return slots_of(goal.us)
    local = instant_of(at).astimezone(ZoneInfo(calendar.time_zone))
    day = local.date()
    for _ in range(goal.days):
        day += timedelta(days=1)
        while close_of(calendar, day) is None:
            day += timedelta(days=1)
    until = close_of(calendar, day)
    if goal.due is DayEnd.SAME_TIME:
        until = slot(datetime.combine(day, time(local.hour, local.minute), local.tzinfo).astimezone(UTC))
    assert until is not None
    return sum(serves(calendar, place) for place in range(at, until))


def reached_from(calendar: ServiceCalendar, at: int, need: int) -> int:
    """The first instant at which `need` slots have been counted."""
    while need > 0:
        need -= serves(calendar, at)
        at += 1
    return at


def exceeded_from(calendar: ServiceCalendar, at: int, need: int) -> int:
    """The instant from which more than `need` slots are counted: the next opening after they have been."""
    at = reached_from(calendar, at, need)
    while not serves(calendar, at):
        at += 1
    return at
