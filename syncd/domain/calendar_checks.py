"""What a calendar must be before anybody may count on it; each refusal is a sentence that names the calendar."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import chain, pairwise

from syncd.domain.calendar_rules import CalendarRule, Revision, Window, rule_on
from syncd.domain.instant import DAY_US, SECOND_US

_DAY_S = DAY_US // SECOND_US
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LEAP_YEAR = 2000

FIRST_YEAR, LAST_YEAR = 1800, 2299
"""The years that calendars know: before them no zone has data, and a limit keeps junk dates from costing memory."""

_SEARCHED_DAYS = 3653
"""Ten years, as far as a deadline is looked for: hours that are farther from any dated rule help nobody."""


def check_calendar(name: str, revisions: tuple[Revision, ...]) -> None:
    """Raise ValueError, naming the calendar, when its revisions or rules contradict themselves or give no service."""
    if not name.strip():
        _refuse(name, "has no name")
    _check_revisions(name, revisions)
    for day in _dated(revisions):
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            _refuse(name, f"has a rule for {day}; calendars know the years {FIRST_YEAR} to {LAST_YEAR}")
    for _, rule in revisions:
        _check_rule(name, rule)
    if not _has_service(revisions):
        _refuse(name, "has no service at all: no date ever has hours")


def last_dated(revisions: tuple[Revision, ...]) -> date:
    """Return the last date that any rule names; the epoch's when none does."""
    return max(_dated(revisions), default=date(1970, 1, 1))


def _dated(revisions: tuple[Revision, ...]) -> Iterable[date]:
    for begins, rule in revisions:
        if begins is not None:
            yield begins
        yield from rule.holidays
        yield from rule.exceptions
        for closure in rule.closures:
            yield from (closure.start.date(), closure.end.date())


def _check_revisions(name: str, revisions: tuple[Revision, ...]) -> None:
    if not revisions:
        _refuse(name, "has no hours")
    if revisions[0][0] is not None:
        _refuse(name, f"begins on {revisions[0][0]}, but its first rule must be in force from the beginning, undated")
    starts = [begins for begins, _ in revisions[1:]]
    for begins in starts:
        if begins is None:
            _refuse(name, "has a second rule without a date from which it is in force")
    for earlier, later in pairwise(begins for begins in starts if begins is not None):
        if earlier == later:
            _refuse(name, f"has two revisions from {later}")
        if earlier > later:
            _refuse(name, f"lists the revision from {later} after the one from {earlier}; put them in order of time")


def _check_rule(name: str, rule: CalendarRule) -> None:
    if rule.always and rule.weekly:
        _refuse(name, "is in service always and has weekly hours as well; state one of them")
    for weekday in rule.weekly:
        if weekday not in range(7):
            _refuse(name, f"has hours for weekday {weekday}; weekdays are numbered from 0, Monday, to 6, Sunday")
    for month, day in rule.yearly:
        if not _exists(month, day):
            _refuse(name, f"has a yearly holiday on {month:02}-{day:02}, which is no date")
    for weekday, windows in rule.weekly.items():
        _check_overlap(name, _WEEKDAYS[weekday], windows)
    for exception, windows in rule.exceptions.items():
        _check_overlap(name, f"{exception}", windows)
    _check_nights(name, rule.weekly)


def _check_overlap(name: str, day: str, windows: Iterable[Window]) -> None:
    for earlier, later in pairwise(sorted(windows)):
        if later.start < earlier.until:
            _refuse(name, f"has overlapping windows {earlier} and {later} on {day}")


def _check_nights(name: str, weekly: Mapping[int, tuple[Window, ...]]) -> None:
    for weekday, windows in weekly.items():
        tomorrow = (weekday + 1) % 7
        for night in windows:
            for window in weekly.get(tomorrow, ()):
                if window.start < night.until - _DAY_S:
                    days = f"{_WEEKDAYS[weekday]}, which runs into {window} on {_WEEKDAYS[tomorrow]}"
                    _refuse(name, f"has overlapping windows: {night} on {days}")


def _has_service(revisions: tuple[Revision, ...]) -> bool:
    last = last_dated(revisions)
    first = min(_dated(revisions), default=last)
    # The years after the last dated rule come first, because nearly every calendar is proved in their first week.
    later = (last + timedelta(days=n) for n in range(_SEARCHED_DAYS))
    others = (last - timedelta(days=n) for n in range((last - first).days + _SEARCHED_DAYS))
    return any(rule_on(revisions, day).starting_on(day) for day in chain(later, others))


def _exists(month: int, day: int) -> bool:
    try:
        date(_LEAP_YEAR, month, day)
    except ValueError:
        return False
    return True


def _refuse(name: str, reason: str) -> None:
    msg = f'calendar "{name}" {reason}' if name.strip() else f"a calendar {reason}"
    raise ValueError(msg)
