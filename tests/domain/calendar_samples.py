"""Calendars and instants for the tests of the service calendar, written tersely or drawn at random."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck
from hypothesis import strategies as st

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.calendar_rules import CalendarRule, Closure, Revision, Window

# Drawing a calendar takes a while on a busy machine, which says nothing about the calendar.
BUSY = (HealthCheck.too_slow,)

SLOT = timedelta(minutes=5)
_SLOTS_A_DAY = 288
_SLOT_S = 300

# Nights on which something happens to the clock, on edges that are whole slots apart.
NIGHTS = [
    ("UTC", date(2026, 2, 28)),
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Europe/Dublin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("America/St_Johns", date(2026, 3, 8)),
    ("America/St_Johns", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("America/Sao_Paulo", date(2018, 2, 18)),
    ("Asia/Tehran", date(2022, 3, 22)),
    ("Asia/Tehran", date(2022, 9, 21)),
    ("Africa/Cairo", date(2026, 4, 24)),
    ("Africa/Cairo", date(2026, 10, 29)),
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("Africa/Casablanca", date(2026, 3, 22)),
    ("America/Havana", date(2026, 3, 8)),
    ("Asia/Pyongyang", date(2015, 8, 15)),
    ("Antarctica/Troll", date(2026, 3, 29)),
    ("Antarctica/Troll", date(2026, 10, 25)),
    ("Asia/Kathmandu", date(1986, 1, 1)),
    ("Pacific/Chatham", date(2026, 4, 5)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Pacific/Kwajalein", date(1993, 8, 21)),
    ("America/Recife", date(2000, 10, 11)),
]


def windows(*texts: str) -> tuple[Window, ...]:
    return tuple(Window.parse(text) for text in texts)


def workdays(*texts: str) -> dict[int, tuple[Window, ...]]:
    return dict.fromkeys(range(5), windows(*texts))


def every_day(*texts: str) -> dict[int, tuple[Window, ...]]:
    return dict.fromkeys(range(7), windows(*texts))


def calendar(rule: CalendarRule, zone: str = "UTC", *later: tuple[date, CalendarRule]) -> ServiceCalendar:
    return ServiceCalendar("sample", zone, ((None, rule), *later))


def at(local: str, zone: str = "UTC", fold: int = 0) -> datetime:
    """The instant at which the clock of `zone` shows `local`, the second such one for fold 1."""
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def weekly_hours() -> st.SearchStrategy[dict[int, tuple[Window, ...]]]:
    """Windows of whole slots that do not overlap, nights and whole days among them, with at least one in the week."""
    edges = st.lists(st.integers(0, 7 * _SLOTS_A_DAY - 1), min_size=2, max_size=20, unique=True)
    return st.builds(_week, edges.map(sorted), st.booleans())


def _week(edges: list[int], shifted: bool) -> dict[int, tuple[Window, ...]]:
    if shifted:  # the first pair spans Sunday midnight
        edges = [*edges[1:], edges[0] + 7 * _SLOTS_A_DAY]
    week: dict[int, tuple[Window, ...]] = {}
    for start, until in zip(edges[::2], edges[1::2], strict=False):
        weekday = start // _SLOTS_A_DAY % 7
        week[weekday] = (*week.get(weekday, ()), _window(start % _SLOTS_A_DAY, min(until - start, _SLOTS_A_DAY)))
    return week


def _window(start: int, length: int) -> Window:
    end = start + length
    return Window(start * _SLOT_S, (end if end <= _SLOTS_A_DAY else end - _SLOTS_A_DAY) * _SLOT_S)


def _day_of(edges: Sequence[int]) -> tuple[Window, ...]:
    spans = list(zip(edges[::2], edges[1::2], strict=False))
    return tuple(_window(start, min(end - start, _SLOTS_A_DAY)) for start, end in spans if start < _SLOTS_A_DAY)


@st.composite
def rules(draw: st.DrawFn, around: date) -> CalendarRule:
    days = st.integers(-6, 6).map(lambda n: around + timedelta(days=n))
    slots = st.integers(-6 * _SLOTS_A_DAY, 6 * _SLOTS_A_DAY).map(lambda n: datetime.combine(around, time(0)) + n * SLOT)
    edges = st.lists(st.integers(0, 2 * _SLOTS_A_DAY), max_size=6, unique=True).map(sorted)
    shut = st.tuples(slots, st.integers(1, _SLOTS_A_DAY)).map(lambda of: Closure(of[0], of[0] + of[1] * SLOT, "works"))
    round_the_clock = draw(st.integers(0, 5)) == 0
    return CalendarRule(
        weekly={} if round_the_clock else draw(weekly_hours()),
        always=round_the_clock,
        holidays=draw(st.dictionaries(days, st.just("holiday"), max_size=3)),
        yearly={(day.month, day.day): "yearly" for day in draw(st.sets(days, max_size=1))},
        exceptions=draw(st.dictionaries(days, edges.map(_day_of), max_size=3)),
        closures=tuple(draw(st.lists(shut, max_size=3))),
    )


@st.composite
def calendars(draw: st.DrawFn, zone: str, around: date) -> ServiceCalendar:
    begins = sorted(draw(st.sets(st.integers(-5, 5), max_size=2)))
    later: list[Revision] = [(around + timedelta(days=n), draw(rules(around))) for n in begins]
    return ServiceCalendar("drawn", zone, ((None, draw(rules(around))), *later))
