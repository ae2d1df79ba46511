"""Decided notices are let go when their source can be believed, one by one, until there are too many of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from syncd.domain.changes import Withheld
from syncd.domain.notice import Notice, Step
from syncd.ports.outbox import Delivery
from syncd.services.digest import APART, GATHERED_FOR, MOST_LINES
from syncd.services.holding import RECHECK_LEAD, UNCONFIRMED_AFTER
from syncd.services.release import AT_ONCE
from tests.services.desk import HOUR, MINUTE, MORNING, Desk, a_target, agreed, message, opened, record, resolved

DEADLINE = MORNING + 4 * HOUR
LATE = DEADLINE + MINUTE
SECOND = timedelta(seconds=1)


def rechecking(desk: Desk) -> Desk:
    """The same desk, whose source is read once more before a breach is told."""
    return replace(desk, intake=replace(desk.intake, rules=replace(desk.rules, rechecked=frozenset({"snow"}))))


def read(desk: Desk, at: object) -> None:
    """Note a complete pass."""
    desk.write(lambda work: work.sources.succeeded(desk.intake.source, at, None))  # type: ignore[arg-type]  # an instant


def leaving(desk: Desk, *channels: str) -> list[Delivery]:
    """What is queued, without taking it for good."""
    return [
        one
        for channel in channels or ("oncall",)
        for one in desk.write(lambda work, name=channel: work.outbox.claim(name, LATE + 100 * HOUR, 500, 1.0))  # type: ignore[misc]  # mypy cannot type a lambda's default
    ]


def steps(found: Sequence[Delivery]) -> list[tuple[str, str]]:
    return [(one.notice.ticket, one.notice.key.step.value) for one in found]


def breaches(desk: Desk, count: int, priority: str = "P1", first: int = 0) -> None:
    """Let so many tickets be in breach since the deadline."""
    tickets = [record(f"t{n:03d}", opened(MORNING, priority)) for n in range(first, first + count)]
    cursor = desk.cursor()
    desk.take(*tickets, now=MORNING, cursor=f"{cursor}+", expected=cursor)


# --- confirmation ---


def test_a_breach_of_a_ticket_that_was_just_read_leaves_at_once(desk: Desk) -> None:
    desk = rechecking(desk)
    desk.take(record("t1"), now=LATE)
    assert desk.let_go(LATE).released == 1
    (one,) = leaving(desk)
    assert one.confirmed


def test_a_breach_that_time_brought_waits_for_its_ticket_to_be_read_once_more(desk: Desk) -> None:
    desk = rechecking(desk)
    desk.take(record("t1"), now=MORNING)
    desk.meet(DEADLINE + SECOND)
    found = desk.let_go(DEADLINE + SECOND)
    assert (found.released, found.next_at) == (0, DEADLINE + SECOND + UNCONFIRMED_AFTER)
    desk.write(lambda work: work.rechecks.done(desk.intake.source, ["t1"], DEADLINE + 2 * SECOND))
    assert (desk.let_go(DEADLINE + 2 * SECOND).released, leaving(desk)[0].confirmed) == (1, True)


def test_a_breach_that_nobody_could_confirm_leaves_after_a_minute_and_says_so(desk: Desk) -> None:
    desk = rechecking(desk)
    desk.take(record("t1"), now=MORNING)
    desk.meet(DEADLINE + SECOND)
    assert desk.let_go(DEADLINE + UNCONFIRMED_AFTER).released == 0
    found = desk.let_go(DEADLINE + SECOND + UNCONFIRMED_AFTER)
    assert (found.released, found.unconfirmed, leaving(desk)[0].confirmed) == (1, 1, False)


@pytest.mark.parametrize(
    ("ahead", "waits"),
    [
        pytest.param(RECHECK_LEAD, 0, id="two minutes ahead is enough"),
        pytest.param(RECHECK_LEAD + SECOND, 1, id="more is too long ago"),
    ],
)
def test_a_ticket_read_once_more_shortly_before_its_deadline_is_confirmed(
    desk: Desk, ahead: timedelta, waits: int
) -> None:
    desk = rechecking(desk)
    desk.take(record("t1"), now=MORNING)
    desk.write(lambda work: work.rechecks.done(desk.intake.source, ["t1"], DEADLINE - ahead))
    desk.meet(DEADLINE + SECOND)
    assert desk.let_go(DEADLINE + SECOND).released == 1 - waits


def test_a_risk_needs_no_confirmation(desk: Desk) -> None:
    desk = rechecking(desk)
    desk.take(record("t1"), now=MORNING)
    desk.meet(MORNING + 3 * HOUR)
    assert desk.let_go(MORNING + 3 * HOUR).released == 1


def test_a_breach_that_the_recheck_takes_back_is_never_told(desk: Desk) -> None:
    desk = rechecking(desk)
    desk.take(record("t1"), now=MORNING)
    desk.meet(DEADLINE + SECOND)
    in_time = record("t1", opened(), resolved(DEADLINE - MINUTE))
    desk.take(in_time, now=DEADLINE + 2 * SECOND, cursor="c2", expected="c1")
    assert (desk.let_go(DEADLINE + HOUR).released, desk.pending()) == (0, 0)


def test_more_than_fit_into_one_transaction_leave_one_batch_after_another(desk: Desk) -> None:
    breaches(desk, AT_ONCE + 1)
    desk.take(record("last"), now=LATE, cursor="late", expected=desk.cursor())
    while desk.meet(LATE).looked_at:
        continue
    assert desk.let_go(LATE).released == AT_ONCE + 2


# --- blindness ---


def test_a_source_that_was_not_read_for_long_pages_no_breach_but_itself_once(desk: Desk) -> None:
    breaches(desk, 3)
    read(desk, DEADLINE - 2 * HOUR)
    desk.meet(DEADLINE + SECOND)
    found = desk.look(DEADLINE + SECOND)
    assert (found.released, found.withheld) == (0, {Withheld.SOURCE_STALE: 3})
    (page,) = leaving(desk)
    assert (page.notice.key.step, page.notice.source, page.notice.count) == (Step.SOURCE_BLIND, "snow", 3)
    assert page.notice.since == DEADLINE - 2 * HOUR
    again = desk.look(DEADLINE + HOUR)
    assert (again.told, again.withheld) == ([], {}), "once, and each notice is counted once"


def test_what_is_still_in_breach_when_the_source_can_be_read_again_is_told_late_and_the_rest_never(desk: Desk) -> None:
    breaches(desk, 2)
    read(desk, DEADLINE - HOUR)
    desk.meet(DEADLINE + SECOND)
    desk.look(DEADLINE + SECOND)
    for one in leaving(desk):
        desk.write(lambda work, one=one: work.outbox.delivered(one.id, DEADLINE + MINUTE))  # type: ignore[misc]  # as above
    back = DEADLINE + 2 * HOUR
    solved = record("t000", opened(), resolved(DEADLINE - MINUTE))
    desk.take(solved, now=back, cursor="seen", expected=desk.cursor())
    found = desk.let_go(back)
    assert found.released == 1
    told = leaving(desk)
    assert sorted(steps(told)) == [("", "recovered"), ("T001", "breached")]
    assert [one.notice.late for one in told if one.notice.ticket] == [True]
    assert desk.let_go(back + HOUR).released == 0


def test_after_an_outage_of_our_own_nobody_is_told_of_blindness_before_the_source_had_its_time(desk: Desk) -> None:
    breaches(desk, 1)
    read(desk, DEADLINE - HOUR)
    desk.meet(LATE)
    just_started = desk.look(LATE, started_at=LATE - 4 * MINUTE)
    assert (just_started.released, just_started.told) == (0, [])
    assert len(desk.look(LATE + 2 * MINUTE, started_at=LATE - 4 * MINUTE).told) == 1


def test_a_blind_source_at_which_nothing_falls_due_pages_nobody(desk: Desk) -> None:
    desk.take(record("t1"), now=MORNING)
    read(desk, MORNING)
    desk.meet(MORNING + 3 * HOUR)
    found = desk.look(MORNING + 3 * HOUR)
    assert (found.told, found.withheld) == ([], {Withheld.SOURCE_STALE: 1}), "a risk alone is no reason"


def test_a_source_that_is_blind_a_second_time_is_told_a_second_time(desk: Desk) -> None:
    breaches(desk, 1)
    read(desk, DEADLINE - HOUR)
    desk.meet(LATE)
    first = desk.look(LATE).told
    desk.let_go(LATE + HOUR)
    breaches(desk, 1, "P2", first=5)
    desk.meet(MORNING + 9 * HOUR)
    second = desk.look(MORNING + 9 * HOUR).told
    assert len(first) == len(second) == 1
    assert first != second


def test_what_was_confirmed_before_the_source_went_blind_is_confirmed_anew(desk: Desk) -> None:
    desk = rechecking(desk)
    breaches(desk, 1)
    desk.write(lambda work: work.rechecks.done(desk.intake.source, ["t000"], DEADLINE - MINUTE))
    read(desk, DEADLINE - HOUR)
    desk.meet(LATE)
    desk.look(LATE)
    back = LATE + HOUR
    assert desk.let_go(back).released == 0
    assert desk.let_go(back + UNCONFIRMED_AFTER).unconfirmed == 1


@pytest.mark.parametrize(
    ("source", "database", "released"),
    [
        pytest.param(31, None, 0, id="the source's clock is ahead"),
        pytest.param(-31, None, 0, id="the source's clock is behind"),
        pytest.param(30, 30, 1, id="half a minute says nothing"),
        pytest.param(None, -31, 0, id="the database's clock is behind"),
    ],
)
def test_nothing_leaves_by_a_clock_that_is_wrong_and_all_of_it_once_it_is_right(
    desk: Desk, source: float | None, database: float | None, released: int
) -> None:
    breaches(desk, 1)
    read(desk, LATE)
    if source is not None:
        desk.write(lambda work: work.sources.skewed(desk.intake.source, timedelta(seconds=source)))
    desk.meet(LATE)
    found = desk.look(LATE, skew=None if database is None else timedelta(seconds=database))
    assert found.released == released
    assert found.withheld == ({} if released else {Withheld.CLOCK_SKEW: 1})
    assert found.told == [], "a wrong clock has no page of its own"
    desk.write(lambda work: work.sources.skewed(desk.intake.source, timedelta()))
    assert desk.let_go(LATE + 10 * MINUTE).released == 1 - released
    assert [one.notice.late for one in leaving(desk)] == [not released]


# --- storms ---


def test_a_storm_is_told_one_by_one_up_to_its_limit_and_the_rest_in_one_digest(desk: Desk) -> None:
    breaches(desk, 30, "P2")
    desk.meet(MORNING + 8 * HOUR + SECOND)
    storm = MORNING + 8 * HOUR + SECOND
    found = desk.let_go(storm, storm=20)
    assert (found.released, found.withheld, found.told) == (20, {Withheld.STORM: 10}, [])
    assert found.next_at == storm + GATHERED_FOR, "nothing else wakes whoever makes the digest"
    assert desk.let_go(storm + GATHERED_FOR - SECOND, storm=20).told == []
    assert len(desk.let_go(storm + GATHERED_FOR, storm=20).told) == 1
    told = leaving(desk)
    assert len(told) == 21
    (digest,) = [one.notice for one in told if one.notice.key.step is Step.DIGEST]
    assert (digest.count, digest.vendor_name, digest.since) == (10, "ACME", MORNING + 8 * HOUR)
    assert digest.lines[:2] == ("P2 breached: 10", "T020 (P2 fix)")
    assert desk.pending() == 21, "what was folded is told nobody by itself"


def test_a_digest_says_what_happened_and_has_ended_where_alerts_stand(desk: Desk) -> None:
    desk.take(record("t1"), now=DEADLINE + 25 * HOUR)
    desk.let_go(DEADLINE + 25 * HOUR)
    told = DEADLINE + 25 * HOUR + GATHERED_FOR
    desk.let_go(told)
    told_to(desk, "oncall")
    assert [each.ended_at for each in desk.see(lambda view: view.outbox.standing("oncall"))] == [told]


def test_the_most_urgent_priority_is_never_folded(desk: Desk) -> None:
    breaches(desk, 30, "P1")
    breaches(desk, 5, "P2", first=50)
    desk.meet(MORNING + 9 * HOUR)
    found = desk.let_go(MORNING + 9 * HOUR, storm=20)
    assert (found.released, found.withheld) == (30, {Withheld.STORM: 5})
    assert {one.notice.priority for one in leaving(desk)} == {"P1"}


def test_ten_minutes_later_notices_leave_one_by_one_again(desk: Desk) -> None:
    breaches(desk, 2, "P2")
    desk.meet(MORNING + 9 * HOUR)
    assert desk.let_go(MORNING + 9 * HOUR, storm=2).released == 2
    breaches(desk, 2, "P3", first=50)
    desk.meet(MORNING + 9 * HOUR)
    assert desk.let_go(MORNING + 9 * HOUR + 9 * MINUTE, storm=2).withheld == {Withheld.STORM: 2}
    breaches(desk, 1, "P4", first=70)
    desk.meet(MORNING + 9 * HOUR)
    assert desk.let_go(MORNING + 9 * HOUR + 10 * MINUTE, storm=2).released == 1


def test_digests_of_a_vendor_are_ten_minutes_apart_and_name_the_most_urgent(desk: Desk) -> None:
    breaches(desk, MOST_LINES + 5, "P2")
    now = MORNING + 9 * HOUR
    desk.meet(now)
    desk.let_go(now, storm=1)
    first = now + GATHERED_FOR
    assert len(desk.let_go(first, storm=1).told) == 1
    (digest,) = [one.notice for one in leaving(desk) if one.notice.key.step is Step.DIGEST]
    assert len(digest.lines) == 1 + MOST_LINES
    breaches(desk, 2, "P3", first=80)
    desk.meet(now)
    desk.let_go(first + MINUTE, storm=1)
    assert desk.let_go(first + APART - SECOND, storm=1).told == []
    assert len(desk.let_go(first + APART, storm=1).told) == 1


def test_what_is_older_than_a_day_is_in_a_digest_and_no_page(desk: Desk) -> None:
    desk.take(record("t1"), now=DEADLINE + 25 * HOUR)
    assert desk.let_go(DEADLINE + 25 * HOUR).released == 0
    assert len(desk.let_go(DEADLINE + 25 * HOUR + GATHERED_FOR).told) == 1
    assert [one.notice.key.step for one in leaving(desk)] == [Step.DIGEST]


def test_what_waited_for_a_blind_source_for_more_than_a_day_is_in_a_digest(desk: Desk) -> None:
    breaches(desk, 1)
    read(desk, MORNING)
    desk.meet(LATE)
    desk.look(LATE)
    found = desk.let_go(DEADLINE + 25 * HOUR)
    assert (found.released, found.withheld) == (0, {Withheld.TOO_OLD: 1})


# --- the end of what was told ---


def told_to(desk: Desk, *channels: str) -> list[Notice]:
    """Let channels take what is queued; return it."""
    found = []
    for channel in channels:
        for one in desk.write(lambda work, name=channel: work.outbox.claim(name, LATE + 90 * HOUR, 500, 1.0)):  # type: ignore[misc]  # as above
            desk.write(lambda work, one=one: work.outbox.delivered(one.id, LATE))  # type: ignore[misc]  # as above
            found.append(one.notice)
    return found


def test_whoever_was_told_of_a_clock_is_told_its_end_once(desk: Desk) -> None:
    both = desk.under(desk.rules.agreements, "oncall", "chat")
    both.take(record("t1"), now=MORNING)
    both.meet(MORNING + 3 * HOUR)
    both.let_go(MORNING + 3 * HOUR)
    told_to(both, "oncall", "chat")
    both.meet(LATE)
    both.let_go(LATE)
    told_to(both, "oncall")
    both.take(record("t1", opened(), resolved(LATE + MINUTE)), now=LATE + 2 * MINUTE, cursor="c2", expected="c1")
    (at_oncall,) = told_to(both, "oncall")
    (at_chat,) = told_to(both, "chat")
    assert at_oncall == at_chat
    assert (at_oncall.key.step, at_oncall.at) == (Step.RECOVERED, LATE + MINUTE)
    assert [key.split("/")[-2] for key in at_oncall.of] == ["at_risk", "breached"]
    standing = both.see(lambda view: view.outbox.standing("oncall"))
    assert [each.ended_at for each in standing] == [LATE + MINUTE] * 2
    back = {"id": "back", "at": (LATE + HOUR).isoformat(), "kind": "phase", "by": "customer", "to": "active"}
    again = resolved(LATE + 2 * HOUR, "again")
    both.take(
        record("t1", opened(), resolved(LATE + MINUTE), back, again), now=LATE + 3 * HOUR, cursor="c3", expected="c2"
    )
    assert told_to(both, "oncall", "chat") == []


def test_nobody_is_told_the_end_of_what_never_left(desk: Desk) -> None:
    desk.take(record("t1"), now=MORNING)
    desk.meet(LATE)
    desk.let_go(LATE)
    desk.take(record("t1", opened(), resolved(LATE)), now=LATE + MINUTE, cursor="c2", expected="c1")
    assert (leaving(desk), desk.pending()) == ([], 0)


def test_the_end_of_what_never_left_does_not_stand_for_the_end_of_what_will(desk: Desk) -> None:
    desk.take(record("t1"), now=MORNING)
    desk.meet(MORNING + 3 * HOUR)
    desk.let_go(MORNING + 3 * HOUR)
    solved = resolved(MORNING + 3 * HOUR + MINUTE)
    desk.take(record("t1", opened(), solved), now=MORNING + 3 * HOUR + 2 * MINUTE, cursor="c2", expected="c1")
    back = {"id": "back", "at": (DEADLINE + HOUR).isoformat(), "kind": "phase", "by": "customer", "to": "active"}
    again = DEADLINE + 3 * HOUR
    desk.take(record("t1", opened(), solved, back), now=again, cursor="c3", expected="c2")
    desk.let_go(again)
    assert [each.key.step for each in told_to(desk, "oncall")] == [Step.BREACHED]
    events = (opened(), solved, back, resolved(again, "end"))
    desk.take(record("t1", *events), now=again + MINUTE, cursor="c4", expected="c3")
    assert [each.key.step for each in told_to(desk, "oncall")] == [Step.RECOVERED]


def test_a_ticket_that_cannot_be_measured_ends_nothing(desk: Desk) -> None:
    desk.take(record("t1"), now=MORNING)
    desk.meet(LATE)
    desk.let_go(LATE)
    told_to(desk, "oncall")
    broken = desk.under(agreed(a_target(calendars={})))
    broken.take(record("t1", opened(), message(LATE, "m")), now=LATE + MINUTE, cursor="c2", expected="c1")
    assert [each.ended_at for each in desk.see(lambda view: view.outbox.standing("oncall"))] == [None]
