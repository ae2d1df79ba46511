"""The local time in service that the rules of a calendar give to each date, before any time zone is considered.

Local times are microseconds of the wall clock since 1970-01-01T00:00 on that same clock: a line without jumps, on
which every date has 24 hours. What an instant's clock reads decides about it, so a date or an hour that a zone skipped
simply never comes up, and one that it repeated comes up twice.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from syncd.domain.calendar_rules import Revision, rule_on
from syncd.domain.instant import DAY_US, SECOND_US, span_us
from syncd.domain.interval import Interval, clip, subtract, union

_FIRST_DAY = date(1970, 1, 1)
_FIRST_MIDNIGHT = datetime(1970, 1, 1)  # noqa: DTZ001 - the local wall clock is naive by nature
_ONE_DAY = timedelta(days=1)


def local_us(local: datetime) -> int:
    """Return a naive local time in microseconds of the wall clock since 1970-01-01T00:00 on that clock."""
    return span_us(local - _FIRST_MIDNIGHT)


def local_midnight(day: date) -> int:
    """Return the local time at which a date begins."""
    return (day - _FIRST_DAY).days * DAY_US


def local_date(local: int) -> date:
    """Return the date of a local time."""
    return _FIRST_DAY + timedelta(days=local // DAY_US)


def closures(revisions: tuple[Revision, ...]) -> list[Interval]:
    """Return all closures, each as far as the local dates on which its own revision is in force."""
    cut: list[Interval] = []
    for index, (begins, rule) in enumerate(revisions):
        spans = union(Interval(local_us(closure.start), local_us(closure.end)) for closure in rule.closures)
        first = local_midnight(begins or date.min)
        following = revisions[index + 1][0] if index + 1 < len(revisions) else None
        last = local_midnight(following or date.max)
        cut.extend(clip(spans, first, last))
    return union(cut)


def starting_on(revisions: tuple[Revision, ...], day: date) -> list[Interval]:
    """Return the local time of the windows that start on a date, their tails after midnight included.

    The rule of the date itself makes the windows. The tail falls on the next date, so the rule in force on that one
    says whether it is a holiday, which leaves no service after midnight.
    """
    windows = rule_on(revisions, day).starting_on(day)
    if not windows:
        return []
    midnight = local_midnight(day)
    tomorrow = day + _ONE_DAY
    longest = 2 * DAY_US
    if any(window.until * SECOND_US > DAY_US for window in windows) and rule_on(revisions, tomorrow).is_holiday(
        tomorrow
    ):
        longest = DAY_US
    return [
        Interval(midnight + window.start * SECOND_US, midnight + min(window.until * SECOND_US, longest))
        for window in windows
    ]


def in_service(revisions: tuple[Revision, ...], closed: Sequence[Interval], first: date, last: date) -> list[Interval]:
    """Return the local time of all windows that start from `first` to `last`, both included, without `closed`."""
    return subtract(union(span for day in _days(first, last) for span in starting_on(revisions, day)), closed)


def _days(first: date, last: date) -> Iterator[date]:
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)
