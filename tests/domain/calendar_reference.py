"""What a calendar means, by brute force: walk the instants one by one and ask the local clock of each.

It shares nothing with the implementation but the values that hold the rules, so that agreement means something.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from syncd.domain.calendar_rules import CalendarRule, Revision, Window

DAY = timedelta(days=1)
MIDNIGHT = timedelta(0)


def serves(zone: ZoneInfo, revisions: tuple[Revision, ...], instant: datetime) -> bool:
    local = instant.astimezone(zone).replace(tzinfo=None, fold=0)
    today = local.date()
    clock = local - datetime.combine(today, time(0))
    rule = _in_force(revisions, today)
    if any(closure.start <= local < closure.end for closure in rule.closures):
        return False
    if any(_opens(window) <= clock and (_overnight(window) or clock < _shuts(window)) for window in _of(rule, today)):
        return True
    if _holiday(rule, today) and today not in rule.exceptions:
        return False
    yesterday = today - DAY
    nights = _of(_in_force(revisions, yesterday), yesterday)
    return any(_overnight(window) and clock < _shuts(window) for window in nights)


def counted(
    zone: ZoneInfo, revisions: tuple[Revision, ...], start: datetime, end: datetime, step: timedelta
) -> timedelta:
    """Exact when every edge of service lies a whole number of steps from `start`."""
    return sum((step for instant in _walk(start, step, end) if serves(zone, revisions, instant)), MIDNIGHT)


def first_reaching(
    zone: ZoneInfo, revisions: tuple[Revision, ...], start: datetime, goal: timedelta, step: timedelta
) -> datetime:
    so_far = MIDNIGHT
    for instant in _walk(start, step, datetime.max.replace(tzinfo=start.tzinfo)):
        if so_far == goal:
            return instant
        so_far += step if serves(zone, revisions, instant) else MIDNIGHT
    raise AssertionError


def first_exceeding(
    zone: ZoneInfo, revisions: tuple[Revision, ...], start: datetime, goal: timedelta, step: timedelta
) -> datetime:
    so_far = MIDNIGHT
    for instant in _walk(start, step, datetime.max.replace(tzinfo=start.tzinfo)):
        if serves(zone, revisions, instant):
            if so_far == goal:
                return instant
            so_far += step
    raise AssertionError


def close_of(zone: ZoneInfo, revisions: tuple[Revision, ...], day: date, step: timedelta) -> datetime | None:
    """The end of the last step in service that lies in a window of `day` itself, on it or in its tail."""
    before = datetime.combine(day, time(0), UTC) - DAY
    served = [
        instant
        for instant in _walk(before, step, before + 4 * DAY)
        if serves(zone, revisions, instant)
        and _in_window_of(revisions, day, instant.astimezone(zone).replace(tzinfo=None, fold=0))
    ]
    return served[-1] + step if served else None


def _in_window_of(revisions: tuple[Revision, ...], day: date, local: datetime) -> bool:
    clock = local - datetime.combine(day, time(0))
    return any(
        _opens(window) <= clock < _shuts(window) + (DAY if _overnight(window) else MIDNIGHT)
        for window in _of(_in_force(revisions, day), day)
    )


def _walk(start: datetime, step: timedelta, end: datetime) -> Iterator[datetime]:
    instant = start
    while instant < end:
        yield instant
        instant += step


def _in_force(revisions: tuple[Revision, ...], day: date) -> CalendarRule:
    return [rule for begins, rule in revisions if begins is None or begins <= day][-1]


def _holiday(rule: CalendarRule, day: date) -> bool:
    return day in rule.holidays or (day.month, day.day) in rule.yearly


def _of(rule: CalendarRule, day: date) -> tuple[Window, ...]:
    if day in rule.exceptions:
        return rule.exceptions[day]
    if _holiday(rule, day):
        return ()
    if rule.always:
        return (Window(0, 24 * 3600),)
    return rule.weekly.get(day.weekday(), ())


def _opens(window: Window) -> timedelta:
    return timedelta(seconds=window.start)


def _shuts(window: Window) -> timedelta:
    return timedelta(seconds=window.end)


def _overnight(window: Window) -> bool:
    return window.end <= window.start
