"""The outbox: every notice once, every delivery by one at a time, on every engine."""

from datetime import timedelta

from syncd.domain.notice import Step
from syncd.ports.outbox import Delivery, QueueState
from syncd.ports.store import Fence, Store
from tests.store.samples import HOUR, NOON, notice, see, write

SECOND = timedelta(seconds=1)


def claim(store: Store, fence: Fence, *, after: timedelta = timedelta(), limit: int = 9) -> list[Delivery]:
    return list(write(store, fence, lambda work: work.outbox.claim(NOON + after, limit, 30.0)))


def test_a_notice_is_queued_once_for_each_of_its_channels(store: Store, fence: Fence) -> None:
    with store.begin(fence) as work:
        assert work.outbox.add(notice("a"), ["oncall", "mail", "oncall"], at=NOON)
        assert not work.outbox.add(notice("a"), ["pager"], at=NOON)
        assert work.outbox.add(notice("a", step=Step.AT_RISK), ["oncall"], at=NOON - HOUR)
        assert work.outbox.mute([notice("quiet"), notice("quiet")], at=NOON) == 1
        assert not work.outbox.add(notice("quiet"), ["oncall"], at=NOON), "muted is known"
        assert work.outbox.add(notice("nobody"), [], at=NOON)
        work.commit()
    with store.view() as view:
        assert view.outbox.next_due() == NOON - HOUR
        assert list(view.outbox.state()) == [
            QueueState("mail", 1, NOON, 0), QueueState("oncall", 2, NOON - HOUR, 0),
        ]  # fmt: skip
    claimed = claim(store, fence)
    assert [(one.channel, one.notice.key.step) for one in claimed] == [
        ("oncall", Step.AT_RISK), ("oncall", Step.BREACHED), ("mail", Step.BREACHED),
    ]  # fmt: skip
    assert claimed[1] == Delivery(claimed[1].id, notice("a").key.text(), "oncall", notice("a"), 0, NOON)


def test_a_claimed_delivery_is_nobody_elses_until_its_lease_is_over(store: Store, fence: Fence) -> None:
    with store.begin(fence) as work:
        for n in range(3):
            work.outbox.add(notice(f"n{n}"), ["oncall"], at=NOON + n * SECOND)
        work.commit()
    assert claim(store, fence, after=-SECOND) == []
    first, second = claim(store, fence, after=3 * SECOND, limit=2)
    assert [first.notice, second.notice] == [notice("n0"), notice("n1")], "oldest first"
    (third,) = claim(store, fence, after=3 * SECOND)
    assert see(store, lambda view: view.outbox.next_due()) == NOON + 33 * SECOND

    with store.begin(fence) as work:
        work.outbox.delivered(first.id, NOON)
        work.outbox.retry(second.id, at=NOON + 5 * SECOND, error="timeout")
        work.outbox.bury(third.id, at=NOON, error="rejected")
        work.commit()
    assert claim(store, fence, after=4 * SECOND) == []
    (again,) = claim(store, fence, after=5 * SECOND)
    assert (again.id, again.attempts) == (second.id, 1)
    (abandoned,) = claim(store, fence, after=35 * SECOND)
    assert (abandoned.id, abandoned.attempts) == (second.id, 2), "whoever had it died over it"
    assert list(see(store, lambda view: view.outbox.state())) == [QueueState("oncall", 1, NOON + SECOND, 1)]

    with store.begin(fence) as work:
        work.outbox.delivered(second.id, NOON)
        work.outbox.retry(first.id, at=NOON, error="late answer of a slow receiver")
        work.commit()
    assert claim(store, fence, after=9 * HOUR) == [], "delivered stays delivered"
    with store.view() as view:
        assert list(view.outbox.state()) == [QueueState("oncall", 0, None, 1)]
        assert view.outbox.next_due() is None
    with store.begin(fence) as work:
        assert not work.outbox.add(notice("n0"), ["oncall"], at=NOON), "its key outlives it"
