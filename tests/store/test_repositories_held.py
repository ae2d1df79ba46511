"""Notices that wait to be let go, and tickets to be read once more, on every engine."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from syncd.domain.changes import Withheld
from syncd.domain.names import Stage, Verdict
from syncd.domain.notice import Notice
from syncd.ports.held import Held, WaitingOf
from syncd.ports.readings import Measured
from syncd.ports.store import Fence, Store
from tests.store.samples import HOUR, NOON, cycle, notice, reading, see, with_tickets, write

MINUTE = timedelta(minutes=1)
LEAD = 2 * MINUTE
STALE = Withheld.SOURCE_STALE


def breach(name: str, *, source: int = 1, level: int = 1, at: datetime = NOON, vendor: str = "acme") -> Notice:
    plain = notice(name)
    return replace(plain, key=replace(plain.key, source_id=source), level=level, at=at, vendor=vendor)


def hold(store: Store, fence: Fence, one: Notice, ticket: int = 1, **more: Any) -> bool:
    given = {"at": NOON, **more}
    return write(store, fence, lambda work: work.held.hold(one, ["oncall"], ticket=ticket, **given))


def ready(store: Store, now: datetime = NOON, *blind: int) -> list[str]:
    found = see(store, lambda view: view.held.ready(now, blind=blind, limit=9))
    return [one.notice.key.started_by for one in found]


def test_a_notice_is_held_once_and_leaves_once(store: Store, fence: Fence) -> None:
    assert hold(store, fence, breach("a"))
    assert not hold(store, fence, breach("a"))
    (held,) = see(store, lambda view: view.held.ready(NOON, blind=(), limit=9))
    assert held == Held(breach("a").key.text(), breach("a"), ("oncall",), 1, 1, NOON)
    late = replace(held, notice=replace(held.notice, late=True), confirmed=False)
    write(store, fence, lambda work: work.held.release(late, at=NOON + HOUR))
    assert ready(store) == []
    (delivery,) = write(store, fence, lambda work: work.outbox.claim("oncall", NOON + HOUR, 9, 30.0))
    assert (delivery.notice.late, delivery.confirmed, delivery.queued_at) == (True, False, NOON + HOUR)
    assert list(see(store, lambda view: view.outbox.outstanding([1]))) == [1]
    assert not hold(store, fence, breach("a")), "its key is known"


def test_the_most_urgent_leave_first_then_the_oldest(store: Store, fence: Fence) -> None:
    for name, level, ago in (("c", 2, 3), ("b", 1, 1), ("a", 1, 2)):
        hold(store, fence, breach(name, level=level, at=NOON - ago * MINUTE))
    assert ready(store) == ["a", "b", "c"]
    assert [one.key for one in see(store, lambda view: view.held.ready(NOON, blind=(), limit=1))] == [
        breach("a").key.text()
    ]


def test_everything_that_waits_is_listed_for_people(store: Store, fence: Fence) -> None:
    hold(store, fence, breach("folded", level=3), why=Withheld.STORM)
    hold(store, fence, breach("recheck", level=1), leave_at=NOON + MINUTE)
    hold(store, fence, breach("blind", level=2, source=2))
    write(store, fence, lambda work: work.held.withhold(2, STALE))
    with store.view() as view:
        assert [(one.notice.key.started_by, one.why, one.confirmed) for one in view.held.listed(limit=9)] == [
            ("recheck", None, False), ("blind", STALE, True), ("folded", Withheld.STORM, True),
        ]  # fmt: skip
        assert [one.notice.key.started_by for one in view.held.listed(limit=1, offset=1)] == ["blind"]


def test_a_breach_waits_to_be_confirmed_or_for_its_time(store: Store, fence: Fence) -> None:
    number = with_tickets(store, fence, "id-1")["id-1"]
    hold(store, fence, breach("a"), number, leave_at=NOON + MINUTE)
    hold(store, fence, breach("b"), 99, leave_at=NOON + 2 * MINUTE)
    assert (ready(store), ready(store, NOON + MINUTE)) == ([], ["a"])
    assert see(store, lambda view: view.held.next_leave(blind=())) == NOON + MINUTE
    assert see(store, lambda view: view.held.next_leave(blind=(1,))) is None
    assert write(store, fence, lambda work: work.rechecks.done(1, ["id-1", "unknown"], NOON)) == 1
    assert ready(store) == ["a"]
    assert see(store, lambda view: view.held.next_leave(blind=())) == NOON + 2 * MINUTE
    assert see(store, lambda view: view.rechecks.read_at([number, 99])) == {number: NOON}
    write(store, fence, lambda work: work.rechecks.done(1, ["id-1"], NOON + 2 * HOUR))
    assert see(store, lambda view: view.rechecks.read_at([number])) == {number: NOON + 2 * HOUR}


def test_what_waits_for_a_blind_source_needs_a_confirmation_anew_once_it_can_be_seen(
    store: Store, fence: Fence
) -> None:
    number = with_tickets(store, fence, "id-1")["id-1"]
    hold(store, fence, breach("breach"), number, leave_at=NOON + MINUTE)
    hold(store, fence, breach("risk"), number)
    hold(store, fence, breach("other", source=2), 5)
    write(store, fence, lambda work: work.rechecks.done(1, ["id-1"], NOON))
    assert ready(store, NOON, 1) == ["other"]
    assert write(store, fence, lambda work: work.held.withhold(1, STALE)) == 2
    assert write(store, fence, lambda work: work.held.withhold(1, Withheld.CLOCK_SKEW)) == 0, "once is enough"
    with store.view() as view:
        assert list(view.held.waiting()) == [WaitingOf(1, STALE, 2), WaitingOf(2, None, 1)]
        assert [one.notice.key.started_by for one in view.held.of_source(1, 9)] == ["breach", "risk"]
        assert view.held.count() == {STALE.value: 2, "": 1}
    write(store, fence, lambda work: work.held.sighted(1, NOON + HOUR + MINUTE))
    assert ready(store, NOON + HOUR) == ["other", "risk"] or ready(store, NOON + HOUR) == ["risk", "other"]
    assert see(store, lambda view: view.held.next_leave(blind=())) == NOON + HOUR + MINUTE
    assert "breach" in ready(store, NOON + HOUR + MINUTE)


def test_what_is_folded_unconfirmed_is_no_time_to_look_again(store: Store, fence: Fence) -> None:
    hold(store, fence, breach("a"), leave_at=NOON + MINUTE)
    write(store, fence, lambda work: work.held.fold([breach("a").key.text()], Withheld.STORM))
    assert see(store, lambda view: view.held.next_leave(blind=())) is None


def test_what_is_folded_waits_for_its_vendors_digest(store: Store, fence: Fence) -> None:
    hold(store, fence, breach("a"))
    hold(store, fence, breach("b", vendor="globex"), at=NOON + MINUTE, why=Withheld.TOO_OLD)
    write(store, fence, lambda work: work.held.fold([breach("a").key.text()], Withheld.STORM))
    assert ready(store, NOON + HOUR) == []
    with store.view() as view:
        assert view.held.folded() == {"acme": NOON, "globex": NOON + MINUTE}
        assert [one.why for one in view.held.folded_of("acme")] == [Withheld.STORM]
        assert list(view.held.waiting()) == []
        assert view.held.of_source(1, 9) == []
    assert write(store, fence, lambda work: work.held.withhold(1, STALE)) == 0
    write(store, fence, lambda work: work.held.sighted(1, NOON))
    assert see(store, lambda view: view.held.count()) == {"storm": 1, "too_old": 1}


def test_what_is_forgotten_may_be_decided_anew_unless_it_stays_known(store: Store, fence: Fence) -> None:
    hold(store, fence, breach("a"))
    hold(store, fence, breach("b"), 2)
    assert {
        number: [one.notice.key.started_by for one in found]
        for number, found in see(store, lambda view: view.held.of_tickets([1, 2, 3])).items()
    } == {1: ["a"], 2: ["b"]}
    write(store, fence, lambda work: work.held.forget([breach("a").key.text()], known=False))
    write(store, fence, lambda work: work.held.forget([breach("b").key.text()], known=True))
    assert see(store, lambda view: view.held.of([breach("a").key.text(), breach("b").key.text()])) == []
    assert hold(store, fence, breach("a"))
    assert not hold(store, fence, breach("b"))


def measured(store: Store, fence: Fence, number: int, late: datetime, priority: str = "P1") -> None:
    """Let a ticket have one running clock."""
    said = reading(cycle(priority=priority, due_at=late))
    one = Measured(number, [said], None, late + timedelta(microseconds=1))
    write(store, fence, lambda work: work.readings.put([one]))


def test_tickets_are_read_once_more_from_two_minutes_before_their_clock_is_late(store: Store, fence: Fence) -> None:
    numbers = with_tickets(store, fence, "a", "b", "c", "d", "e")
    with_tickets(store, fence, "x", source="other")
    late = NOON + HOUR
    for name, priority, at in (("a", "P2", late), ("b", "P1", late + MINUTE), ("c", "P1", late), ("d", "P1", late)):
        measured(store, fence, numbers[name], at, priority)
    paused = Measured(numbers["e"], [reading(cycle(Stage.PAUSED, due_at=late))], None, late)
    write(store, fence, lambda work: work.readings.put([paused]))

    def due(now: datetime, limit: int = 9) -> list[str]:
        return list(see(store, lambda view: view.rechecks.due(1, now, LEAD, limit)))

    assert due(late - LEAD - timedelta(seconds=1)) == []
    assert sorted(due(late - LEAD)[:2]) == ["c", "d"]
    assert due(late - LEAD)[2:] == ["a"], "the most urgent first"
    assert due(late - MINUTE, 3)[2:] == ["b"]
    write(store, fence, lambda work: work.rechecks.done(1, ["c", "d"], late - LEAD))
    assert due(late - LEAD) == ["a"]
    assert due(late - MINUTE) == ["b", "a"]
    with store.view() as view:
        assert view.rechecks.next_at(1, NOON, late - MINUTE) is None
        assert view.rechecks.next_at(1, NOON, late + HOUR) == late
        assert view.rechecks.next_at(1, late, late + HOUR) == late + MINUTE
        assert view.rechecks.next_at(2, NOON, late + HOUR) is None
        assert view.readings.fallen_due(1, NOON, late) == 4
        assert view.readings.fallen_due(1, late, late + HOUR) == 1
        assert view.readings.fallen_due(2, NOON, late + HOUR) == 0


def test_a_recheck_long_before_the_deadline_does_not_count(store: Store, fence: Fence) -> None:
    number = with_tickets(store, fence, "a")["a"]
    measured(store, fence, number, NOON + HOUR)
    write(store, fence, lambda work: work.rechecks.done(1, ["a"], NOON + HOUR - LEAD - MINUTE))
    assert see(store, lambda view: view.rechecks.due(1, NOON + HOUR, LEAD, 9)) == ["a"]


def test_what_is_decided_and_unconfirmed_is_read_before_what_is_near(store: Store, fence: Fence) -> None:
    numbers = with_tickets(store, fence, "near", "decided", "blind")
    measured(store, fence, numbers["near"], NOON + MINUTE)
    hold(store, fence, breach("b", level=2), numbers["decided"], leave_at=NOON + MINUTE)
    assert see(store, lambda view: view.rechecks.due(1, NOON, LEAD, 9)) == ["decided", "near"]
    assert see(store, lambda view: view.rechecks.due(1, NOON, LEAD, 1)) == ["decided"]
    write(store, fence, lambda work: work.held.withhold(1, STALE))
    assert see(store, lambda view: view.rechecks.due(1, NOON, LEAD, 9)) == ["near"]


def test_how_far_a_sources_clock_was_off_is_kept(store: Store, fence: Fence) -> None:
    row = write(store, fence, lambda work: work.sources.register("snow", "servicenow"))
    assert row.skew is None
    write(store, fence, lambda work: work.sources.skewed(row.id, timedelta(seconds=-31.5)))
    (seen,) = see(store, lambda view: view.sources.all())
    assert seen.skew == timedelta(seconds=-31.5)


def test_only_a_server_has_a_clock_of_its_own(store: Store) -> None:
    assert (store.time() is not None) == ("postgres" in type(getattr(store, "_database", store)).__name__.lower())


def test_verdicts_other_than_pending_are_not_near(store: Store, fence: Fence) -> None:
    number = with_tickets(store, fence, "a")["a"]
    missed = reading(cycle(Stage.RUNNING, Verdict.MISSED, due_at=NOON, breached_at=NOON))
    write(store, fence, lambda work: work.readings.put([Measured(number, [missed], None, NOON)]))
    assert see(store, lambda view: view.rechecks.due(1, NOON, LEAD, 9)) == []
