"""A timeline folded: who holds the ticket, who acted, who was told, and what holds after each event."""

from typing import Any

import pytest

from syncd.domain import events as e
from syncd.domain.history import fold
from syncd.domain.measure import measure
from syncd.domain.names import US, Awaiting, Party, Phase
from tests.domain.clock_samples import ACME, a_target, agreed, at, ticket

VENDOR, CUSTOMER = Party.VENDOR, Party.CUSTOMER


def opened(vendor: str | None = None, **more: Any) -> e.Opened:
    return e.Opened(id="e0", at=at(0), by=CUSTOMER, vendor=vendor, **more)


def notified(vendor: str) -> e.Notified:
    return e.Notified(id=f"n-{vendor}", at=at(1), by=Party.SYSTEM, vendor=vendor)


def handed(to: str) -> e.HandedOver:
    return e.HandedOver(id=f"h-{to}", at=at(2), by=CUSTOMER, to=to)


def says(vendor: str | None = None, by: Party = VENDOR) -> e.Message:
    return e.Message(id="says", at=at(3), by=by, vendor=vendor)


@pytest.mark.parametrize(
    ("events", "holder"),
    [
        pytest.param([opened()], None, id="nobody at first"),
        pytest.param([opened(ACME)], ACME, id="the vendor it was opened with"),
        pytest.param([opened(), notified(ACME)], ACME, id="the vendor told of it"),
        pytest.param([opened("zeta"), notified(ACME)], "zeta", id="telling another takes it from no vendor"),
        pytest.param([opened(), handed(US), notified(ACME)], US, id="who was told before it came to us lost it"),
        pytest.param([opened("zeta"), handed(ACME)], ACME, id="the one it was handed to"),
        pytest.param([opened(ACME), handed(US)], US, id="us, when it comes back"),
    ],
)
def test_the_holder(events: list[e.TicketEvent], holder: str | None) -> None:
    assert fold(ticket(events), as_of=at(9)).moments[-1].holder == holder


@pytest.mark.parametrize(
    ("events", "actor"),
    [
        pytest.param([opened(ACME), says()], ACME, id="the holder by default"),
        pytest.param([opened("zeta"), notified(ACME), says()], "zeta", id="the holder rather than the one told last"),
        pytest.param([opened(ACME), handed(US), says()], ACME, id="the one told last while we hold it"),
        pytest.param([opened(ACME), handed("zeta"), handed(US), says()], "zeta", id="the last of several"),
        pytest.param([opened(ACME), says("zeta")], "zeta", id="whom the event names"),
        pytest.param([opened(), says()], None, id="nobody where no vendor was ever told"),
        pytest.param([opened(ACME), says(by=CUSTOMER)], None, id="no vendor where another party acted"),
        pytest.param([opened(ACME), says(ACME, by=CUSTOMER)], None, id="not even one that the event names"),
    ],
)
def test_the_vendor_that_acted(events: list[e.TicketEvent], actor: str | None) -> None:
    assert fold(ticket(events), as_of=at(9)).moments[-1].actor == actor


def test_the_holder_before_a_hand_over_is_the_one_who_made_it() -> None:
    made = e.HandedOver(id="h", at=at(1), by=VENDOR, to="zeta")
    assert fold(ticket([opened(ACME), made]), as_of=at(9)).moments[-1].actor == ACME


@pytest.mark.parametrize(
    ("events", "told"),
    [
        pytest.param([opened()], {}, id="nobody"),
        pytest.param([opened(ACME), notified(ACME)], {ACME: 0}, id="the first time counts"),
        pytest.param([opened(), notified("zeta"), handed(ACME)], {"zeta": 1, ACME: 2}, id="each at its place"),
        pytest.param([opened(ACME), handed(US)], {ACME: 0}, id="we are no vendor"),
    ],
)
def test_who_was_told_and_where(events: list[e.TicketEvent], told: dict[str, int]) -> None:
    assert fold(ticket(events), as_of=at(9)).told == told


def test_what_holds_after_each_event() -> None:
    moments = fold(
        ticket([
            opened(ACME, priority="P2", phase=Phase.NEW, awaiting=Awaiting.CUSTOMER),
            e.PriorityChanged(id="p", at=at(1), by=CUSTOMER, to=None),
            e.PhaseChanged(id="s", at=at(2), by=VENDOR, to=Phase.RESOLVED, awaiting=Awaiting.NOBODY),
        ]),
        as_of=at(9),
    ).moments  # fmt: skip
    assert [(each.was, each.phase, each.awaiting, each.priority) for each in moments] == [
        (Phase.NEW, Phase.NEW, Awaiting.CUSTOMER, "P2"),
        (Phase.NEW, Phase.NEW, Awaiting.CUSTOMER, None),
        (Phase.NEW, Phase.RESOLVED, Awaiting.NOBODY, None),
    ]


@pytest.mark.parametrize(
    ("slot", "known"),
    [
        pytest.param(0, 1, id="events at the instant are seen"),
        pytest.param(1, 2, id="and those before"),
        pytest.param(-1, 0, id="those after are not"),
    ],
)
def test_events_later_than_as_of_are_not_seen(slot: int, known: int) -> None:
    assert len(fold(ticket([opened(), notified(ACME)]), as_of=at(slot)).moments) == known


def waits(name: str, slot: int, on: Awaiting) -> e.PhaseChanged:
    return e.PhaseChanged(id=name, at=at(slot), by=VENDOR, to=Phase.PENDING, awaiting=on)


@pytest.mark.parametrize(
    ("events", "behind"),
    [
        pytest.param([waits("a", 2, Awaiting.CUSTOMER)], ["a"], id="the event that brought it"),
        pytest.param([waits("a", 2, Awaiting.CUSTOMER), waits("b", 4, Awaiting.CUSTOMER)], ["a"], id="said again"),
        pytest.param(
            [waits("a", 2, Awaiting.CUSTOMER), waits("b", 2, Awaiting.CUSTOMER)], ["a"], id="said twice at once"
        ),
        pytest.param(
            [waits("a", 2, Awaiting.CUSTOMER), waits("b", 2, Awaiting.VENDOR), waits("c", 2, Awaiting.CUSTOMER)],
            ["c"],
            id="taken back and said again at once",
        ),
        pytest.param(
            [waits("a", 2, Awaiting.CUSTOMER), e.PriorityChanged(id="p", at=at(2), by=CUSTOMER, to="P1")],
            ["a"],
            id="not the change of priority at the same instant",
        ),
        pytest.param(
            [waits("a", 2, Awaiting.CUSTOMER), waits("b", 4, Awaiting.THIRD_PARTY)], ["a", "b"], id="another cause"
        ),
    ],
)
def test_a_pause_names_the_event_behind_it(events: list[e.TicketEvent], behind: list[str]) -> None:
    target = a_target(pause_while=frozenset({Awaiting.CUSTOMER, Awaiting.THIRD_PARTY}))
    (reading,) = measure(ticket([opened(ACME, priority="P2"), *events]), agreed(target), as_of=at(9)).readings
    assert [pause.event for pause in reading.cycles[0].pauses] == behind
