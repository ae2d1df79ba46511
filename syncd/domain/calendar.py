"""Service calendars: when time counts, how much of it lies between two instants, and when a goal of it is used up.

An instant is in service when its local wall-clock time lies in a window of its local date, after exceptions, holidays
and closures. Instants are microseconds of UTC since the epoch, or aware datetimes in the methods that say so.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from syncd.domain.calendar_checks import FIRST_YEAR, LAST_YEAR, check_calendar, last_dated
from syncd.domain.calendar_identity import calendar_identity
from syncd.domain.calendar_instants import ServiceInstants
from syncd.domain.calendar_knots import Knots, empty
from syncd.domain.calendar_rules import CalendarRule, Revision
from syncd.domain.calendar_windows import local_date, local_midnight
from syncd.domain.calendar_zone import first_instant_reading, load_zone, local_datetime, local_us_at
from syncd.domain.duration import Counted, DayEnd, WorkingDays
from syncd.domain.instant import DAY_US, from_us, span_us, to_us
from syncd.domain.interval import Interval, union

_FIRST = to_us(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC))
_BEYOND = to_us(datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC))
_TEN_YEARS_US = 3653 * DAY_US


class CalendarExhausted(ValueError):
    """A calendar cannot answer: a goal is not reached in the years it looks ahead, or an instant lies beyond them."""

    def __init__(self, calendar: str, reason: str) -> None:
        super().__init__(f'calendar "{calendar}" {reason}')
        self.calendar = calendar


@dataclass(frozen=True, slots=True)
class ServiceCalendar:
    """When time counts: weekly hours, holidays, exceptions and closures in one time zone, with dated revisions.

    The first revision carries no date and is in force before the second one's date, each later one from local midnight
    of its own date. Windows belong to the date they start on: the rule of that date makes them, even past the midnight
    at which another takes over; holidays and closures of the following date come from the rule in force on it.

    Raises ValueError, with a sentence that names the calendar, when the zone is unknown, when windows overlap, or when
    there is no service at all. Methods raise CalendarExhausted for instants before 1800 or after 2299.

    What was worked out is kept inside. That changes no answer: every table kept is a function of the fields alone and
    is never changed, only replaced by a longer one in a single assignment, so that threads may share a calendar.
    """

    name: str
    time_zone: str
    revisions: tuple[Revision, ...]
    _service: ServiceInstants = field(init=False, repr=False, compare=False)
    _dated_until: int = field(init=False, repr=False, compare=False)
    _identity: str = field(init=False, repr=False, compare=False)
    _all_counts: bool = field(init=False, repr=False, compare=False)
    _knots: Knots = field(init=False, repr=False, compare=False)
    _working_days: dict[tuple[int, int], tuple[date, int]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_calendar(self.name, self.revisions)
        zone = load_zone(self.time_zone)
        if zone is None:
            msg = f'calendar "{self.name}" has the time zone "{self.time_zone}", which is not an IANA zone'
            raise ValueError(f'{msg} such as "Europe/Berlin"')
        object.__setattr__(self, "_service", ServiceInstants.of(zone, self.revisions))
        object.__setattr__(self, "_dated_until", local_midnight(last_dated(self.revisions)) + DAY_US)
        object.__setattr__(self, "_identity", calendar_identity(self.name, self.time_zone, self.revisions))
        object.__setattr__(self, "_all_counts", [rule for _, rule in self.revisions] == [CalendarRule(always=True)])
        object.__setattr__(self, "_knots", empty(_BEYOND))
        object.__setattr__(self, "_working_days", {})

    def counted_us(self, a: int, b: int) -> int:
        """Return the microseconds in service of [a, b); 0 when `b` is not after `a`."""
        if b <= a:
            return 0
        if self._all_counts:
            return b - a
        knots = self._knots
        if a < knots.lo or b > knots.hi:
            knots = self._reaching(a, b)
        # Knots.at twice, written out: this is the innermost operation of every reading.
        opens, closes, shifts = knots.opens, knots.closes, knots.shifts
        i = bisect_right(opens, a) - 1
        j = bisect_right(opens, b, i) - 1
        return min(b, closes[j]) - shifts[j] - min(a, closes[i]) + shifts[i]

    def due_us(self, a: int, goal: int) -> int:
        """Return the first instant `d`, not before `a`, with counted_us(a, d) == goal; `a` itself for a goal of 0.

        Raises CalendarExhausted when that is more than ten years after `a` and after the last date in any rule.
        """
        return self._using_up(a, goal, bisect_left) if goal else a

    def late_us(self, a: int, goal: int) -> int:
        """Return the instant from which counted time since `a` exceeds `goal`: the next opening if due at a closing.

        Raises CalendarExhausted when that is more than ten years after `a` and after the last date in any rule.
        """
        return self._using_up(a, goal, bisect_right)

    def deadlines_us(self, a: int, goal: int) -> tuple[int, int]:
        """Return what `due_us` and `late_us` do, in little more time than one of them takes."""
        knots = self._knots
        if goal > 0 and knots.lo <= a < knots.hi and not self._all_counts:
            # Both of _using_up, written out: where the table reaches, one more entry tells the two apart.
            target, done = knots.at(a) + goal, knots.done
            i = bisect_left(done, target)
            j = i if i < len(done) and target < done[i] else i + 1
            if j < len(done) and target + knots.shifts[j] <= max(a, self._dated_until) + _TEN_YEARS_US:
                return target + knots.shifts[i], target + knots.shifts[j]
        return self.due_us(a, goal), self.late_us(a, goal)

    def counted(self, start: datetime, end: datetime) -> timedelta:
        """Return the time in service of [start, end), both aware; zero when `end` is not after `start`."""
        return timedelta(microseconds=self.counted_us(to_us(start), to_us(end)))

    def due_at(self, start: datetime, goal: timedelta) -> datetime:
        """Return what `due_us` does, as aware UTC."""
        return from_us(self.due_us(to_us(start), span_us(goal)))

    def late_from(self, start: datetime, goal: timedelta) -> datetime:
        """Return what `late_us` does, as aware UTC."""
        return from_us(self.late_us(to_us(start), span_us(goal)))

    def working_days_us(self, start: int, days: int, due: DayEnd) -> int:
        """Return the counted microseconds from `start` to the `days`th working day after it.

        That is to the close of that day, or to the local wall time of `start` on it. A working day is a local date of
        whose own windows something is in service; day 1 is the first one after the local date of `start`.
        """
        if days < 1:
            msg = f"a goal of working days needs at least 1 working day, not {days}"
            raise ValueError(msg)
        self._require(start)
        local = local_us_at(self._service.zone, start)
        day, close = self._working_day(local // DAY_US, days)
        if due is DayEnd.END_OF_DAY:
            return self.counted_us(start, close)
        time = local_datetime(self._service.zone, start).time()
        return self.counted_us(start, first_instant_reading(self._service.zone, datetime.combine(day, time)))

    def goal_us(self, goal: Counted | WorkingDays, start: int) -> int:
        """Return a goal in counted microseconds for a cycle that starts at `start`."""
        return goal.us if isinstance(goal, Counted) else self.working_days_us(start, goal.days, goal.due)

    def in_service(self, u: int) -> bool:
        """Return whether time counts at an instant."""
        if self._all_counts:
            return True
        knots = self._knots
        if not knots.lo <= u < knots.hi:
            knots = self._reaching(u, u)
        return knots.serve(u)

    def windows(self, a: int, b: int) -> list[Interval]:
        """Return the stretches of [a, b) in service, in order, none touching the next."""
        if b <= a:
            return []
        if self._all_counts:
            return [Interval(a, b)]
        return union(self._reaching(a, b).between(a, b))

    def identity(self) -> str:
        """Return the SHA-256 (hex) of the calendar's content: what a result names as the calendar it was counted on."""
        return self._identity

    def _using_up(self, a: int, goal: int, side: Callable[[tuple[int, ...], int], int]) -> int:
        """Return where counted time since `a` reaches `goal` (bisect_left) or where it begins to exceed it (right)."""
        if goal < 0:
            msg = f"a goal cannot be negative, and this one is {goal} microseconds"
            raise ValueError(msg)
        # The limit depends on the question only, never on how far the table happens to reach.
        limit = max(a, self._dated_until) + _TEN_YEARS_US
        if self._all_counts:
            self._require(a)
            found = a + goal
        else:
            knots = self._knots
            if not knots.lo <= a <= knots.hi:
                knots = self._reaching(a, a)
            while (i := side(knots.done, target := knots.at(a) + goal)) == len(knots.done):
                if knots.hi > limit:
                    raise self._unreached(a, goal, limit)
                knots = self._reaching(a, knots.hi)
            found = target + knots.shifts[i]
        if found > limit:
            raise self._unreached(a, goal, limit)
        return found

    def _working_day(self, after: int, number: int) -> tuple[date, int]:
        """The `number`th working day after a local date, given in days since 1970, with its close."""
        known = self._working_days.get((after, number))
        if known is None:
            last = local_date(max(after * DAY_US, self._dated_until) + _TEN_YEARS_US)
            known = self._service.working_day(local_date(after * DAY_US), number, last)
            if known is None:
                raise CalendarExhausted(
                    self.name, f"has fewer than {number} working days from {local_date(after * DAY_US)} to {last}"
                )
            self._working_days[after, number] = known
        return known

    def _reaching(self, a: int, b: int) -> Knots:
        """Return knots in whole years from the year of `a`, or earlier, to the end of that of `b`, or later."""
        self._require(a)
        self._require(b)
        knots, lo, hi = self._knots, _new_year(from_us(a).year), _new_year(from_us(b).year + 1)
        if knots.lo == knots.hi:
            knots = empty(lo)
        if lo < knots.lo:
            knots = knots.preceded_by(self._service.between(lo, knots.lo), lo)
        if hi > knots.hi:
            knots = knots.followed_by(self._service.between(knots.hi, hi), hi)
        # Two threads may both come here; the table kept may be either's, and both are right.
        object.__setattr__(self, "_knots", knots)
        return knots

    def _require(self, instant: int) -> None:
        if not _FIRST <= instant < _BEYOND:
            raise CalendarExhausted(self.name, f"is known from {FIRST_YEAR} to {LAST_YEAR} only, not {_shown(instant)}")

    def _unreached(self, a: int, goal: int, limit: int) -> CalendarExhausted:
        counted = timedelta(microseconds=goal) if goal < _BEYOND - _FIRST else "centuries"
        return CalendarExhausted(self.name, f"does not use up {counted} of service from {_shown(a)} to {_shown(limit)}")


def always(name: str = "always", time_zone: str = "UTC") -> ServiceCalendar:
    """Return a calendar on which every instant counts."""
    return ServiceCalendar(name, time_zone, ((None, CalendarRule(always=True)),))


def _new_year(year: int) -> int:
    return to_us(datetime(year, 1, 1, tzinfo=UTC))


def _shown(instant: int) -> str:
    try:
        return from_us(instant).isoformat()
    except ValueError as beyond:
        return str(beyond)
