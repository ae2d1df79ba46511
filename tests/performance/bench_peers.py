"""Elapsed and due on one workload: our calendar beside the packages businesstimedelta and business-duration.

Monday to Friday 9 to 17 in Berlin with German holidays, starts over two years, spans of a week in the mean, goals of
half an hour to 80 hours. All run in this process, peers on the first pairs of ours because they take a thousand times
as long. Aim: 80 times the faster of the two. Asserts nothing; `make bench` installs the peers.
"""

import importlib
import random
import warnings
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from math import inf, isfinite
from time import process_time
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.calendar_rules import CalendarRule, Window
from syncd.domain.instant import SECOND_US, from_us, span_us, to_us

T = TypeVar("T")

PAIRS = 50_000
PEER_PAIRS = 400
AIM = 80
BERLIN = ZoneInfo("Europe/Berlin")
FIRST = datetime(2025, 1, 1, tzinfo=UTC)


class Ask(NamedTuple):
    """A pair of instants and a goal."""

    start: datetime
    end: datetime
    goal: timedelta


class Figures(NamedTuple):
    """Microseconds a call, infinite for a question it does not answer; and its answers, in whole seconds."""

    name: str
    elapsed_us: float
    due_us: float
    elapsed: list[int]
    due: list[datetime]


def _asked() -> list[Ask]:
    draw = random.Random(1)  # noqa: S311 - a repeatable draw, not a secret
    asked = []
    for _ in range(PAIRS):
        start = FIRST + timedelta(seconds=draw.randrange(730 * 86_400))
        span = timedelta(seconds=int(draw.expovariate(1 / (7 * 86_400))))
        asked.append(Ask(start, start + span, draw.choice((1, 2, 4, 8, 40, 80, 160)) * timedelta(minutes=30)))
    return asked


def _timed(call: Callable[[T], Any], asked: Sequence[T]) -> tuple[float, list[Any]]:
    """The best of three rounds, the one least disturbed by the rest of the machine; microseconds a call."""
    best, answers = float("inf"), []
    for _ in range(3):
        began = process_time()
        answers = [call(ask) for ask in asked]
        best = min(best, process_time() - began)
    return best / len(asked) * 1e6, answers


def _calendar(holidays: Mapping[date, str]) -> ServiceCalendar:
    hours = dict.fromkeys(range(5), (Window(9 * 3600, 17 * 3600),))
    return ServiceCalendar("bench", "Europe/Berlin", ((None, CalendarRule(weekly=hours, holidays=holidays)),))


def _ours(asked: Sequence[Ask], holidays: Mapping[date, str]) -> Figures:
    calendar = _calendar(holidays)
    elapsed_us, elapsed = _timed(lambda ask: calendar.counted(ask.start, ask.end), asked)
    due_us, due = _timed(lambda ask: calendar.due_at(ask.start, ask.goal), asked)
    return Figures("ours, datetimes", elapsed_us, due_us, [each // timedelta(seconds=1) for each in elapsed], due)


def _ours_as_integers(asked: Sequence[Ask], holidays: Mapping[date, str]) -> Figures:
    """The form that readings are made of: microseconds in, microseconds out."""
    calendar = _calendar(holidays)
    numbers = [(to_us(start), to_us(end), span_us(goal)) for start, end, goal in asked]
    elapsed_us, elapsed = _timed(lambda ask: calendar.counted_us(ask[0], ask[1]), numbers)
    due_us, due = _timed(lambda ask: calendar.due_us(ask[0], ask[2]), numbers)
    return Figures(
        "ours, integers", elapsed_us, due_us, [us // SECOND_US for us in elapsed], [from_us(us) for us in due]
    )


def _businesstimedelta(asked: Sequence[Ask], holidays: Mapping[date, str]) -> Figures:
    package, pytz = importlib.import_module("businesstimedelta"), importlib.import_module("pytz")
    zone = pytz.timezone("Europe/Berlin")
    workday = package.WorkDayRule(start_time=time(9), end_time=time(17), working_days=list(range(5)), tz=zone)
    rules = package.Rules([workday, package.HolidayRule(holidays, tz=zone)])

    def due(ask: Ask) -> datetime:
        found: datetime = ask.start + package.BusinessTimeDelta(rules, timedelta=ask.goal)
        return found.astimezone(UTC)

    elapsed_us, elapsed = _timed(lambda ask: rules.difference(ask.start, ask.end), asked)
    due_us, dues = _timed(due, asked)
    return Figures(
        "businesstimedelta", elapsed_us, due_us, [int(each.timedelta.total_seconds()) for each in elapsed], dues
    )


def _business_duration(asked: Sequence[Ask], holidays: Mapping[date, str]) -> Figures:
    duration = importlib.import_module("business_duration").businessDuration
    local = [Ask(start.astimezone(BERLIN), end.astimezone(BERLIN), goal) for start, end, goal in asked]
    naive = [Ask(start.replace(tzinfo=None), end.replace(tzinfo=None), goal) for start, end, goal in local]

    def elapsed(ask: Ask) -> float:
        return float(duration(ask.start, ask.end, time(9), time(17), [5, 6], holidays, "sec"))

    elapsed_us, found = _timed(elapsed, naive)
    return Figures("business-duration", elapsed_us, inf, [0 if each != each else round(each) for each in found], [])  # noqa: PLR0124 - its "nothing" is NaN


PEERS = {"businesstimedelta": _businesstimedelta, "business-duration": _business_duration}


def main() -> None:
    """Measure and print."""
    holidays = importlib.import_module("holidays").country_holidays("DE", years=range(2024, 2030))
    asked = _asked()
    ours = [measured(asked, holidays) for measured in (_ours, _ours_as_integers)]
    print(f"peers: {PAIRS:,} pairs of ours, {PEER_PAIRS} of them for each peer, processor time, best of three")
    for figures in ours:
        print(f"  {figures.name:18} elapsed {figures.elapsed_us:9.2f} us   due {figures.due_us:9.2f} us")
    peers = []
    for name, measured in PEERS.items():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what peers say of their own calls is not ours to mend
                peers.append(measured(asked[:PEER_PAIRS], holidays))
        except ModuleNotFoundError as missing:
            print(f"  {name:18} not installed ({missing.name}): make bench installs it")
            continue
        figures = peers[-1]
        line = f"elapsed {figures.elapsed_us:9.2f} us, {_agreeing(ours[0].elapsed, figures.elapsed)} agree"
        if isfinite(figures.due_us):
            line += f"   due {figures.due_us:9.2f} us, {_agreeing(ours[0].due, figures.due)} agree"
        print(f"  {figures.name:18} {line}")
    if peers:
        elapsed = min(figures.elapsed_us for figures in peers)
        due = min(figures.due_us for figures in peers)
        for figures in ours:
            ratios = f"elapsed {elapsed / figures.elapsed_us:6,.0f} times   due {due / figures.due_us:6,.0f} times"
            print(f"  {figures.name:18} {ratios} the faster peer, aim {AIM}")


def _agreeing(ours: Sequence[object], theirs: Sequence[object]) -> int:
    return sum(one == other for one, other in zip(ours, theirs, strict=False))


if __name__ == "__main__":
    main()
