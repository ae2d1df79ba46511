"""Tickets and targets for the tests of the clock, stated tersely or drawn at random on quarter hours and between."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from syncd.domain import events as e
from syncd.domain.calendar import ServiceCalendar, always
from syncd.domain.calendar_rules import CalendarRule
from syncd.domain.contract import Agreements, Contract, Cover, Revision, Target, Vendor
from syncd.domain.duration import Counted, DayEnd, WorkingDays
from syncd.domain.names import (
    US,
    Accepted,
    Awaiting,
    Counts,
    GoneReason,
    Metric,
    Party,
    Phase,
    PriorityChange,
    Reopen,
    Starts,
    Stops,
    Visibility,
)
from syncd.domain.timeline import Timeline, in_order
from tests.domain.calendar_samples import workdays
from tests.domain.clock_reference_grid import BASE

ACME = "acme"
QUARTER = timedelta(minutes=15)
QUARTER_US = QUARTER // timedelta(microseconds=1)
MINUTE_US = QUARTER_US // 15
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ROUND_THE_CLOCK = always()
OFFICE = ServiceCalendar("office", "UTC", ((None, CalendarRule(weekly=workdays("09:00-12:00", "13:00-17:30"))),))
EVENINGS = ServiceCalendar(
    "evenings",
    "UTC",
    ((None, CalendarRule(weekly=workdays("16:00-23:00"), holidays={date(2026, 3, 3): "Tuesday off"})),),
)
CALENDARS = (ROUND_THE_CLOCK, OFFICE, EVENINGS)


def at(quarters: int, minutes: int = 0) -> datetime:
    return after(BASE, quarters, minutes)


def after(instant: datetime, quarters: int, minutes: int = 0) -> datetime:
    return instant + quarters * QUARTER + timedelta(minutes=minutes)


def agreed(*targets: Target, **terms: Any) -> Agreements:
    """One contract with ACME about everything in `desk` since long ago."""
    revision = Revision(
        name="2020-01-01",
        effective_from=LONG_AGO,
        observe_from=LONG_AGO,
        notify_from=LONG_AGO,
        covers=(Cover("desk"),),
        targets=targets,
    )
    terms = {"id": "acme-msp", "vendor": Vendor(ACME, "ACME"), "time_zone": "UTC", "revisions": (revision,), **terms}
    return Agreements((Contract(**terms),), {})


def ticket(events: Sequence[e.TicketEvent], **more: Any) -> Timeline:
    return Timeline(source="desk", ticket="T-1", id="1", events=in_order(events), **more)


def a_target(**terms: Any) -> Target:
    """A resolution target of 4 h for P1 and 8 h for all others, round the clock, unless said otherwise."""
    stated: dict[str, Any] = {
        "name": "fix",
        "metric": Metric.RESOLUTION,
        "goals": {"P1": Counted(16 * QUARTER_US), "default": Counted(32 * QUARTER_US)},
        "calendars": {"default": ROUND_THE_CLOCK},
        "objective": {"default": Fraction(9, 10)},
        **terms,
    }
    return Target(**stated)


parties = st.sampled_from([Party.VENDOR, Party.VENDOR, Party.CUSTOMER, Party.CUSTOMER, Party.THIRD_PARTY, Party.SYSTEM])
phases = st.sampled_from([Phase.ACTIVE, Phase.PENDING, *[Phase.RESOLVED] * 3, Phase.CLOSED, Phase.ACTIVE, *Phase])
awaited = st.sampled_from([*[Awaiting.VENDOR] * 4, *Awaiting])
priorities = st.sampled_from([*["P1", "P2", "P3"] * 5, "P4", "P10", None])
between = st.sampled_from([*[0] * 12, 1, 7, 14])
"""How many minutes past a quarter hour: seldom any, because what falls together is what is hard."""

goals = st.one_of(
    st.builds(lambda quarters, past: Counted(quarters * QUARTER_US + past * MINUTE_US), st.integers(0, 40), between),
    st.sampled_from([8, 16, 24, 32]).map(lambda quarters: Counted(quarters * QUARTER_US)),
    st.builds(WorkingDays, st.integers(1, 2), st.sampled_from(DayEnd)),
)


@st.composite
def targets(draw: st.DrawFn, metrics: Sequence[Metric] = (Metric.FIRST_RESPONSE, Metric.RESOLUTION)) -> Target:
    named = draw(st.sampled_from([("P1", "P2", "P3"), ("P1", "default"), ("P1", "P3"), ("P2", "P3"), ("P2",)]))
    keys = draw(st.sets(st.sampled_from(["P1", "P2", "P3"])))
    return a_target(
        metric=draw(st.sampled_from(metrics)),
        goals={key: draw(goals) for key in named},
        calendars={key: draw(st.sampled_from(CALENDARS)) for key in [*sorted(keys), "default"]},
        starts=draw(st.sampled_from([*[Starts.VENDOR_NOTIFIED] * 6, *Starts])),
        stops=draw(st.sampled_from([*[Stops.RESOLVED] * 3, *Stops])),
        acknowledgement=draw(st.sampled_from(Accepted)),
        relayed=draw(st.sampled_from(Accepted)),
        pause_while=draw(st.frozensets(st.sampled_from([Awaiting.CUSTOMER, Awaiting.THIRD_PARTY, Awaiting.NOBODY]))),
        priority_change=draw(st.sampled_from(PriorityChange)),
        reopen=draw(st.sampled_from(Reopen)),
        reopen_grace=draw(goals),
        reopen_calendar=draw(st.sampled_from([None, *CALENDARS])),
        strict_due=draw(st.booleans()),
        tolerance_us=draw(st.sampled_from([0, 0, 0, MINUTE_US, QUARTER_US, 5 * QUARTER_US])),
        counts=draw(st.sampled_from(Counts)),
    )


KINDS = (
    *["priority"] * 8, *["phase"] * 12, *["message"] * 2, *["handed_over"] * 2,
    "notified", "acknowledged", "workaround", "attribute", "split", "merged", "gone",
)  # fmt: skip


def later(draw: st.DrawFn, fact: dict[str, Any], kinds: Sequence[str]) -> e.TicketEvent:
    """One event of a kind that is not opened."""
    kind = draw(st.sampled_from(kinds))
    match kind:
        case "phase":
            return e.PhaseChanged(**fact, to=draw(phases), awaiting=draw(awaited))
        case "priority":
            return e.PriorityChanged(**fact, to=draw(priorities))
        case "message":
            seen = draw(st.sampled_from([Visibility.PUBLIC, *Visibility]))
            rarely = st.sampled_from([False, False, True])
            return e.Message(**fact, visibility=seen, automated=draw(rarely), relayed=draw(rarely))
        case "notified":
            return e.Notified(**{**fact, "vendor": draw(st.sampled_from([ACME, ACME, "zeta"]))})
        case "handed_over":
            return e.HandedOver(**fact, to=draw(st.sampled_from([ACME, ACME, "zeta", US])))
        case "acknowledged":
            return e.Acknowledged(**fact)
        case "workaround":
            return e.Workaround(**fact)
        case "attribute":
            return e.AttributeChanged(**fact, name="service", to="wan")
        case "split":
            return e.Split(**fact, source_ticket="T-0")
        case "merged":
            return e.Merged(**fact, into="T-2")
        case _:
            return e.Gone(**fact, reason=GoneReason.DELETED)


@st.composite
def tickets(
    draw: st.DrawFn, most: int = 12, who: st.SearchStrategy[Party] = parties, kinds: Sequence[str] = KINDS
) -> Timeline:
    """A ticket of one to `most` events over a few days, often several at one instant; one in four begins oddly."""
    begin, past = draw(st.integers(-40, 80)), draw(between)
    odd = draw(st.integers(0, 3)) == 3
    opened = e.Opened(
        id="e0",
        at=at(begin, past),
        by=draw(st.sampled_from([Party.CUSTOMER, Party.VENDOR])) if odd else Party.CUSTOMER,
        seq=0,
        vendor=draw(st.sampled_from([ACME, ACME, None, "zeta"])) if odd else ACME,
        phase=draw(st.sampled_from(Phase)) if odd else Phase.NEW,
        awaiting=draw(awaited) if odd else Awaiting.VENDOR,
        priority=draw(priorities),
        reported_at=draw(st.none() | st.integers(-10, 4).map(lambda back: at(begin + back, past))),
    )
    events: list[e.TicketEvent] = [opened]
    when = begin
    steps = st.sampled_from([0, 0, 1, 3, 8, 8, 16, 24, 40, 70])
    for place in range(1, draw(st.sampled_from([*range(most // 2, most), *range(1, most)]))):
        when, past = when + draw(steps), past + draw(between)
        acting = draw(st.sampled_from([None, None, ACME, "zeta"]))
        events.append(
            later(
                draw, {"id": f"e{place}", "at": at(when, past), "by": draw(who), "seq": place, "vendor": acting}, kinds
            )
        )
    return ticket(events)


def moments_of(timeline: Timeline) -> st.SearchStrategy[datetime]:
    """Instants from the opening to some days after the last event, the events' own among them."""
    first, last = timeline.events[0].at, timeline.events[-1].at
    span = (last - first) // QUARTER + 400
    return st.one_of(
        st.builds(after, st.just(first), st.integers(0, span), between),
        st.builds(after, st.just(last), st.integers(0, 400), between),
        st.sampled_from([event.at for event in timeline.events]),
    )
