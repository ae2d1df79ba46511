"""Tickets and contracts drawn at random over everything a target may say, so that its keys collide."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from syncd.domain import events as e
from syncd.domain.calendar import ServiceCalendar
from syncd.domain.calendar_rules import CalendarRule
from syncd.domain.contract import (
    Agreements,
    Arrival,
    Conditions,
    Contract,
    Cover,
    Exclusion,
    Maintenance,
    PriorityMatrix,
    Revision,
    Target,
)
from syncd.domain.duration import Counted, DayEnd, WorkingDays
from syncd.domain.names import (
    Accepted,
    Awaiting,
    Backlog,
    Children,
    LinkRole,
    Metric,
    Party,
    PauseEvidence,
    Phase,
    PriorityChange,
    Quality,
    Starts,
    Stops,
    Transition,
    Visibility,
)
from syncd.domain.timeline import Gap, Timeline
from tests.domain.calendar_samples import windows, workdays
from tests.domain.clock_samples import (
    ACME,
    CALENDARS,
    LONG_AGO,
    QUARTER_US,
    after,
    agreed,
    at,
    between,
    goals,
    later,
    moments_of,
    parties,
    targets,
    ticket,
)

BERLIN = ServiceCalendar(
    "berlin",
    "Europe/Berlin",
    ((None, CalendarRule(weekly={**workdays("08:00-12:00", "13:00-17:30"), 4: windows("08:00-15:00")})),),
)
NIGHTS = ServiceCalendar(  # over the night on which New York's clocks change
    "nights",
    "America/New_York",
    ((None, CalendarRule(weekly={day: windows("22:00-06:00") for day in range(6)}, holidays={date(2026, 3, 5): "x"})),),
)
EVERY_CALENDAR = (*CALENDARS, BERLIN, NIGHTS)
calendars = st.sampled_from(EVERY_CALENDAR)
counted = st.sampled_from([1, 2, 3, 4, 6, 8, 12, 16, 24, 32]).map(lambda quarters: Counted(quarters * QUARTER_US))
MATRIX = PriorityMatrix(("impact", "urgency"), (("P1", "P2", "P3"), ("P2", "P3", "P4"), ("P3", "P4", "P4")))
LISTED = replace(MATRIX, rows=MATRIX.rows[:2], levels=(("1", "3"), ("low", "2", "1")))
SEVERAL = {  # attributes that keys read, with values of which some say nothing
    "impact": ["1", "1", "2 - some", "3", "3", "4"],
    "urgency": ["1", "1", "2", "2", "3 - low", "low"],
    "site": ["pune", "york", "moon"],
    "service": ["wan", "lan"],
    "code": ["duplicate", "fixed"],
}
rarely = st.sampled_from([False, False, False, True])
mostly = st.sampled_from([True, True, True, False])


@st.composite
def target_of(draw: st.DrawFn, metric: Metric) -> Target:
    """A target in which every key is set now and then."""
    target = replace(draw(targets([metric])), starts=draw(st.sampled_from([*[Starts.VENDOR_NOTIFIED] * 8, *Starts])))
    if metric is Metric.UPDATE:
        target = replace(target, goals={name: draw(counted) for name in target.goals})
    more: dict[str, Any] = {
        "calendars": {name: draw(calendars) for name in target.calendars},
        "reopen_calendar": draw(st.none() | calendars),
        "pause_evidence": draw(st.sampled_from(PauseEvidence)),
        "children": draw(st.sampled_from(Children)),
        "stops": draw(st.sampled_from([Stops.CLOSED, target.stops])),
    }
    if more["stops"] is Stops.CLOSED and draw(st.sampled_from([True, True, False])):
        more["confirm_within"] = draw(st.one_of(goals, st.just(WorkingDays(2, DayEnd.SAME_TIME))))
    if draw(st.booleans()):
        more["acknowledgement"] = Accepted.ACCEPTED
    if draw(rarely):
        more["priority_from"] = draw(st.sampled_from([MATRIX, LISTED]))
    if draw(rarely):
        more["not_before"] = "requested_for"
    if draw(st.booleans()):
        more["calendar_by"] = "site"
        more["calendars"] = {"default": draw(calendars), "pune": draw(calendars), "york": draw(calendars)}
    if draw(rarely):
        rows = [Arrival({name: draw(counted) for name in target.goals}, draw(calendars)) for _ in range(2)]
        more["arrivals"] = (*rows, Arrival(target.goals)) if draw(st.booleans()) else (rows[0],)
        more["goals"] = {}
    if draw(st.booleans()):
        more["excluded_when"] = {"code": ("duplicate",)}
    return replace(target, **more)


def amended(draw: st.DrawFn, target: Target, transition: Transition) -> Target:
    """The same promise with other goals and calendars, of the same keys; with some other policies where they count."""
    kind = counted if target.metric is Metric.UPDATE else goals
    more: dict[str, Any] = {
        "goals": {name: draw(kind) for name in target.goals},
        "calendars": {name: draw(calendars) for name in target.calendars},
        "arrivals": tuple(replace(row, goals={name: draw(kind) for name in row.goals}) for row in target.arrivals),
    }
    if transition is Transition.WHOLE_PERIOD:
        more["strict_due"] = draw(st.booleans())
        more["priority_change"] = draw(st.sampled_from(PriorityChange))
        more["pause_while"] = draw(st.sampled_from([frozenset(), frozenset({Awaiting.CUSTOMER})]))
    return replace(target, **more)


def _attributes(draw: st.DrawFn, zone: str) -> dict[str, str]:
    found = {name: draw(st.sampled_from(values)) for name, values in SEVERAL.items() if draw(mostly)}
    if draw(st.booleans()):
        found["requested_for"] = _appointment(draw, zone)
    return found


def _appointment(draw: st.DrawFn, zone: str) -> str:
    instant = at(draw(st.integers(-40, 110)), draw(between))
    said = draw(st.sampled_from(["zoned", "zoned", "local", "soon"]))
    if said == "soon":
        return said
    return (
        instant.isoformat() if said == "zoned" else instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat()
    )


KINDS = (
    *["phase"] * 8, *["message"] * 8, *["question"] * 3, *["priority"] * 4, *["attribute"] * 4, *["turn"] * 3,
    "handed_over", "notified", "acknowledged", "workaround", "merged", "gone", *["absorbed"] * 2, *["child"] * 2,
)  # fmt: skip

TALK = ("answer", "answer", "message", "question", "question", "turn", "phase")
FOCUS = (
    KINDS,
    TALK,
    ("child", "child", "phase", "phase", "message", "question"),
    ("absorbed", "absorbed", "priority", "phase", "phase"),
    ("attribute", "attribute", "attribute", "priority", "phase"),
    ("handed_over", "handed_over", "phase", "phase", "message"),
    ("phase", "phase", "phase", "turn", "question"),
)
"""Kinds of events to draw from, so that some tickets are all about one thing."""


def _next(draw: st.DrawFn, fact: dict[str, Any], kind: str, zone: str) -> e.TicketEvent:
    match kind:
        case "question":
            return e.Message(**{**fact, "by": Party.CUSTOMER})
        case "answer":
            return e.Message(**{**fact, "by": Party.VENDOR, "vendor": None})
        case "turn":  # the vendor sets a pause
            return e.PhaseChanged(**{**fact, "by": Party.VENDOR}, to=Phase.PENDING, awaiting=Awaiting.CUSTOMER)
        case "attribute":
            name = draw(st.sampled_from([*SEVERAL, "requested_for"]))
            value = _appointment(draw, zone) if name == "requested_for" else draw(st.sampled_from(SEVERAL[name]))
            return e.AttributeChanged(**fact, name=name, to=draw(st.sampled_from([value, value, None])))
        case "absorbed":
            back = timedelta(hours=draw(st.integers(-8, 8)))
            priority = draw(st.sampled_from(["P1", "P2", "P3", None]))
            return e.Absorbed(**fact, source_ticket="T-9", started_at=min(fact["at"], at(20) + back), priority=priority)
        case "child":
            return e.Linked(**fact, to="T-7", role=draw(st.sampled_from([*[LinkRole.PARENT] * 4, *LinkRole])))
        case "message":
            relayed, automated = draw(rarely), draw(rarely)
            seen = draw(st.sampled_from([Visibility.PUBLIC, Visibility.PUBLIC, *Visibility]))
            return e.Message(**fact, visibility=seen, relayed=relayed, automated=automated)
        case _:
            return later(draw, fact, [kind])


@st.composite
def ticket_of(
    draw: st.DrawFn, zone: str = "UTC", most: int = 14, kinds: Sequence[str] = KINDS, who: Any = parties
) -> Timeline:
    begin, past = draw(st.integers(-20, 80)), draw(between)
    opened = e.Opened(
        id="e0",
        at=at(begin, past),
        by=draw(st.sampled_from([*[Party.CUSTOMER] * 8, Party.VENDOR])),
        seq=0,
        vendor=draw(st.sampled_from([*[ACME] * 10, None, "zeta"])),
        phase=draw(st.sampled_from([*[Phase.NEW] * 16, *Phase])),
        awaiting=draw(st.sampled_from([*[Awaiting.VENDOR] * 5, *Awaiting])),
        priority=draw(st.sampled_from(["P1", "P2", "P3", "P2", None])),
        attributes=_attributes(draw, zone),
        reported_at=draw(st.none() | st.integers(-10, 4).map(lambda back: at(begin + back, past))),
    )
    found: list[e.TicketEvent] = [opened]
    when = begin
    steps = st.sampled_from([0, 0, 1, 1, 2, 4, 8, 16, 24, 48])
    for place in range(1, draw(st.integers(most // 2, most))):
        when += draw(steps) if place > 1 or kinds is not FOCUS[2] else 0
        past += draw(between)
        acting = draw(st.sampled_from([None, None, None, ACME, "zeta"]))
        fact = {"id": f"e{place}", "at": at(when, past), "by": draw(who), "seq": place, "vendor": acting}
        found.append(_next(draw, fact, draw(st.sampled_from(kinds)), zone))
    return ticket(found)


@st.composite
def agreements_of(draw: st.DrawFn, target: Target, transition: Transition | None, zone: str) -> Agreements:
    """A contract about a target, amended or not, with planned windows and exclusions."""
    base = agreed(target, time_zone=zone, anchor=draw(st.integers(2, 7)))
    contract = base.contracts[0]
    revisions = list(contract.revisions)
    if transition is not None:
        date_of = at(draw(st.integers(20, 200)), draw(between))
        covers = Cover("desk", draw(st.sampled_from([{}, {}, {}, {"service": ("wan",)}])))
        named = date_of.isoformat()
        other = amended(draw, target, transition)
        revisions.append(Revision(name=named, effective_from=date_of, observe_from=LONG_AGO, notify_from=LONG_AGO,
                                  covers=(covers,), targets=(other,), transition=transition))  # fmt: skip
    planned = [_window(draw) for _ in range(draw(st.sampled_from([0, 0, 1, 2])))]
    excluded = [_excluded(draw, contract) for _ in range(draw(st.sampled_from([0, 0, 1, 2])))]
    contract = replace(contract, revisions=tuple(revisions), maintenance=tuple(planned))
    begins = at(draw(st.integers(-20, 60)), draw(between))
    match draw(st.sampled_from([*[None] * 10, "ends", "ends", "observed from", "begins"])):
        case "ends":
            contract = replace(contract, until=at(draw(st.integers(30, 300)), draw(between)))
        case "observed from":
            observed = tuple(replace(revision, observe_from=begins) for revision in revisions)
            contract = replace(contract, revisions=observed)
        case "begins" if all(revision.effective_from > begins for revision in revisions[1:]):
            first = replace(revisions[0], effective_from=begins)
            contract = replace(contract, revisions=(first, *revisions[1:]), backlog=draw(st.sampled_from(Backlog)))
    return Agreements((contract,), {}, tuple(excluded))


SOME: Sequence[Conditions] = ({}, {"service": ("wan",)}, {"service": ("lan", "wan")})
conditions = st.sampled_from(SOME)


def _window(draw: st.DrawFn) -> Maintenance:
    start, length = at(draw(st.integers(0, 200)), draw(between)), draw(st.sampled_from([1, 4, 16, 40]))
    announced = draw(st.sampled_from([None, 0, 7, 8, 9]))
    return Maintenance(
        start=start,
        end=after(start, length, draw(between)),
        when=draw(conditions),
        notice_us=draw(st.sampled_from([0, 8 * QUARTER_US])),
        announced_at=None if announced is None else after(start, -announced),
    )


def _excluded(draw: st.DrawFn, contract: Contract) -> Exclusion:
    stated: dict[str, Any] = {
        "id": "x",
        "contract": contract.id,
        "clause": "7",
        "author": "a",
        "approver": "b",
        "evidence": "e",
        "targets": draw(st.sampled_from([frozenset(), frozenset({"fix"})])),
    }
    ours = ("desk", draw(st.sampled_from(["T-1", "T-1", "T-2"])))
    if draw(rarely):
        return Exclusion(**stated, ticket=ours)
    start, length = at(draw(st.integers(0, 200)), draw(between)), draw(st.sampled_from([1, 4, 16, 40]))
    ticket_or_when = {"ticket": ours} if draw(st.booleans()) else {"when": draw(conditions)}
    return Exclusion(**stated, start=start, end=after(start, length, draw(between)), **ticket_or_when)


@st.composite
def questions(
    draw: st.DrawFn, metric: Metric, transitions: Sequence[Transition | None] = (None, *Transition), most: int = 10
) -> tuple[Timeline, Agreements, datetime]:
    """A ticket, a contract with one target called `fix`, and an instant."""
    zone = draw(st.sampled_from(["UTC", "Europe/Berlin"]))
    talks = metric in (Metric.NEXT_RESPONSE, Metric.UPDATE) and draw(st.booleans())
    who = draw(st.sampled_from([*[parties] * 5, st.one_of(parties, parties, st.just(Party.UNKNOWN))]))
    timeline = draw(ticket_of(zone, most, TALK if talks else draw(st.sampled_from(FOCUS)), who))
    agreements = draw(agreements_of(draw(target_of(metric)), draw(st.sampled_from(transitions)), zone))
    later_on = st.builds(after, st.just(timeline.events[-1].at), st.integers(0, 300), between)
    soon = st.builds(after, st.sampled_from([event.at for event in timeline.events]), st.integers(0, 2), between)
    return timeline, agreements, draw(st.one_of(later_on, moments_of(timeline), soon, later_on))


@st.composite
def with_holes(draw: st.DrawFn, timeline: Timeline) -> Timeline:
    """The same ticket, of whose history parts may be missing."""
    kinds = st.sampled_from([{"phase"}, {"message"}, {"handed_over", "priority"}, {"opened"}, {"notified"}])
    holes = [
        Gap(at(start), at(start + draw(st.sampled_from([1, 5, 30]))), frozenset(draw(kinds)))
        for start in draw(st.lists(st.integers(-10, 150), max_size=3))
    ]
    return replace(timeline, quality=Quality.PARTIAL, gaps=tuple(holes)) if holes else timeline
