"""Events of which only an interval is known: in which of the two other ways a ticket may have gone each is earlier."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from syncd.domain import events as e
from syncd.domain.inexact import is_inexact, retimed
from syncd.domain.measure import measure
from syncd.domain.names import US, Awaiting, GoneReason, LinkRole, Party, Phase, Verdict
from tests.domain.clock_samples import ACME, a_target, agreed, at, ticket

OPENED = e.Opened(id="e0", at=at(0), by=Party.CUSTOMER, vendor=ACME, priority="P2")
SOMETIME: dict[str, Any] = {"id": "x", "at": at(20), "at_earliest": at(10)}
LEAST, MOST = "least", "most"


def earlier_in(event: e.TicketEvent) -> set[str]:
    """Which ways have the event at the start of its interval, told apart by a resolve, which relieves the vendor."""
    resolve = e.PhaseChanged(id="r", at=at(40), at_earliest=at(30), to=Phase.RESOLVED, awaiting=Awaiting.NOBODY)
    timeline = ticket([OPENED, event, resolve])
    found = set()
    for way in retimed(timeline, as_of=at(50)):
        when = {each.id: each.at for each in way.events}
        if when[event.id] == at(10):
            found.add(LEAST if when["r"] == at(30) else MOST)
    return found


@pytest.mark.parametrize(
    ("event", "way"),
    [
        pytest.param(e.PhaseChanged(**SOMETIME, to=Phase.RESOLVED, awaiting=Awaiting.VENDOR), LEAST, id="resolved"),
        pytest.param(e.PhaseChanged(**SOMETIME, to=Phase.PENDING, awaiting=Awaiting.CUSTOMER), LEAST, id="parked"),
        pytest.param(e.PhaseChanged(**SOMETIME, to=Phase.ACTIVE, awaiting=Awaiting.VENDOR), MOST, id="back"),
        pytest.param(e.HandedOver(**SOMETIME, to=US), LEAST, id="taken back"),
        pytest.param(e.HandedOver(**SOMETIME, to=ACME), MOST, id="handed over"),
        pytest.param(e.Notified(**SOMETIME, vendor=ACME), MOST, id="told"),
        pytest.param(e.PriorityChanged(**SOMETIME, to="P1"), MOST, id="another priority"),
        pytest.param(e.Absorbed(**SOMETIME, source_ticket="T-2", started_at=at(0)), MOST, id="another ticket absorbed"),
        pytest.param(e.Split(**SOMETIME, source_ticket="T-2"), MOST, id="split"),
        pytest.param(e.Message(**SOMETIME, by=Party.VENDOR), LEAST, id="an answer"),
        pytest.param(e.Message(**SOMETIME, by=Party.UNKNOWN), LEAST, id="words of nobody known"),
        pytest.param(e.Message(**SOMETIME, by=Party.CUSTOMER), MOST, id="a question"),
        pytest.param(e.Acknowledged(**SOMETIME), LEAST, id="acknowledged"),
        pytest.param(e.Workaround(**SOMETIME), LEAST, id="restored"),
        pytest.param(e.Merged(**SOMETIME, into="T-2"), LEAST, id="merged"),
        pytest.param(e.Linked(**SOMETIME, to="T-2", role=LinkRole.PARENT), LEAST, id="made a child"),
        pytest.param(e.Gone(**SOMETIME, reason=GoneReason.DELETED), LEAST, id="gone"),
        pytest.param(e.AttributeChanged(**SOMETIME, name="site", to="pune"), LEAST, id="an attribute"),
    ],
)
def test_each_event_is_early_in_the_way_that_it_makes_longer_or_shorter(event: e.TicketEvent, way: str) -> None:
    assert is_inexact(event)
    assert earlier_in(event) == {way}


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
