"""The outbox: every notice once, every delivery by one at a time, on every engine."""

from dataclasses import replace
from datetime import timedelta

from syncd.domain.notice import Notice, Step
from syncd.ports.notifier import Envelope
from syncd.ports.outbox import NO_TICKET, Delivery, Outstanding, QueueState
from syncd.ports.standing import Standing
from syncd.ports.store import Fence, Store
from tests.store.samples import HOUR, NOON, notice, see, write

SECOND = timedelta(seconds=1)


def claim(
    store: Store, fence: Fence, channel: str = "oncall", *, after: timedelta = timedelta(), limit: int = 9
) -> list[Delivery]:
    return list(write(store, fence, lambda work: work.outbox.claim(channel, NOON + after, limit, 30.0)))


def queue(store: Store, fence: Fence, *notices: Notice, channels: tuple[str, ...] = ("oncall",), **more: int) -> None:
    with store.begin(fence) as work:
        for n, one in enumerate(notices):
            assert work.outbox.add(one, channels, at=NOON + n * SECOND, **more)  # type: ignore[arg-type]  # a ticket
        work.commit()


def deliver(store: Store, fence: Fence, channel: str = "oncall") -> None:
    """Let a channel take everything."""
    for one in claim(store, fence, channel, after=HOUR):
        write(store, fence, lambda work, one=one: work.outbox.delivered(one.id, NOON + HOUR))  # type: ignore[misc]  # mypy cannot type a lambda's default


def standing(store: Store, channel: str = "oncall") -> list[Standing]:
    return list(see(store, lambda view: view.outbox.standing(channel)))


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
        assert view.outbox.next_due("oncall") == NOON - HOUR
        assert view.outbox.next_due("mail") == NOON
        assert view.outbox.next_due("pager") is None
        assert list(view.outbox.state()) == [
            QueueState("mail", 1, NOON, 0), QueueState("oncall", 2, NOON - HOUR, 0),
        ]  # fmt: skip
    claimed = claim(store, fence)
    assert [(one.channel, one.notice.key.step) for one in claimed] == [
        ("oncall", Step.AT_RISK), ("oncall", Step.BREACHED),
    ]  # fmt: skip
    assert claimed[1] == Delivery(claimed[1].id, notice("a").key.text(), "oncall", notice("a"), 0, NOON)
    assert [one.channel for one in claim(store, fence, "mail")] == ["mail"]


def test_a_claimed_delivery_is_nobody_elses_until_its_lease_is_over(store: Store, fence: Fence) -> None:
    queue(store, fence, notice("n0"), notice("n1"), notice("n2"))
    assert claim(store, fence, after=-SECOND) == []
    first, second = claim(store, fence, after=3 * SECOND, limit=2)
    assert [first.notice, second.notice] == [notice("n0"), notice("n1")], "oldest first"
    (third,) = claim(store, fence, after=3 * SECOND)
    assert see(store, lambda view: view.outbox.next_due("oncall")) == NOON + 33 * SECOND

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
        assert view.outbox.next_due("oncall") is None
    with store.begin(fence) as work:
        assert not work.outbox.add(notice("n0"), ["oncall"], at=NOON), "its key outlives it"


def test_the_most_urgent_leave_first_and_what_was_not_tried_is_given_back(store: Store, fence: Fence) -> None:
    queue(store, fence, replace(notice("low"), level=3), replace(notice("high"), level=1), notice("own"))
    taken = claim(store, fence, after=HOUR)
    assert [one.notice.key.started_by for one in taken] == ["own", "high", "low"]
    write(store, fence, lambda work: work.outbox.unclaim([taken[1].id, taken[2].id], NOON + HOUR))
    again = claim(store, fence, after=HOUR)
    assert [(one.notice.key.started_by, one.attempts) for one in again] == [("high", 0), ("low", 0)]


def test_what_was_told_stands_until_it_ends_and_is_settled(store: Store, fence: Fence) -> None:
    queue(store, fence, notice("a"), notice("b"), notice("c"), ticket=7)
    assert standing(store) == [], "nothing was told yet"
    deliver(store, fence)
    a, b, _ = standing(store)
    assert a == Standing(Envelope(notice("a").key.text(), notice("a"), 1, NOON), NOON + HOUR)
    write(store, fence, lambda work: work.outbox.end([a.envelope.key], NOON + 2 * HOUR))
    write(store, fence, lambda work: work.outbox.end([a.envelope.key], NOON + 3 * HOUR))
    assert standing(store)[0] == replace(a, ended_at=NOON + 2 * HOUR), "once ended, an end does not move"
    with store.begin(fence) as work:
        work.outbox.settled("oncall", {a.envelope.key})
        work.outbox.refused("oncall", {b.envelope.key: "rejected: 400"}, at=NOON + HOUR)
        work.commit()
    assert [each.envelope.notice for each in standing(store)] == [notice("c")]
    assert see(store, lambda view: list(view.outbox.tickets_outstanding(0, 9))) == [7]
    (letter,) = see(store, lambda view: view.outbox.letters("dead", limit=9))
    assert (letter.key, letter.error) == (b.envelope.key, "rejected: 400")


def test_what_says_that_something_happened_never_stands(store: Store, fence: Fence) -> None:
    queue(store, fence, notice("a", step=Step.RECOVERED))
    with store.begin(fence) as work:
        work.outbox.add(notice("b", step=Step.DIGEST), ["oncall"], at=NOON, over=True)
        work.commit()
    deliver(store, fence)
    (digest,) = standing(store)
    assert (digest.envelope.notice.key.step, digest.ended_at) == (Step.DIGEST, NOON), "for long enough to be seen"


def test_what_no_receiver_can_know_of_is_withdrawn_when_it_ends(store: Store, fence: Fence) -> None:
    queue(store, fence, notice("tried"), notice("untold"), channels=("oncall", "mail"), ticket=7)
    (taken,) = claim(store, fence, limit=1)
    write(store, fence, lambda work: work.outbox.retry(taken.id, at=NOON, error="timeout"))
    tried, untold = notice("tried").key.text(), notice("untold").key.text()
    assert see(store, lambda view: view.outbox.outstanding([7, 8])) == {
        7: [Outstanding(tried, notice("tried"), ("oncall",)), Outstanding(untold, notice("untold"), ())]
    }
    write(store, fence, lambda work: work.outbox.end([tried, untold], NOON + HOUR))
    assert [one.key for one in claim(store, fence, after=HOUR)] == [tried], "it may have arrived"
    assert claim(store, fence, "mail", after=HOUR) == []
    assert see(store, lambda view: view.outbox.outstanding([7])) == {}
    with store.begin(fence) as work:
        assert not work.outbox.add(notice("untold"), ["oncall"], at=NOON), "its key stays known"


def test_what_is_about_no_ticket_is_outstanding_under_none(store: Store, fence: Fence) -> None:
    queue(store, fence, notice("a", step=Step.SOURCE_BLIND))
    found = see(store, lambda view: view.outbox.outstanding([NO_TICKET]))
    assert [one.notice.key.step for one in found[NO_TICKET]] == [Step.SOURCE_BLIND]
    assert see(store, lambda view: list(view.outbox.tickets_outstanding(0, 9))) == []


def test_notices_of_clocks_of_a_vendor_are_counted_once_whatever_the_channels(store: Store, fence: Fence) -> None:
    queue(store, fence, notice("a"), notice("b"), channels=("oncall", "mail"))
    queue(store, fence, notice("c", step=Step.RECOVERED), notice("d", step=Step.DIGEST))
    queue(store, fence, replace(notice("e"), vendor="globex"))
    with store.view() as view:
        assert [view.outbox.told_since("acme", NOON + n * SECOND) for n in (-1, 0, 1)] == [2, 1, 0]
        assert view.outbox.last_digest("acme") == NOON + SECOND
        assert view.outbox.last_digest("globex") is None


def test_letters_are_listed_revived_and_dropped(store: Store, fence: Fence) -> None:
    queue(store, fence, notice("dead"), notice("waits"), notice("ended"))
    dead, waits, ended = claim(store, fence, after=HOUR)
    with store.begin(fence) as work:
        work.outbox.bury(dead.id, at=NOON, error="rejected: 404")
        work.outbox.retry(waits.id, at=NOON + HOUR, error="timeout")
        work.outbox.end([ended.key], NOON + HOUR)
        work.commit()
    with store.view() as view:
        assert [(one.id, one.state, one.error) for one in view.outbox.letters(limit=2)] == [
            (dead.id, "dead", "rejected: 404"), (waits.id, "pending", "timeout"),
        ]  # fmt: skip
        assert [one.id for one in view.outbox.letters("pending", limit=9, offset=1)] == [ended.id]
        (letter,) = view.outbox.letters("dead", limit=9)
    assert (letter.key, letter.channel, letter.notice, letter.attempts) == (dead.key, "oncall", notice("dead"), 1)
    assert (letter.queued_at, letter.next_at) == (NOON, NOON + HOUR + 30 * SECOND)
    with store.sorting() as work:
        assert work.outbox.revive(dead.id, NOON + 2 * HOUR)
        assert not work.outbox.revive(dead.id, NOON), "what waits is left to who has claimed it"
        assert not work.outbox.revive(99, NOON)
        assert work.outbox.drop(waits.id, NOON)
        assert not work.outbox.drop(waits.id, NOON)
        work.commit()
    assert claim(store, fence, after=HOUR) == [], "not before its time, and what was dropped never"
    (again,) = claim(store, fence, after=2 * HOUR, limit=1)
    assert (again.id, again.attempts, again.queued_at) == (ended.id, 1, NOON + 2 * SECOND)
    (revived,) = claim(store, fence, after=2 * HOUR, limit=1)
    assert (revived.id, revived.attempts, revived.queued_at) == (dead.id, 0, NOON + 2 * HOUR)


def bury(store: Store, fence: Fence, channel: str = "oncall") -> list[int]:
    """Give up whatever waits for a channel."""
    taken = claim(store, fence, channel, after=HOUR)
    for one in taken:
        write(store, fence, lambda work, one=one: work.outbox.bury(one.id, at=NOON, error="rejected: 404"))  # type: ignore[misc]  # as above
    return [one.id for one in taken]


def revive(store: Store, delivery: int, after: timedelta = timedelta()) -> bool:
    with store.sorting() as work:
        revived = work.outbox.revive(delivery, NOON + after)
        work.commit()
    return revived


def test_a_dead_letter_whose_breach_is_over_is_never_revived(store: Store, fence: Fence) -> None:
    queue(store, fence, notice("a"), channels=("oncall", "mail"), ticket=7)
    (dead,) = bury(store, fence)
    bury(store, fence, "mail")
    key = notice("a").key.text()
    assert see(store, lambda view: view.outbox.outstanding([7])) == {7: [Outstanding(key, notice("a"), ())]}
    write(store, fence, lambda work: work.outbox.end([key], NOON + 2 * HOUR))
    assert [(one.state, one.over) for one in see(store, lambda view: view.outbox.letters(limit=9))] == [
        ("dead", True), ("dead", True),
    ]  # fmt: skip
    assert not revive(store, dead)
    assert claim(store, fence, after=9 * HOUR) == []


def test_a_dead_digest_is_revived_as_often_as_somebody_wants_it(store: Store, fence: Fence) -> None:
    write(store, fence, lambda work: work.outbox.add(notice("b", step=Step.DIGEST), ["oncall"], at=NOON, over=True))
    for _ in range(2):
        (dead,) = bury(store, fence)
        assert [one.over for one in see(store, lambda view: view.outbox.letters(limit=9))] == [False]
        assert revive(store, dead, HOUR)
    deliver(store, fence)
    assert [each.ended_at for each in standing(store)] == [NOON + HOUR], "it ends when it is queued, and is seen"


def test_letters_are_sorted_beside_the_holder_of_the_lease_and_without_its_right(store: Store, fence: Fence) -> None:
    queue(store, fence, notice("a"), notice("b"))
    first, second = bury(store, fence)
    with store.sorting() as work:
        assert work.outbox.revive(first, NOON)
    assert see(store, lambda view: len(view.outbox.letters("dead", limit=9))) == 2, "not without a commit"
    assert revive(store, first)
    store.renew(fence)
    with store.sorting() as work:
        work.outbox.drop(second, NOON)
        work.commit()
    assert see(store, lambda view: [one.id for one in view.outbox.letters(limit=9)]) == [first]
    assert [one.id for one in claim(store, fence)] == [first]


def test_what_was_dropped_while_it_was_handed_over_is_delivered_if_it_was_taken(store: Store, fence: Fence) -> None:
    queue(store, fence, notice("taken"), notice("not"))
    taken, refused = claim(store, fence, after=HOUR)
    with store.sorting() as work:
        assert work.outbox.drop(taken.id, NOON)
        assert work.outbox.drop(refused.id, NOON)
        work.commit()
    with store.begin(fence) as work:
        work.outbox.delivered(taken.id, NOON + HOUR)
        work.outbox.retry(refused.id, at=NOON + HOUR, error="timeout")
        work.commit()
    assert [each.envelope.notice for each in standing(store)] == [notice("taken")], "its end is told"
    assert claim(store, fence, after=9 * HOUR) == []
    with store.begin(fence) as work:
        assert not work.outbox.add(notice("not"), ["oncall"], at=NOON), "its key stays known"


def test_deliveries_that_are_over_are_forgotten_and_their_keys_are_not(store: Store, fence: Fence) -> None:
    queue(store, fence, notice("stands"), notice("over"), notice("fact", step=Step.RECOVERED), notice("waits"))
    for one in claim(store, fence, after=HOUR, limit=3):
        write(store, fence, lambda work, one=one: work.outbox.delivered(one.id, NOON))  # type: ignore[misc]  # as above
    write(store, fence, lambda work: work.outbox.end([notice("over").key.text()], NOON))
    assert write(store, fence, lambda work: work.outbox.trim(NOON, 9)) == 0
    assert write(store, fence, lambda work: work.outbox.trim(NOON + SECOND, 1)) == 1
    assert write(store, fence, lambda work: work.outbox.trim(NOON + SECOND, 9)) == 1
    assert [each.envelope.notice for each in standing(store)] == [notice("stands")]
    assert [one.notice for one in claim(store, fence, after=HOUR)] == [notice("waits")]
    with store.begin(fence) as work:
        assert not work.outbox.add(notice("over"), ["oncall"], at=NOON)
