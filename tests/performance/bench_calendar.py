"""Calendar operations per second, beside two bare bisections of the same knots. Run as a script; asserts nothing."""

import random
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from time import perf_counter

from syncd.domain.calendar import ServiceCalendar, always
from syncd.domain.calendar_rules import CalendarRule, Window
from syncd.domain.instant import SECOND_US, from_us

_CALLS = 50_000
_YEAR_2025_US = 1_735_689_600 * SECOND_US
_TWO_YEARS_US = 730 * 86_400 * SECOND_US
_HOUR_US = 3600 * SECOND_US


def _business() -> ServiceCalendar:
    """Monday to Friday 09:00-17:00 in Berlin, with ten holidays a year for 60 years, as settings expand them."""
    hours = dict.fromkeys(range(5), (Window(9 * 3600, 17 * 3600),))
    holidays = {date(year, month, 3): "holiday" for year in range(2000, 2061) for month in range(1, 11)}
    return ServiceCalendar("bench", "Europe/Berlin", ((None, CalendarRule(weekly=hours, holidays=holidays)),))


def _seconds_per_call(work: Callable[[], object]) -> float:
    """The best of five rounds, which is the one least disturbed by the rest of the machine."""
    best = float("inf")
    for _ in range(5):
        begun = perf_counter()
        work()
        best = min(best, perf_counter() - begun)
    return best / _CALLS


def _run(call: Callable[..., object], *arguments: Iterable[object]) -> Callable[[], object]:
    rows = list(zip(*arguments, strict=True))

    def work() -> None:
        for first, second in rows:
            call(first, second)

    return work


def main() -> None:
    """Print one line per operation."""
    draw = random.Random(1)  # noqa: S311 - a repeatable draw, not a secret
    calendar, round_the_clock = _business(), always()
    starts = [_YEAR_2025_US + draw.randrange(_TWO_YEARS_US) for _ in range(_CALLS)]
    ends = [start + int(draw.expovariate(1 / (7 * 24 * _HOUR_US))) for start in starts]
    goals = [draw.choice((1, 2, 4, 8, 40, 80)) * _HOUR_US // 2 for _ in range(_CALLS)]
    starts_at, ends_at = [from_us(us) for us in starts], [from_us(us) for us in ends]
    goals_as = [timedelta(microseconds=us) for us in goals]

    begun = perf_counter()
    calendar.counted_us(min(starts), max(ends) + 365 * 24 * _HOUR_US)
    built = perf_counter() - begun
    knots = [interval.start for interval in calendar.windows(min(starts), max(ends))]

    def bisections(a: int, b: int) -> int:
        return bisect_right(knots, b) - bisect_right(knots, a)

    bare = _seconds_per_call(_run(bisections, starts, ends))
    lines = [
        ("two bare bisections", bare),
        ("counted_us", _seconds_per_call(_run(calendar.counted_us, starts, ends))),
        ("due_us", _seconds_per_call(_run(calendar.due_us, starts, goals))),
        ("late_us", _seconds_per_call(_run(calendar.late_us, starts, goals))),
        ("counted, datetimes", _seconds_per_call(_run(calendar.counted, starts_at, ends_at))),
        ("due_at, datetimes", _seconds_per_call(_run(calendar.due_at, starts_at, goals_as))),
        ("counted_us, always", _seconds_per_call(_run(round_the_clock.counted_us, starts, ends))),
        ("due_us, always", _seconds_per_call(_run(round_the_clock.due_us, starts, goals))),
    ]
    out = sys.stdout.write
    out(f"calendar: {len(knots)} windows over {(max(ends) - min(starts)) / 8766 / _HOUR_US:.1f} years; ")
    out(f"first use with one more year {built * 1e3:.1f} ms\n")
    for name, seconds in lines:
        out(f"{name:20} {seconds * 1e6:6.2f} us {1 / seconds:12,.0f} a second   {seconds / bare:5.1f} x bare\n")


if __name__ == "__main__":
    main()
