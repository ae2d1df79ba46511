"""What each event does to a running cycle: one row an event, one column a kind of clock."""

from typing import Any

import pytest

from syncd.domain import events as e
from syncd.domain.contract import Target
from syncd.domain.measure import measure
from syncd.domain.names import Accepted, Counts, GoneReason, LinkRole, Metric, Party, Phase, Stops, Visibility
from syncd.domain.names import Awaiting as Turn
from tests.domain.clock_samples import ACME, a_target, agreed, at, ticket

VENDOR, CUSTOMER, SYSTEM = Party.VENDOR, Party.CUSTOMER, Party.SYSTEM
RESPONSE = a_target(metric=Metric.FIRST_RESPONSE)
KIND_RESPONSE = a_target(metric=Metric.FIRST_RESPONSE, acknowledgement=Accepted.ACCEPTED)
STRICT_RESPONSE = a_target(metric=Metric.FIRST_RESPONSE, relayed=Accepted.REFUSED)
ACKNOWLEDGEMENT = a_target(metric=Metric.ACKNOWLEDGEMENT)
FIX = a_target()
CLOSING = a_target(stops=Stops.CLOSED)
AROUND = a_target(stops=Stops.WORKAROUND)
RESTORE = a_target(metric=Metric.RESTORATION)
WHOLE = a_target(counts=Counts.END_TO_END)

ON = "goes on"


def opened(**more: Any) -> e.Opened:
    return e.Opened(id="e0", at=at(0), by=CUSTOMER, vendor=ACME, priority="P2", **more)


def message(by: Party = VENDOR, **more: Any) -> e.Message:
    return e.Message(id="x", at=at(4), by=by, **more)


def phase(to: Phase, by: Party = VENDOR, **more: Any) -> e.PhaseChanged:
    return e.PhaseChanged(id="x", at=at(4), by=by, to=to, awaiting=Turn.NOBODY, **more)


def fact(kind: type[Any], by: Party = VENDOR, **more: Any) -> e.TicketEvent:
    made: e.TicketEvent = kind(id="x", at=at(4), by=by, **more)
    return made


def outcome(target: Target, *more: e.TicketEvent) -> str:
    """How the first cycle stands a little later: its stage and flags."""
    (reading,) = measure(ticket([opened(), *more]), agreed(target), as_of=at(8)).readings
    cycle = reading.cycles[0]
    if cycle.stopped_at is None and not cycle.flags:
        return ON
    stage = "gone" if cycle.stopped_at is None else cycle.stage.value
    return " ".join([stage, *(flag for flag in cycle.flags if flag != "gone")])


EVERY = (RESPONSE, KIND_RESPONSE, STRICT_RESPONSE, ACKNOWLEDGEMENT, FIX, CLOSING, AROUND, RESTORE)
WORDLESS = "completed resolved_without_message"
LOST = "cancelled withdrawn"
BY_VENDOR = "completed cancelled_by_vendor"
CUT = f"{WORDLESS} cancelled_by_vendor"


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        pytest.param(message(), ["completed"] * 4 + [ON] * 4, id="an answer"),
        pytest.param(message(relayed=True), ["completed"] * 2 + [ON, "completed"] + [ON] * 4, id="a relayed answer"),
        pytest.param(message(automated=True), [ON] * 8, id="an automatic reply"),
        pytest.param(message(visibility=Visibility.INTERNAL), [ON] * 8, id="an internal note"),
        pytest.param(message(CUSTOMER), [ON] * 8, id="the customer's message"),
        pytest.param(message(vendor="zeta"), [ON] * 8, id="another vendor's message"),
        pytest.param(fact(e.Acknowledged), [ON, "completed", ON, "completed", *[ON] * 4], id="an acknowledgement"),
        pytest.param(fact(e.Acknowledged, CUSTOMER), [ON] * 8, id="an acknowledgement by the customer"),
        pytest.param(fact(e.Workaround), [ON] * 6 + ["completed"] * 2, id="a workaround"),
        pytest.param(phase(Phase.ACTIVE), [ON] * 8, id="work in progress"),
        pytest.param(phase(Phase.PENDING), [ON] * 8, id="a wait"),
        pytest.param(phase(Phase.RESOLVED), [WORDLESS] * 4 + ["completed", ON, "completed", "completed"],
                     id="a resolve by the vendor"),
        pytest.param(phase(Phase.CLOSED), [WORDLESS] * 4 + ["completed"] * 4, id="a closing by the vendor"),
        pytest.param(phase(Phase.CANCELLED), [CUT] * 4 + [BY_VENDOR] * 4, id="a cancellation by the vendor"),
        pytest.param(phase(Phase.RESOLVED, CUSTOMER), [LOST] * 8, id="a resolve by the customer before any work"),
        pytest.param(phase(Phase.CANCELLED, CUSTOMER), [LOST] * 8, id="a cancellation by the customer"),
        pytest.param(phase(Phase.CLOSED, SYSTEM), [LOST] * 4 + ["completed"] * 4, id="a closing by the system"),
        pytest.param(phase(Phase.CANCELLED, SYSTEM), [LOST] * 4 + [BY_VENDOR] * 4, id="a cancellation by the system"),
        pytest.param(fact(e.Merged, CUSTOMER, into="T-2"), ["cancelled merged"] * 8, id="a merge"),
        pytest.param(fact(e.Gone, SYSTEM, reason=GoneReason.DELETED), ["gone"] * 8, id="gone"),
        pytest.param(fact(e.AttributeChanged, name="a", to="b"), [ON] * 8, id="an attribute"),
        pytest.param(fact(e.Rated, CUSTOMER, score=5, scale=5), [ON] * 8, id="a rating"),
        pytest.param(fact(e.Linked, to="T-2", role=LinkRole.PROBLEM), [ON] * 8, id="a link"),
        pytest.param(fact(e.HandedOver, to="us"), [ON] * 8, id="a hand-over"),
    ],
)  # fmt: skip
def test_what_an_event_does_to_a_running_cycle(event: e.TicketEvent, expected: list[str]) -> None:
    assert [outcome(target, event) for target in EVERY] == expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        pytest.param(e.Message(id="w", at=at(2), by=VENDOR), "completed", id="after an answer it is a stop"),
        pytest.param(e.Message(id="w", at=at(2), by=VENDOR, relayed=True), "completed", id="after a relayed one too"),
        pytest.param(e.Acknowledged(id="w", at=at(2), by=VENDOR), "completed", id="after an acknowledgement"),
        pytest.param(e.Workaround(id="w", at=at(2), by=VENDOR), "completed", id="after a workaround"),
        pytest.param(
            e.Message(id="w", at=at(2), by=VENDOR, automated=True), LOST, id="after an automatic reply it is not"
        ),
        pytest.param(e.Message(id="w", at=at(2), by=CUSTOMER), LOST, id="nor after the customer's own message"),
    ],
)
def test_a_resolve_by_the_customer(before: e.TicketEvent, expected: str) -> None:
    assert outcome(FIX, before, phase(Phase.RESOLVED, CUSTOMER)) == expected


HANDED_OVER = e.HandedOver(id="w", at=at(2), by=VENDOR, to="us")
ANSWER = e.Message(id="v", at=at(1), by=VENDOR)


@pytest.mark.parametrize(
    ("target", "event", "expected"),
    [
        pytest.param(FIX, phase(Phase.RESOLVED, CUSTOMER), "cancelled handed_back", id="own time: handed back"),
        pytest.param(WHOLE, phase(Phase.RESOLVED, CUSTOMER), "completed", id="end to end: a stop"),
        pytest.param(
            CLOSING, phase(Phase.RESOLVED, CUSTOMER), "cancelled handed_back", id="whatever would have stopped it"
        ),
        pytest.param(FIX, phase(Phase.CANCELLED, CUSTOMER), LOST, id="a cancellation by the customer is one anywhere"),
        pytest.param(FIX, phase(Phase.CANCELLED), "cancelled handed_back", id="a cancellation by the vendor that left"),
    ],
)
def test_a_resolve_while_the_vendor_does_not_hold_it(target: Target, event: e.TicketEvent, expected: str) -> None:
    assert outcome(target, ANSWER, HANDED_OVER, event) == expected


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        pytest.param(phase(Phase.CLOSED, CUSTOMER), "completed", id="closed by the customer once resolved"),
        pytest.param(phase(Phase.CLOSED, SYSTEM), "completed", id="closed by the system once resolved"),
        pytest.param(phase(Phase.CANCELLED), BY_VENDOR, id="cancelled by the vendor once resolved"),
        pytest.param(phase(Phase.CANCELLED, CUSTOMER), LOST, id="cancelled by the customer once resolved"),
    ],
)
def test_a_clock_that_waits_for_the_closing(last: e.TicketEvent, expected: str) -> None:
    resolved = e.PhaseChanged(id="w", at=at(2), by=VENDOR, to=Phase.RESOLVED, awaiting=Turn.NOBODY)
    assert outcome(CLOSING, resolved, last) == expected
