"""The outbox is emptied at least once: repeated with jitter, given up at last, and no notice blocks the ones behind."""

import random
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import pytest

from syncd.errors import DeliveryError
from syncd.ports.notifier import Notifier
from syncd.services.announce import LEASE_SECONDS, MOST_ATTEMPTS, DeliveryReport, drain, wait_before
from syncd.testing.fakes import RecordingNotifier
from tests.services.desk import HOUR, MINUTE, MORNING, Desk, opened, record

LATE = MORNING + 5 * HOUR


def queued(desk: Desk, tickets: int = 1) -> Desk:
    """A desk with so many breaches to tell."""
    desk.take(*[record(f"t{n:02d}", opened(MORNING + n * MINUTE)) for n in range(tickets)], now=LATE)
    desk.let_go(LATE)
    return desk


def drained(
    desk: Desk, *notifiers: Notifier, now: datetime = LATE, clock: Callable[[], float] = lambda: 0.0
) -> DeliveryReport:
    """Drain every channel once; return what came of all."""
    named: Mapping[str, Notifier] = {notifier.name: notifier for notifier in notifiers}
    whole, nexts = DeliveryReport(), []
    for channel in desk.rules.channels:
        chance = random.Random(1)  # noqa: S311  a wait, nothing secret
        found = drain(desk.store, desk.fence, channel, named.get(channel), now=now, chance=chance, monotonic=clock)
        whole.delivered |= found.delivered
        whole.failed |= found.failed
        whole.buried |= found.buried
        nexts.append(found.next_at)
    whole.next_at = min((at for at in nexts if at is not None), default=None)
    return whole


def down(**more: float) -> DeliveryError:
    return DeliveryError("oncall", "server", "status 503", **more)  # type: ignore[arg-type]  # retry_after or nothing


def dead(desk: Desk) -> int:
    return desk.see(lambda view: sum(queue.dead for queue in view.outbox.state()))


def test_a_notice_is_handed_over_once_and_then_no_more(desk: Desk) -> None:
    queued(desk)
    oncall = RecordingNotifier()
    report = drained(desk, oncall)
    assert (report.delivered, report.failed, report.next_at) == ({"oncall": 1}, {}, None)
    (envelope,) = oncall.taken
    assert (envelope.attempt, envelope.queued_at, envelope.key) == (1, LATE, envelope.notice.key.text())
    assert drained(desk, oncall, now=LATE + HOUR).delivered == {}


def test_nothing_is_asked_of_anybody_while_nothing_waits(desk: Desk) -> None:
    oncall = RecordingNotifier()
    assert (drained(desk, oncall).next_at, oncall.attempts) == (None, [])


def test_what_did_not_arrive_is_tried_again_later_under_the_same_key(desk: Desk) -> None:
    queued(desk)
    oncall = RecordingNotifier(failures=[down(), down()])
    first = drained(desk, oncall)
    assert first.failed == {("oncall", "server"): 1}
    assert first.next_at is not None
    assert drained(desk, oncall, now=first.next_at - timedelta(seconds=0.5)).failed == {}
    second = drained(desk, oncall, now=first.next_at)
    assert second.next_at is not None
    assert drained(desk, oncall, now=second.next_at).delivered == {"oncall": 1}
    assert [envelope.attempt for envelope in oncall.attempts] == [1, 2, 3]
    assert len({envelope.key for envelope in oncall.attempts}) == 1


def test_waits_grow_and_are_spread() -> None:
    chance = random.Random(7)  # noqa: S311  as above
    spans = {n: [wait_before(n, chance, None).total_seconds() for _ in range(500)] for n in (1, 3, 12)}
    for attempts, ceiling in {1: 10, 3: 40, 12: 600}.items():
        assert 1 <= min(spans[attempts]) < ceiling / 10 + 1
        assert ceiling * 0.9 < max(spans[attempts]) <= ceiling


def test_a_receiver_that_says_how_long_to_wait_is_left_alone_so_long(desk: Desk) -> None:
    queued(desk)
    report = drained(desk, RecordingNotifier(failures=[down(retry_after=1800)]))
    assert report.next_at is not None
    assert report.next_at >= LATE + timedelta(seconds=1800)


def test_after_eight_attempts_a_notice_is_a_dead_letter(desk: Desk) -> None:
    queued(desk)
    oncall = RecordingNotifier(failures=[down() for _ in range(20)])
    now: datetime | None = LATE
    reports = []
    while now is not None:
        reports.append(drained(desk, oncall, now=now))
        now = reports[-1].next_at
    assert len(oncall.attempts) == MOST_ATTEMPTS == 8
    assert [bool(report.buried) for report in reports] == [*[False] * 7, True]
    assert (dead(desk), desk.pending()) == (1, 0)


@pytest.mark.parametrize(
    ("failure", "hours"),
    [
        pytest.param(DeliveryError("oncall", "auth", "status 401", permanent=True), 0, id="trying again cannot help"),
        pytest.param(down(), 25, id="it has waited for more than a day"),
    ],
)
def test_a_notice_is_given_up_at_once_when(desk: Desk, failure: DeliveryError, hours: int) -> None:
    queued(desk)
    report = drained(desk, RecordingNotifier(failures=[failure]), now=LATE + hours * HOUR)
    assert (report.buried, report.next_at, dead(desk)) == ({"oncall": 1}, None, 1)


def test_a_notice_for_a_notifier_that_is_configured_no_more_is_given_up(desk: Desk) -> None:
    queued(desk)
    report = drained(desk, RecordingNotifier("chat"))
    assert (report.buried, report.failed) == ({"oncall": 1}, {("oncall", "rejected"): 1})


def test_a_failing_receiver_does_not_hold_up_the_others(desk: Desk) -> None:
    both = desk.under(desk.rules.agreements, "oncall", "chat")
    queued(both, 3)
    chat = RecordingNotifier("chat")
    report = drained(both, RecordingNotifier(failures=[down() for _ in range(3)]), chat)
    assert (report.delivered, report.failed) == ({"chat": 3}, {("oncall", "server"): 3})


def test_a_notice_that_a_notifier_stumbles_over_does_not_hold_up_those_behind_it(desk: Desk) -> None:
    queued(desk, 3)
    oncall = RecordingNotifier(failures=[ZeroDivisionError("in the notifier")])
    report = drained(desk, oncall)
    assert (report.delivered, report.failed) == ({"oncall": 2}, {("oncall", "rejected"): 1})
    assert report.next_at is not None
    assert drained(desk, oncall, now=report.next_at).delivered == {"oncall": 1}


def test_a_claim_whose_process_died_runs_out_and_counts_as_an_attempt(desk: Desk) -> None:
    queued(desk)
    desk.write(lambda work: work.outbox.claim("oncall", LATE, 20, LEASE_SECONDS))
    oncall = RecordingNotifier()
    assert drained(desk, oncall).next_at == LATE + timedelta(seconds=LEASE_SECONDS)
    assert drained(desk, oncall, now=LATE + timedelta(seconds=LEASE_SECONDS)).delivered == {"oncall": 1}
    assert [envelope.attempt for envelope in oncall.taken] == [2]


def test_what_a_slow_receiver_was_not_handed_in_time_is_given_back_untried(desk: Desk) -> None:
    queued(desk, 5)
    passed = iter([0.0, 1.0, LEASE_SECONDS / 2, LEASE_SECONDS / 2 + 1])
    oncall = RecordingNotifier()
    report = drained(desk, oncall, clock=lambda: next(passed))
    assert (report.delivered, report.next_at) == ({"oncall": 2}, LATE)
    assert drained(desk, oncall).delivered == {"oncall": 3}
    assert {envelope.attempt for envelope in oncall.taken} == {1}


def test_a_storm_is_delivered_in_the_order_in_which_it_came(desk: Desk) -> None:
    queued(desk, 45)
    oncall = RecordingNotifier()
    now: datetime | None = LATE
    turns = 0
    while now is not None:
        now = drained(desk, oncall, now=LATE).next_at
        turns += 1
    assert [envelope.notice.ticket for envelope in oncall.taken] == [f"T{n:02d}" for n in range(45)]
    assert turns == 3
