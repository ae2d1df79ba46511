"""The instants in service: the local windows of a calendar's rules, found in a time zone."""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from syncd.domain.calendar_rules import Revision
from syncd.domain.calendar_windows import closures, in_service, local_date, starting_on
from syncd.domain.calendar_zone import instants_reading
from syncd.domain.instant import DAY_US
from syncd.domain.interval import Interval, subtract, union

# No zone is or was a whole day ahead of or behind UTC, so local dates are at most one away from UTC dates.
_MARGIN_US = DAY_US
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ServiceInstants:
    """Finds the service of any stretch of time or any date; `closed` is the local time that closures cut."""

    zone: ZoneInfo
    revisions: tuple[Revision, ...]
    closed: tuple[Interval, ...]

    @classmethod
    def of(cls, zone: ZoneInfo, revisions: tuple[Revision, ...]) -> "ServiceInstants":
        """Return the instants that `revisions` put in service where the clocks follow `zone`."""
        return cls(zone, revisions, tuple(closures(revisions)))

    def between(self, start: int, end: int) -> list[Interval]:
        """Return the instants of [start, end) in service, in microseconds of UTC, sorted and disjoint."""
        # A window of the day before the first local date may still run.
        first = local_date(start - _MARGIN_US) - _ONE_DAY
        last = local_date(end + _MARGIN_US)
        return instants_reading(self.zone, in_service(self.revisions, self.closed, first, last), Interval(start, end))

    def close_of(self, day: date) -> int | None:
        """Return the instant at which the last window that starts on a local date ends, or None if it has no service.

        A date on which nothing is left of its windows is no working day: closed throughout, or skipped by its zone.
        """
        local = subtract(union(starting_on(self.revisions, day)), self.closed)
        if not local:
            return None
        around = Interval(local[0].start - _MARGIN_US, local[-1].end + _MARGIN_US)
        instants = instants_reading(self.zone, local, around)
        return instants[-1].end if instants else None

    def working_day(self, after: date, number: int, last: date) -> tuple[date, int] | None:
        """Return the `number`th working day after a local date with its close, or None if it comes after `last`."""
        day = after
        while day < last:
            day += _ONE_DAY
            close = self.close_of(day)
            if close is not None:
                number -= 1
                if number == 0:
                    return day, close
        return None
