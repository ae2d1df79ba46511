"""The steps that tell: a gate that knows the database's clock, and rounds of reminding that forget nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from syncd.daemon.step import Wake
from syncd.daemon.telling import NoticeGate, Reminder
from syncd.errors import DeliveryError
from syncd.ports.notifier import Envelope
from syncd.ports.standing import Standing, Sustained
from syncd.services.release import Gates
from syncd.telemetry.metrics import Metrics
from syncd.testing.memory_store import MemoryStore
from tests.services.desk import HOUR, LONG_AGO, MINUTE, MORNING, Desk, desk_on, opened, record, resolved

LATE = MORNING + 4 * HOUR + MINUTE


class Forgetful:
    """A receiver that must be reminded; answers a round as it is told to."""

    name = "oncall"
    resend_seconds = 60.0

    def __init__(self) -> None:
        self.rounds: list[Sequence[Standing]] = []
        self.answer = Sustained()

    def deliver(self, envelope: Envelope) -> None:
        """Take it."""

    def sustain(self, standing: Sequence[Standing]) -> Sustained:
        self.rounds.append(standing)
        return self.answer

    def close(self) -> None:
        """Nothing to let go of."""


@pytest.fixture
def desk() -> Desk:
    desk = desk_on(MemoryStore())
    desk.take(record("t1"), now=MORNING)
    desk.meet(LATE)
    desk.write(lambda work: work.sources.succeeded(desk.intake.source, LATE, None))
    return desk


def gate(desk: Desk, bell: Wake) -> NoticeGate:
    return NoticeGate(desk.store, desk.fence, desk.rules, Gates({"snow": MINUTE}, 20, LONG_AGO), Metrics(), [bell])


def test_what_is_let_go_rings_for_those_who_hand_it_over(desk: Desk) -> None:
    bell = Wake()
    step = gate(desk, bell)
    assert step.step(LATE) == LATE + timedelta(seconds=30)
    assert bell.rung()
    step.step(LATE + MINUTE)
    assert not bell.rung()


def test_nothing_leaves_by_a_clock_that_the_database_contradicts_and_it_is_asked_again(desk: Desk) -> None:
    store = desk.store
    assert isinstance(store, MemoryStore)
    shown = [LATE + timedelta(seconds=31)]
    store.clock = lambda: shown[0]
    bell = Wake()
    step = gate(desk, bell)
    step.step(LATE)
    assert not bell.rung()
    shown[0] = LATE + timedelta(seconds=45)
    step.step(LATE + timedelta(seconds=10))
    assert not bell.rung(), "asked twice a minute"
    step.step(LATE + timedelta(seconds=30))
    step.step(LATE + timedelta(seconds=30))
    assert bell.rung()


def test_the_database_is_asked_again_when_our_clock_was_set_back(desk: Desk) -> None:
    store = desk.store
    assert isinstance(store, MemoryStore)
    store.clock = lambda: LATE + MINUTE
    bell = Wake()
    step = gate(desk, bell)
    step.step(LATE + 3 * MINUTE)
    assert not bell.rung()
    step.step(LATE + MINUTE)
    step.step(LATE + MINUTE)
    assert bell.rung(), "now the two agree"


def delivered(desk: Desk) -> None:
    desk.let_go(LATE)
    for one in desk.write(lambda work: work.outbox.claim("oncall", LATE, 9, 1.0)):
        desk.write(lambda work, one=one: work.outbox.delivered(one.id, LATE))  # type: ignore[misc]  # mypy cannot type a lambda's default


def reminder(desk: Desk, receiver: Forgetful) -> Reminder:
    return Reminder(desk.store, desk.fence, "oncall", receiver, Metrics())


def test_a_round_is_held_when_it_is_due_and_not_whenever_somebody_wakes(desk: Desk) -> None:
    delivered(desk)
    receiver = Forgetful()
    step = reminder(desk, receiver)
    assert step.step(LATE) == LATE + MINUTE
    assert step.step(LATE + timedelta(seconds=30)) == LATE + MINUTE
    assert step.step(LATE + MINUTE) == LATE + 2 * MINUTE
    assert len(receiver.rounds) == 2
    step.step(LATE - HOUR)
    assert len(receiver.rounds) == 3, "a clock that was set back does not silence it"


def test_what_stands_is_told_to_another_process_as_it_was_to_this_one(desk: Desk) -> None:
    delivered(desk)
    first, second = Forgetful(), Forgetful()
    reminder(desk, first).step(LATE)
    reminder(desk, second).step(LATE)
    assert first.rounds == second.rounds
    ((standing,),) = first.rounds
    assert (standing.envelope.notice.ticket, standing.told_at, standing.ended_at) == ("T1", LATE, None)


def test_what_is_settled_is_handed_in_no_more(desk: Desk) -> None:
    delivered(desk)
    ended: datetime = LATE + MINUTE
    desk.take(record("t1", opened(), resolved(ended)), now=LATE + 2 * MINUTE, cursor="c2", expected="c1")
    receiver = Forgetful()
    step = reminder(desk, receiver)
    step.step(LATE + 2 * MINUTE)
    ((standing,),) = receiver.rounds
    assert standing.ended_at == ended
    receiver.answer = Sustained(settled=frozenset({standing.envelope.key}))
    step.step(LATE + 4 * MINUTE)
    receiver.answer = Sustained()
    step.step(LATE + 6 * MINUTE)
    assert receiver.rounds[-1] == []


def test_what_is_refused_is_a_dead_letter_and_what_failed_is_tried_again(desk: Desk) -> None:
    delivered(desk)
    receiver = Forgetful()
    receiver.answer = Sustained(failed=(DeliveryError("oncall", "network", "member 2: no answer"),))
    step = reminder(desk, receiver)
    step.step(LATE)
    ((standing,),) = receiver.rounds
    receiver.answer = Sustained(refused={standing.envelope.key: "rejected: 400"})
    step.step(LATE + MINUTE)
    (letter,) = desk.see(lambda view: view.outbox.letters("dead", limit=9))
    assert (letter.key, letter.error) == (standing.envelope.key, "rejected: 400")
