"""Events of which only an interval is known: in which of the two other ways a ticket may have gone each is earlier."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.domain import events as e
from syncd.domain.contract import Target
from syncd.domain.inexact import is_inexact, retimed
from syncd.domain.measure import measure
from syncd.domain.names import US, Awaiting, GoneReason, LinkRole, Metric, Party, Phase, Reopen, Verdict
from syncd.domain.timeline import Timeline
from tests.domain.clock_samples import ACME, QUARTER, a_target, agreed, at, targets, ticket, tickets

OPENED = e.Opened(id="e0", at=at(0), by=Party.CUSTOMER, vendor=ACME, priority="P2")
SOMETIME: dict[str, Any] = {"id": "x", "at": at(20), "at_earliest": at(10)}
NOTIFIED = e.Notified(id="n", at=at(4), vendor=ACME)
LEAST, MOST = "least", "most"


def earlier_in(*events: e.TicketEvent) -> set[str]:
    """Which ways have `x` at the start of its interval, told apart by a resolve, which relieves the vendor."""
    resolve = e.PhaseChanged(id="r", at=at(40), at_earliest=at(30), to=Phase.RESOLVED, awaiting=Awaiting.NOBODY)
    found = set()
    for way in retimed(ticket([OPENED, *events, resolve]), as_of=at(50)):
        when = {each.id: each.at for each in way.events}
        if when["x"] == at(10):
            found.add(LEAST if when["r"] == at(30) else MOST)
    return found


RESOLVED = e.PhaseChanged(id="b", at=at(5), to=Phase.RESOLVED, awaiting=Awaiting.NOBODY)
PARKED = e.PhaseChanged(id="b", at=at(5), to=Phase.PENDING, awaiting=Awaiting.CUSTOMER)
BACK = e.HandedOver(id="b", at=at(5), to=US)


def becomes(phase: Phase, awaiting: Awaiting) -> e.PhaseChanged:
    return e.PhaseChanged(**SOMETIME, to=phase, awaiting=awaiting)


@pytest.mark.parametrize(
    ("events", "ways"),
    [
        pytest.param([becomes(Phase.RESOLVED, Awaiting.VENDOR)], {LEAST}, id="resolved"),
        pytest.param([RESOLVED, becomes(Phase.CLOSED, Awaiting.NOBODY)], {LEAST}, id="closed after a resolve"),
        pytest.param([becomes(Phase.PENDING, Awaiting.CUSTOMER)], {LEAST}, id="parked"),
        pytest.param([PARKED, becomes(Phase.ACTIVE, Awaiting.VENDOR)], {MOST}, id="back from the customer"),
        pytest.param([RESOLVED, becomes(Phase.ACTIVE, Awaiting.VENDOR)], {MOST}, id="reopened"),
        pytest.param([RESOLVED, becomes(Phase.ACTIVE, Awaiting.CUSTOMER)], {MOST}, id="reopened and parked"),
        pytest.param([PARKED, becomes(Phase.PENDING, Awaiting.THIRD_PARTY)], {LEAST, MOST}, id="parked elsewhere"),
        pytest.param([e.HandedOver(**SOMETIME, to=US)], {LEAST}, id="taken back"),
        pytest.param([BACK, e.HandedOver(**SOMETIME, to=ACME)], {MOST}, id="handed over"),
        pytest.param([e.HandedOver(**SOMETIME, to="zeta")], {LEAST, MOST}, id="handed from one vendor to another"),
        pytest.param([BACK, replace(NOTIFIED, at=at(6)), e.HandedOver(**SOMETIME, to="zeta")], {LEAST, MOST},
                     id="handed from the vendor told to another"),
        pytest.param([replace(NOTIFIED, vendor="zeta"), BACK, e.HandedOver(**SOMETIME, to=ACME)], {MOST},
                     id="handed over after another vendor was told"),
        pytest.param([BACK, replace(NOTIFIED, at=at(6), vendor=None), e.HandedOver(**SOMETIME, to=ACME)], {MOST},
                     id="handed over after nobody was told"),
        pytest.param([e.Notified(**SOMETIME, vendor=ACME)], {MOST}, id="told"),
        pytest.param([e.PriorityChanged(**SOMETIME, to="P1")], {MOST}, id="another priority"),
        pytest.param([e.Absorbed(**SOMETIME, source_ticket="T-2", started_at=at(0))], {MOST}, id="a merge into it"),
        pytest.param([e.Split(**SOMETIME, source_ticket="T-2")], {MOST}, id="split"),
        pytest.param([e.Message(**SOMETIME, by=Party.VENDOR)], {LEAST}, id="an answer"),
        pytest.param([e.Message(**SOMETIME, by=Party.UNKNOWN)], {LEAST}, id="words of nobody known"),
        pytest.param([e.Message(**SOMETIME, by=Party.CUSTOMER)], {MOST}, id="a question"),
        pytest.param([e.Acknowledged(**SOMETIME)], {LEAST}, id="acknowledged"),
        pytest.param([e.Workaround(**SOMETIME)], {LEAST}, id="restored"),
        pytest.param([e.Merged(**SOMETIME, into="T-2")], {LEAST}, id="merged"),
        pytest.param([e.Linked(**SOMETIME, to="T-2", role=LinkRole.PARENT)], {LEAST}, id="made a child"),
        pytest.param([e.Gone(**SOMETIME, reason=GoneReason.DELETED)], {LEAST}, id="gone"),
        pytest.param([e.AttributeChanged(**SOMETIME, name="site", to="pune")], {LEAST, MOST}, id="an attribute"),
    ],
)  # fmt: skip
def test_an_event_is_early_where_that_makes_the_time_owed_the_least_or_the_most(
    events: list[e.TicketEvent], ways: set[str]
) -> None:
    assert is_inexact(events[-1])
    assert earlier_in(*events) == ways


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(e.Rated(**SOMETIME, score=4.0, scale=5.0), id="a rating"),
        pytest.param(e.AttributeChanged(**SOMETIME, name="native:Fix", to="met"), id="what the source's clock says"),
        pytest.param(e.Workaround(id="x", at=at(10), at_earliest=at(10)), id="an interval of no length"),
        pytest.param(e.Workaround(id="x", at=at(10), at_earliest=at(11)), id="an interval that ends before it begins"),
        pytest.param(e.Workaround(id="x", at=at(10)), id="an instant"),
    ],
)
def test_nothing_depends_on_the_interval_of_what_no_clock_reads_or_of_none(event: e.TicketEvent) -> None:
    assert not is_inexact(event)
    assert not list(retimed(ticket([OPENED, event]), as_of=at(50)))


def test_a_handover_of_a_ticket_that_nobody_saw_opened_burdens_the_vendor() -> None:
    seen: list[e.TicketEvent] = [e.Message(id="m", at=at(0), by=Party.CUSTOMER), e.HandedOver(**SOMETIME, to=ACME)]
    resolve = e.PhaseChanged(id="r", at=at(40), at_earliest=at(30), to=Phase.RESOLVED, awaiting=Awaiting.NOBODY)
    ways = [{each.id: each.at for each in way.events} for way in retimed(ticket([*seen, resolve]), as_of=at(50))]
    assert [(way["x"], way["r"]) for way in ways] == [(at(20), at(30)), (at(10), at(40))]


def test_an_interval_is_known_from_the_instant_on_that_ends_it() -> None:
    timeline = ticket([OPENED, e.Workaround(**SOMETIME)])
    assert len(list(retimed(timeline, as_of=at(20)))) == 1
    assert not list(retimed(timeline, as_of=at(20) - timedelta.resolution))


def test_a_verdict_is_looked_at_again_when_another_way_would_break_the_goal() -> None:
    """Eight hours of a ticket that was handed over between 02:30 and 05:00: at 10:30 it may be late, at 13:00 it is."""
    opened = replace(OPENED, vendor=None)
    events: list[e.TicketEvent] = [opened, e.HandedOver(**SOMETIME, by=Party.CUSTOMER, to=ACME)]

    def measured(now: datetime) -> tuple[Verdict, datetime | None]:
        (reading,) = measure(ticket(events), agreed(a_target()), as_of=now).readings
        return reading.cycles[0].verdict, reading.changes_at

    late = at(42) + timedelta.resolution
    assert measured(at(21)) == (Verdict.PENDING, late)
    assert measured(at(42)) == (Verdict.PENDING, late)
    assert measured(late)[0] is Verdict.UNVERIFIABLE
    assert measured(at(52) + timedelta.resolution)[0] is Verdict.MISSED


@given(
    tickets(who=st.sampled_from([Party.VENDOR, Party.SYSTEM, Party.THIRD_PARTY]), kinds=("phase",)),
    targets(metrics=(Metric.RESOLUTION,)),
    st.data(),
)
def test_a_verdict_holds_whenever_within_their_intervals_things_really_happened(
    recorded: Timeline, target: Target, data: st.DataObject
) -> None:
    """Without a grace, at whose edge every one of several reopenings would have to be tried early and late."""
    shares = st.sampled_from([0, 1]) | st.integers(0, 8).map(lambda eighths: eighths / 8)
    told, real = [recorded.events[0]], [recorded.events[0]]
    for event in recorded.events[1:]:
        earliest = event.at - (event.at - told[-1].at) * data.draw(shares)
        told.append(replace(event, at_earliest=earliest))
        since = max(earliest, real[-1].at)
        real.append(replace(event, at=since + (event.at - since) * data.draw(shares)))
    rules = agreed(replace(target, reopen=Reopen.RESUME))
    as_of = recorded.events[-1].at + data.draw(st.integers(0, 400)) * QUARTER
    readings = (measure(replace(recorded, events=tuple(events)), rules, as_of=as_of) for events in (told, real))
    for said, true in zip(*(each.readings for each in readings), strict=True):
        for claimed, was in zip(said.cycles, true.cycles, strict=True):
            assert claimed.verdict in (was.verdict, Verdict.UNVERIFIABLE)
