"""Contracts and tickets drawn at random over everything that contracts may say, near nights on which clocks change."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from syncd.domain import events as e
from syncd.domain import names as n
from syncd.domain.calendar import ServiceCalendar, always
from syncd.domain.calendar_rules import CalendarRule, Closure
from syncd.domain.contract import (
    Agreements,
    Arrival,
    Conditions,
    Contract,
    Cover,
    Exclusion,
    Goal,
    Maintenance,
    PriorityMatrix,
    Revision,
    Target,
    Vendor,
)
from syncd.domain.duration import Counted, DayEnd, WorkingDays
from syncd.domain.timeline import Timeline, in_order
from tests.domain.calendar_samples import calendars, every_day, windows, workdays
from tests.domain.clock_samples import ACME
from tests.domain.law_samples_events import SITES, tickets_near

LONG = os.environ.get("SYNCD_HYPOTHESIS") == "long"

NIGHTS = [
    ("UTC", date(2026, 2, 28)),
    ("Europe/Berlin", date(2026, 3, 29)),
    ("America/New_York", date(2026, 11, 1)),
    ("America/St_Johns", date(2026, 3, 8)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("Africa/Cairo", date(2026, 10, 29)),
    ("Asia/Tehran", date(2022, 3, 22)),
    ("Asia/Kathmandu", date(1986, 1, 1)),
    ("Antarctica/Troll", date(2026, 10, 25)),
    ("Pacific/Chatham", date(2026, 4, 5)),
]
MINUTE_US = 60_000_000
HOUR_US = 60 * MINUTE_US
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
PRIORITIES = ("P1", "P2", "P3")


@dataclass(frozen=True)
class Place:
    """A zone, and midnight UTC of a night on which something happens to its clock."""

    zone: str
    night: datetime


PLACES = [Place(zone, datetime.combine(day, time(0), UTC)) for zone, day in NIGHTS]


@lru_cache(maxsize=len(NIGHTS))
def usual_calendars(place: Place) -> tuple[ServiceCalendar, ...]:
    """Round the clock, split days, nights with a holiday on a running shift, whole days shut for a while, a change."""
    day = place.night.date()
    office = CalendarRule(weekly=workdays("09:00-12:00", "13:00-17:30"), holidays={day + DAY: "the day after"})
    nights = CalendarRule(
        weekly=every_day("22:00-06:00"), holidays={day: "that night"}, exceptions={day + DAY: windows("12:00-24:00")}
    )
    noon = datetime.combine(day, time(12))
    whole = CalendarRule(weekly=workdays("00:00-24:00"), closures=(Closure(noon, noon + timedelta(hours=15), "works"),))
    late = CalendarRule(weekly=every_day("06:00-22:00"))
    return (
        always(time_zone=place.zone),
        ServiceCalendar("office", place.zone, ((None, office),)),
        ServiceCalendar("nights", place.zone, ((None, nights),)),
        ServiceCalendar("whole days", place.zone, ((None, whole),)),
        ServiceCalendar("changed", place.zone, ((None, office), (day, late))),
    )


def some_calendar(place: Place) -> st.SearchStrategy[ServiceCalendar]:
    """One of the usual ones; drawing others takes most of a run, so that only long runs do it."""
    usual = st.sampled_from(usual_calendars(place))
    return st.one_of(usual, calendars(place.zone, place.night.date())) if LONG else usual


counted = st.one_of(
    st.sampled_from([60, 5, 15, 30, 45, 120, 240, 480, 0]).map(lambda minutes: Counted(minutes * MINUTE_US)),
    st.integers(1, 6 * HOUR_US).map(Counted),
)
days = st.builds(WorkingDays, st.integers(1, 2), st.sampled_from(DayEnd))
goals: st.SearchStrategy[Goal] = st.one_of(counted, counted, counted, days)


def often(usual: Any, other: st.SearchStrategy[Any], times: int = 3) -> st.SearchStrategy[Any]:
    return st.one_of(*[st.just(usual)] * times, other)


@st.composite
def by_priority(draw: st.DrawFn, goal: st.SearchStrategy[Goal]) -> Mapping[str, Goal]:
    named = draw(
        st.sampled_from(
            [
                ("P1", "default"),
                ("P1", "P2", "default"),
                (*PRIORITIES, "default"),
                (*PRIORITIES, "default"),
                ("P1", "P3"),
            ]
        )
    )
    return {name: draw(goal) for name in named}


MATRIX = PriorityMatrix(
    by=("impact", "urgency"), rows=(("P1", "P2", "P3"), ("P2", "P3", "P4"), ("P3", "P4", "P4")), levels=((), ())
)


@st.composite
def some_goals(draw: st.DrawFn, place: Place, goal: st.SearchStrategy[Goal]) -> dict[str, Any]:
    """The keys that an amendment changes: goals or arrivals, calendars by priority or by attribute."""
    terms: dict[str, Any] = {"goals": draw(by_priority(goal)), "arrivals": (), "calendar_by": None}
    calendar = some_calendar(place)
    keys: Sequence[str] = sorted(draw(st.sets(st.sampled_from(PRIORITIES))))
    if draw(st.integers(0, 5)) == 5:
        started_in = draw(st.lists(st.none() | calendar, min_size=1, max_size=2))
        terms["arrivals"] = tuple(Arrival(draw(by_priority(goal)), within) for within in started_in)
        terms["goals"] = {}
    if draw(st.integers(0, 5)) == 5:
        terms["calendar_by"], keys = "site", SITES
    terms["calendars"] = {key: draw(calendar) for key in [*keys, "default"]}
    return terms


@st.composite
def targets(draw: st.DrawFn, place: Place, goal: st.SearchStrategy[Goal] = goals) -> Target:
    """A target over every policy; most keep most defaults, so that single policies still show."""
    stops = draw(often(n.Stops.RESOLVED, st.sampled_from(n.Stops)))
    return Target(
        name="promise",
        metric=draw(st.sampled_from(n.Metric)),
        objective={"default": Fraction(9, 10)},
        **draw(some_goals(place, goal)),
        starts=draw(often(n.Starts.VENDOR_NOTIFIED, st.sampled_from(n.Starts), 9)),
        stops=stops,
        confirm_within=draw(st.none() | goal) if stops is n.Stops.CLOSED else None,
        acknowledgement=draw(st.sampled_from(n.Accepted)),
        relayed=draw(st.sampled_from(n.Accepted)),
        pause_while=draw(st.frozensets(st.sampled_from([n.Awaiting.CUSTOMER, n.Awaiting.THIRD_PARTY]))),
        pause_evidence=draw(often(n.PauseEvidence.AS_RECORDED, st.sampled_from(n.PauseEvidence), 1)),
        priority_change=draw(st.sampled_from(n.PriorityChange)),
        reopen=draw(often(n.Reopen.WITHIN_GRACE, st.sampled_from(n.Reopen), 2)),
        reopen_grace=draw(goals),
        reopen_calendar=draw(st.none() | some_calendar(place)),
        strict_due=draw(often(False, st.just(True))),
        tolerance_us=draw(often(0, st.integers(1, HOUR_US))),
        counts=draw(st.sampled_from(n.Counts)),
        period_by=draw(often(n.PeriodBy.DECIDED, st.sampled_from(n.PeriodBy))),
        priority_from=draw(often(None, st.just(MATRIX), 4)),
        not_before=draw(often(None, st.just("when"), 5)),
        children=draw(often(n.Children.EACH, st.sampled_from(n.Children))),
        excluded_when=draw(often({}, st.just({"code": ("duplicate",)}), 5)),
    )


SERVICE_CONDITIONS: list[Conditions] = [{}, {}, {"site": ("north",)}, {"code": ("duplicate", "fault")}]
conditions = st.sampled_from(SERVICE_CONDITIONS)


@st.composite
def spans(draw: st.DrawFn, place: Place) -> tuple[datetime, datetime]:
    start = place.night + timedelta(minutes=15 * draw(st.integers(-3 * 96, 4 * 96)))
    return start, start + timedelta(minutes=draw(st.sampled_from([600, 60, 3000, 1, 0])))


@st.composite
def windows_of_maintenance(draw: st.DrawFn, place: Place) -> Maintenance:
    start, end = draw(spans(place))
    notice = draw(st.sampled_from([0, 48 * HOUR_US]))
    announced = draw(st.none() | st.sampled_from([start - 3 * DAY, start - timedelta(hours=1)]))
    return Maintenance(start=start, end=end, when=draw(conditions), notice_us=notice, announced_at=announced)


@st.composite
def exclusions(draw: st.DrawFn, place: Place) -> Exclusion:
    """A span of every ticket; seldom the whole of ours, or something that is not about ours."""
    start, end = draw(spans(place))
    record = Exclusion(
        id="x", contract="acme-msp", clause="9.2", author="ada", approver="bob", evidence="letter", start=start,
        end=end, when=draw(conditions),
    )  # fmt: skip
    match draw(st.integers(0, 7)):
        case 0:
            return replace(record, ticket=("desk", "T-1"), start=None, end=None)
        case 1:
            return replace(record, targets=frozenset({"another"}))
        case 2:
            return replace(record, ticket=("desk", "T-1"))
        case _:
            return record


LONG_AGO = datetime(1980, 1, 1, tzinfo=UTC)


@st.composite
def revisions(
    draw: st.DrawFn, place: Place, goal: st.SearchStrategy[Goal], transitions: Sequence[n.Transition]
) -> tuple[Revision, ...]:
    target = draw(targets(place, goal))
    first = Revision(
        name="first", effective_from=LONG_AGO, observe_from=LONG_AGO, notify_from=LONG_AGO, covers=(Cover("desk"),),
        targets=(target,),
    )  # fmt: skip
    found = [first]
    for hours in sorted(draw(often(set(), st.sets(st.integers(-48, 96), min_size=1, max_size=2), 1))):
        later = replace(target, **draw(some_goals(place, goal)))
        if draw(st.integers(0, 3)) == 3:
            later = replace(draw(targets(place, goal)), metric=target.metric)
        begins, transition = place.night + timedelta(hours=hours), draw(st.sampled_from(transitions))
        dated = replace(first, name=f"at {hours} h", effective_from=begins, targets=(later,), transition=transition)
        found.append(dated)
    return tuple(found)


@st.composite
def agreements_near(
    draw: st.DrawFn,
    place: Place,
    goal: st.SearchStrategy[Goal] = goals,
    transitions: Sequence[n.Transition] = tuple(n.Transition),
) -> Agreements:
    """One contract with ACME about everything in `desk`, with one target in each of its revisions."""
    contract = Contract(
        id="acme-msp",
        vendor=Vendor(ACME, "ACME"),
        time_zone=place.zone,
        revisions=draw(revisions(place, goal, transitions)),
        period=draw(often(n.PeriodKind.MONTH, st.sampled_from(n.PeriodKind))),
        anchor=draw(st.sampled_from([min(place.night.day, 28), 1])),  # so that a period ends while tickets are open
        backlog=draw(st.sampled_from(n.Backlog)),
        until=draw(often(None, st.integers(12, 150).map(lambda hours: place.night + timedelta(hours=hours)), 9)),
        maintenance=tuple(draw(often([], st.lists(windows_of_maintenance(place), min_size=1, max_size=2), 1))),
    )
    return Agreements((contract,), {}, tuple(draw(often([], st.lists(exclusions(place), min_size=1, max_size=2), 2))))


Case = tuple[Timeline, Agreements]


@st.composite
def cases(
    draw: st.DrawFn,
    *,
    goal: st.SearchStrategy[Goal] = goals,
    unknown: bool = False,
    transitions: Sequence[n.Transition] = tuple(n.Transition),
    without: frozenset[type[e.TicketEvent]] = frozenset(),
) -> Case:
    """A ticket and the contract that it is measured by."""
    place = draw(st.sampled_from(PLACES))
    events = [event for event in draw(tickets_near(place.night, unknown=unknown)) if type(event) not in without]
    timeline = Timeline(source="desk", ticket="T-1", id="1", events=in_order(events))
    return timeline, draw(agreements_near(place, goal, transitions))


AFTER = (
    2 * DAY, timedelta(0), timedelta(minutes=10), timedelta(minutes=16), timedelta(hours=1), timedelta(hours=5), DAY,
    3 * DAY, 4 * DAY, 9 * DAY, 60 * DAY,
)  # fmt: skip


def moments_of(timeline: Timeline) -> st.SearchStrategy[datetime]:
    """Instants from the opening to days after the last event, those of events and next to them among them."""
    tick = timedelta(microseconds=1)
    events = st.sampled_from([event.at for event in reversed(timeline.events)])
    near = st.tuples(events, st.sampled_from([timedelta(0), tick, timedelta(hours=2)]))
    last = timeline.events[-1].at
    late = st.tuples(st.sampled_from(AFTER), st.integers(0, 3600)).map(lambda of: last + of[0] + of[1] * SECOND)
    return st.one_of(late, late, near.map(sum_of))


def sum_of(pair: tuple[datetime, timedelta]) -> datetime:
    return pair[0] + pair[1]


def changed(agreements: Agreements, change: Callable[[Target], Target]) -> Agreements:
    """The same agreements with every target changed."""
    contracts = [
        replace(
            contract,
            revisions=tuple(
                replace(revision, targets=tuple(change(target) for target in revision.targets))
                for revision in contract.revisions
            ),
        )
        for contract in agreements.contracts
    ]
    return replace(agreements, contracts=tuple(contracts))
