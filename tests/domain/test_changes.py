"""What is worth telling of a ticket's clocks: once each, under a key that nothing renumbers, and to nobody too late."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.domain import events as e
from syncd.domain.changes import Change, Withheld, changes, wake_at
from syncd.domain.contract import Agreements, Target
from syncd.domain.duration import Counted
from syncd.domain.measure import measure
from syncd.domain.names import Awaiting, Metric, Party, Phase, Stops
from syncd.domain.notice import NoticeKey, Step
from syncd.domain.timeline import Timeline
from tests.domain.clock_samples import (
    ACME,
    OFFICE,
    QUARTER_US,
    ROUND_THE_CLOCK,
    a_target,
    agreed,
    at,
    moments_of,
    targets,
    tickets,
)
from tests.domain.clock_samples import ticket as timeline_of

TICK = timedelta(microseconds=1)
OPENED = e.Opened(id="e0", at=at(0), by=Party.CUSTOMER, vendor=ACME, priority="P1")  # 4 h: 16 slots, at risk after 12


def resolved(slot: int) -> e.TicketEvent:
    return e.PhaseChanged(id="r", at=at(slot), by=Party.VENDOR, to=Phase.RESOLVED, awaiting=Awaiting.NOBODY)


def waits(slot: int) -> e.TicketEvent:
    return e.PhaseChanged(id="w", at=at(slot), by=Party.VENDOR, to=Phase.PENDING, awaiting=Awaiting.CUSTOMER)


def news(
    before: datetime, after: datetime, *events: e.TicketEvent, rules: Agreements | None = None, history: bool = False
) -> list[Change]:
    """What is told at `after` of a ticket last looked at `before`, all its events known by then."""
    timeline = timeline_of([OPENED, *events])
    rules = rules or agreed(a_target(pause_while=frozenset({Awaiting.CUSTOMER})))
    earlier = measure(timeline, rules, as_of=before).readings
    later = measure(timeline, rules, as_of=after).readings
    contracts = {contract.id: contract for contract in rules.contracts}
    return changes(earlier, later, timeline, contracts, source_id=7, as_of=after, from_history=history)


@pytest.mark.parametrize(
    ("before", "after", "events", "told"),
    [
        pytest.param(at(1), at(11), [], [], id="nothing while three quarters are not used up"),
        pytest.param(at(1), at(12), [], [(Step.AT_RISK, at(12), None)], id="at risk from three quarters on"),
        pytest.param(at(12), at(13), [], [], id="at risk is told once"),
        pytest.param(at(13), at(16), [], [], id="nothing on the due instant"),
        pytest.param(at(13), at(16) + TICK, [], [(Step.BREACHED, at(16), None)], id="breached just after it"),
        pytest.param(at(16) + TICK, at(40), [], [], id="a breach is told once"),
        pytest.param(at(1), at(20), [], [(Step.BREACHED, at(16), None)], id="late, only the breach"),
        pytest.param(at(1), at(13), [waits(12)], [], id="no risk while paused"),
        pytest.param(at(1), at(20), [resolved(14)], [], id="solved in time"),
        pytest.param(at(1), at(20), [resolved(18)], [(Step.BREACHED, at(16), Withheld.OVER)], id="missed but over"),
        pytest.param(at(1), at(16 + 96), [], [(Step.BREACHED, at(16), None)], id="a breach of 24 hours ago"),
        pytest.param(at(1), at(16 + 96) + TICK, [], [(Step.BREACHED, at(16), Withheld.TOO_OLD)], id="an older one"),
    ],
)
def test_what_is_told(
    before: datetime, after: datetime, events: list[e.TicketEvent], told: list[tuple[Step, datetime, Withheld | None]]
) -> None:
    assert [(each.notice.key.step, each.notice.at, each.withheld) for each in news(before, after, *events)] == told


def test_a_ticket_seen_for_the_first_time_is_all_news() -> None:
    timeline = timeline_of([OPENED])
    rules = agreed(a_target())
    readings = measure(timeline, rules, as_of=at(13)).readings
    found = changes((), readings, timeline, {"acme-msp": rules.contracts[0]}, source_id=7, as_of=at(13))
    assert [each.notice.key.step for each in found] == [Step.AT_RISK]


def test_history_tells_nobody() -> None:
    assert [each.withheld for each in news(at(1), at(20), history=True)] == [Withheld.HISTORY]


@pytest.mark.parametrize(
    ("notify_from", "withheld"),
    [
        pytest.param(at(16), None, id="a breach at the first instant of telling is told"),
        pytest.param(at(16) + TICK, Withheld.BEFORE_NOTIFY_FROM, id="one before it is not"),
    ],
)
def test_breaches_before_notify_from_tell_nobody(notify_from: datetime, withheld: Withheld | None) -> None:
    contract = agreed(a_target()).contracts[0]
    rules = agreed(revisions=(replace(contract.revisions[0], notify_from=notify_from),))
    assert [each.withheld for each in news(at(1), at(20), rules=rules)] == [withheld]


def test_a_notice_says_what_it_is_about() -> None:
    (change,) = news(at(1), at(20))
    notice = change.notice
    assert notice.key == NoticeKey(
        source_id=7,
        ticket_id="1",
        contract="acme-msp",
        target="fix",
        started_by="e0",
        priority="P1",
        step=Step.BREACHED,
    )
    assert (notice.source, notice.ticket, notice.vendor, notice.vendor_name) == ("desk", "T-1", ACME, "ACME")
    assert (timedelta(microseconds=notice.goal_us), timedelta(microseconds=notice.elapsed_us)) == (
        timedelta(hours=4),
        timedelta(hours=5),
    )
    assert (notice.priority, notice.due_at, notice.late) == ("P1", at(16), True)


@pytest.mark.parametrize(
    ("after", "late"),
    [
        pytest.param(at(16) + timedelta(minutes=5), False, id="five minutes after the fact is not late"),
        pytest.param(at(16) + timedelta(minutes=5) + TICK, True, id="more is"),
    ],
)
def test_a_late_notice_says_so(after: datetime, late: bool) -> None:
    assert [change.notice.late for change in news(at(13), after)] == [late]


def test_the_key_of_a_cycle_names_the_event_that_began_it_not_its_number() -> None:
    reopened = e.PhaseChanged(id="again", at=at(2000), by=Party.CUSTOMER, to=Phase.ACTIVE, awaiting=Awaiting.VENDOR)
    (change,) = news(at(2001), at(2020), resolved(4), reopened)
    assert (change.notice.key.started_by, change.notice.at) == ("again", at(2016))


def test_another_promise_is_another_notice() -> None:
    """P1 at risk was told; P3, which the ticket became, is at risk on its own."""
    later = news(at(12), at(24), e.PriorityChanged(id="p", at=at(13), by=Party.CUSTOMER, to="P3"))
    assert [(change.notice.key.priority, change.notice.key.step) for change in later] == [("P3", Step.AT_RISK)]


def first_look(target: Target, slot: int, *events: Any) -> datetime | None:
    return wake_at(measure(timeline_of(events), agreed(target), as_of=at(slot)).readings)


@pytest.mark.parametrize(
    ("slot", "events", "expected"),
    [
        pytest.param(1, [OPENED], at(12), id="when it will be at risk"),
        pytest.param(12, [OPENED], at(16) + TICK, id="then just after it is late"),
        pytest.param(16, [OPENED], at(16) + TICK, id="on the due instant still"),
        pytest.param(17, [OPENED], None, id="never once it is missed"),
        pytest.param(3, [OPENED, waits(2)], None, id="never while it is paused"),
        pytest.param(3, [OPENED, resolved(2)], None, id="never once it is over"),
    ],
)
def test_when_to_look_again(slot: int, events: list[e.TicketEvent], expected: datetime | None) -> None:
    assert first_look(a_target(pause_while=frozenset({Awaiting.CUSTOMER})), slot, *events) == expected


def test_the_first_promise_to_break_wakes_even_if_another_is_due_first() -> None:
    """P3 is due at closing time and late in the morning; P1, in force beside it, breaks in the evening."""
    four_hours = a_target().goals["P1"]
    target = a_target(goals={"P1": four_hours, "P3": four_hours}, calendars={"P1": ROUND_THE_CLOCK, "P3": OFFICE})
    opened = e.Opened(id="e0", at=at(54), by=Party.CUSTOMER, vendor=ACME, priority="P3")
    raised = e.PriorityChanged(id="up", at=at(66), by=Party.CUSTOMER, to="P1")
    (reading,) = measure(timeline_of([opened, raised]), agreed(target), as_of=at(72)).readings
    (cycle,) = reading.cycles
    assert (cycle.priority, cycle.due_at, cycle.late_from) == ("P3", at(70), at(96 + 36))
    assert cycle.breaks_at == at(66 + 16)
    assert wake_at([reading]) == at(66 + 16) + TICK


def test_strict_a_pause_on_the_due_instant_does_not_hide_the_breach() -> None:
    strict = a_target(strict_due=True, pause_while=frozenset({Awaiting.CUSTOMER}))
    assert first_look(strict, 16, OPENED, waits(16)) == at(16) + TICK


@given(tickets(), targets(), st.data())
def test_nothing_is_told_twice(timeline: Timeline, target: Target, data: st.DataObject) -> None:
    rules = agreed(target)
    contracts = {contract.id: contract for contract in rules.contracts}
    as_of = data.draw(moments_of(timeline))
    readings = measure(timeline, rules, as_of=as_of).readings
    assert changes(readings, readings, timeline, contracts, source_id=7, as_of=as_of) == []
    found = changes((), readings, timeline, contracts, source_id=7, as_of=as_of)
    assert len({change.notice.key for change in found}) == len(found)


def test_a_keys_text_holds_no_ambiguous_slash() -> None:
    key = NoticeKey(
        source_id=7,
        ticket_id="a/b%",
        contract="c",
        target="t",
        started_by="e",
        priority="P1",
        step=Step.AT_RISK,
        ordinal=2,
    )
    assert key.text() == "7/a%2Fb%25/c/t/e/P1/at_risk/2"


def test_each_miss_of_a_silence_is_a_notice_of_its_own_counted_from_one() -> None:
    rules = agreed(a_target(metric=Metric.UPDATE, goals={"P1": Counted(4 * QUARTER_US)}))
    first = news(at(1), at(6), rules=rules)
    assert [(each.notice.key.step, each.notice.key.ordinal, each.notice.at) for each in first] == [
        (Step.BREACHED, 1, at(4))
    ]
    later = news(at(6), at(13), rules=rules)
    assert [(each.notice.key.ordinal, each.notice.at) for each in later] == [(2, at(8)), (3, at(12))]


def test_a_clock_that_will_say_something_else_by_itself_is_looked_at_then() -> None:
    target = a_target(stops=Stops.CLOSED, confirm_within=Counted(8 * QUARTER_US), reopen_calendar=ROUND_THE_CLOCK)
    readings = measure(timeline_of([OPENED, resolved(2)]), agreed(target), as_of=at(4)).readings
    assert wake_at(readings) == at(10) + TICK
