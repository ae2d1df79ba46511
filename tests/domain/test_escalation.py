"""Whom a contract wants told when: its rows are reached as the clock counts, and each goes to whom it names."""

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from syncd.domain import events as e
from syncd.domain.changes import Change, Withheld, changes, level_of, wake_at
from syncd.domain.contract import Agreements, Escalation, Target
from syncd.domain.duration import Counted
from syncd.domain.escalation import recipients
from syncd.domain.measure import measure
from syncd.domain.names import Awaiting, Metric, Party, Phase
from syncd.domain.notice import NoticeKey, Step
from tests.domain.clock_samples import ACME, OFFICE, QUARTER_US, a_target, agreed, at
from tests.domain.clock_samples import ticket as timeline_of

TICK = timedelta(microseconds=1)
OPENED = e.Opened(id="e0", at=at(0), by=Party.CUSTOMER, vendor=ACME, priority="P1")  # 4 h: 16 slots, at risk after 12
HALF = Escalation(text="50%", to=("desk",), share=Fraction(1, 2))
RISK = Escalation(text="75%", to=("desk", "lead"), share=Fraction(3, 4))
BREACH = Escalation(text="breach", to=("oncall", "lead"), after_us=0)
LATER = Escalation(text="after 3600s", to=("director",), after_us=4 * QUARTER_US)  # an hour


def under(*rows: Escalation, **terms: Any) -> Agreements:
    """A contract with these rows, whose clock stands still while the customer is awaited."""
    target = a_target(**{"pause_while": frozenset({Awaiting.CUSTOMER}), **terms})
    revision = agreed(target).contracts[0].revisions[0]
    return agreed(revisions=(replace(revision, escalation=rows),))


def phase(key: str, slot: int, to: Phase, awaiting: Awaiting) -> e.TicketEvent:
    return e.PhaseChanged(id=key, at=at(slot), by=Party.VENDOR, to=to, awaiting=awaiting)


def waits(slot: int) -> e.TicketEvent:
    return phase("w", slot, Phase.PENDING, Awaiting.CUSTOMER)


def goes_on(slot: int) -> e.TicketEvent:
    return phase("g", slot, Phase.ACTIVE, Awaiting.VENDOR)


def resolved(slot: int) -> e.TicketEvent:
    return phase("r", slot, Phase.RESOLVED, Awaiting.NOBODY)


def news(rules: Agreements, before: datetime, after: datetime, *events: e.TicketEvent) -> list[Change]:
    timeline = timeline_of([OPENED, *events])
    earlier, later = (measure(timeline, rules, as_of=each).readings for each in (before, after))
    contracts = {contract.id: contract for contract in rules.contracts}
    return changes(earlier, later, timeline, contracts, source_id=7, as_of=after)


ROWS = (HALF, RISK, BREACH, LATER)


@pytest.mark.parametrize(
    ("before", "after", "events", "told"),
    [
        pytest.param(1, at(8) - TICK, [], [], id="nothing before half of it is used up"),
        pytest.param(1, at(8), [], [("escalated", "50%", at(8))], id="half of the goal"),
        pytest.param(8, at(12), [], [("at_risk", "", at(12))], id="the share of the risk is no row of its own"),
        pytest.param(12, at(16) + TICK, [], [("breached", "", at(16))], id="nor is the breach"),
        pytest.param(17, at(20) - TICK, [], [], id="nothing within the hour after it"),
        pytest.param(17, at(20), [], [("escalated", "after 3600s", at(20))], id="an hour after the breach"),
        pytest.param(20, at(90), [], [], id="each row once"),
        pytest.param(
            1, at(30), [], [("breached", "", at(16)), ("escalated", "after 3600s", at(20))],
            id="late, only what is so now",
        ),
        pytest.param(17, at(30), [waits(18)], [], id="not while nobody can act"),
        pytest.param(
            17, at(40), [waits(18), goes_on(30)], [("escalated", "after 3600s", at(32))],
            id="a pause does not bring it nearer",
        ),
        pytest.param(17, at(30), [resolved(18)], [], id="not once it is over"),
        pytest.param(1, at(30), [waits(4)], [], id="no share is used up while paused"),
    ],
)  # fmt: skip
def test_what_is_told_by_the_table(
    before: int, after: datetime, events: list[e.TicketEvent], told: list[tuple[str, str, datetime]]
) -> None:
    found = news(under(*ROWS), at(before), after, *events)
    assert [(each.notice.key.step.value, each.notice.key.detail, each.notice.at) for each in found] == told


def test_time_after_a_breach_is_counted_on_the_clocks_own_calendar() -> None:
    """Opened in the office's last hour: two hours of it are over in the morning, and the next one after that."""
    target = a_target(calendars={"default": OFFICE}, goals={"P1": Counted(4 * QUARTER_US)})
    rules = under(Escalation(text="after 1800s", to=("director",), after_us=2 * QUARTER_US), calendars=target.calendars,
                  goals=target.goals)  # fmt: skip
    opened = e.Opened(id="e0", at=at(68), by=Party.CUSTOMER, vendor=ACME, priority="P1")
    timeline = timeline_of([opened])
    (reading,) = measure(timeline, rules, as_of=at(100)).readings
    (cycle,) = reading.cycles
    (rung,) = cycle.rungs
    assert OFFICE.counted_us(_us(68), _us_of(rung.at)) == 6 * QUARTER_US
    assert OFFICE.in_service(_us_of(rung.at) - 1)


def _us(slot: int) -> int:
    return _us_of(at(slot))


def _us_of(instant: datetime) -> int:
    return round(instant.timestamp() * 1_000_000)


@pytest.mark.parametrize(
    ("slot", "events", "expected"),
    [
        pytest.param(1, [], at(8), id="when half of it will be used up"),
        pytest.param(8, [], at(12), id="then when it is at risk"),
        pytest.param(13, [], at(16) + TICK, id="then just after it is late"),
        pytest.param(17, [], at(20), id="then an hour later"),
        pytest.param(20, [], None, id="then never"),
        pytest.param(18, [waits(17)], None, id="never while it is paused"),
    ],
)
def test_when_to_look_again(slot: int, events: list[e.TicketEvent], expected: datetime | None) -> None:
    assert wake_at(measure(timeline_of([OPENED, *events]), under(*ROWS), as_of=at(slot)).readings) == expected


def test_a_promise_that_broke_and_was_dropped_goes_on_to_nobody() -> None:
    lowered = e.PriorityChanged(id="p", at=at(18), by=Party.CUSTOMER, to="P3")
    assert news(under(*ROWS), at(17), at(40), lowered) == []


def test_the_end_of_a_notify_from_counts_for_rows_as_well() -> None:
    rules = under(LATER)
    revision = replace(rules.contracts[0].revisions[0], notify_from=at(20) + TICK)
    (change,) = news(agreed(revisions=(revision,)), at(17), at(21))
    assert change.withheld is Withheld.BEFORE_NOTIFY_FROM


def key(step: Step, detail: str = "") -> NoticeKey:
    return NoticeKey(
        source_id=7, ticket_id="1", contract="acme-msp", target="fix", started_by="e0", priority="P1", step=step,
        detail=detail,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "step", "detail", "names"),
    [
        pytest.param((), Step.BREACHED, "", None, id="without a table it says nothing of a breach"),
        pytest.param((), Step.AT_RISK, "", None, id="nor of a risk"),
        pytest.param(ROWS, Step.BREACHED, "", ("oncall", "lead"), id="a breach goes to whom its row names"),
        pytest.param(ROWS, Step.AT_RISK, "", ("desk", "lead"), id="a risk to the row of its share"),
        pytest.param(ROWS, Step.ESCALATED, "50%", ("desk",), id="another share to its own row"),
        pytest.param(ROWS, Step.ESCALATED, "after 3600s", ("director",), id="what comes later to its own"),
        pytest.param((HALF, BREACH), Step.AT_RISK, "", (), id="another share in place of the risk's tells it nobody"),
        pytest.param((BREACH, LATER), Step.AT_RISK, "", ("oncall", "lead"), id="without shares it goes with breaches"),
        pytest.param((LATER,), Step.BREACHED, "", None, id="a table without the breach says nothing of it"),
        pytest.param((LATER,), Step.AT_RISK, "", None, id="nor of the risk"),
        pytest.param((BREACH, replace(BREACH, to=("boss", "lead"))), Step.BREACHED, "", ("oncall", "lead", "boss"),
                     id="two rows of one instant are one"),
    ],
)  # fmt: skip
def test_whom_a_notice_goes_to(
    rows: tuple[Escalation, ...], step: Step, detail: str, names: tuple[str, ...] | None
) -> None:
    assert recipients(key(step, detail), under(*rows).contracts[0].revisions[0]) == names


def test_the_key_of_a_row_names_it() -> None:
    assert key(Step.ESCALATED, "50%").text() == "7/1/acme-msp/fix/e0/P1/escalated/0/50%25"


@pytest.mark.parametrize(("priority", "level"), [("P1", 1), ("P3", 2), ("P9", 3)])
def test_a_level_counts_from_the_most_urgent_priority_that_the_contract_names(priority: str, level: int) -> None:
    four = Counted(16 * QUARTER_US)
    target: Target = a_target(goals={"P3": four, "P1": four, "default": four})
    assert level_of(agreed(target).contracts[0], priority) == level


def test_rows_stand_beside_the_silences_of_an_update_clock() -> None:
    rules = under(LATER, metric=Metric.UPDATE, goals={"P1": Counted(4 * QUARTER_US)})
    found = news(rules, at(1), at(9))
    assert [(each.notice.key.step.value, each.notice.key.ordinal, each.notice.at) for each in found] == [
        ("breached", 1, at(4)), ("breached", 2, at(8)), ("escalated", 0, at(8)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("now", "rungs"),
    [
        pytest.param(4, {"50%": at(8), "after 3600s": at(20)}, id="running"),
        pytest.param(6, {}, id="paused before every row"),
        pytest.param(12, {"50%": at(10), "after 3600s": at(22)}, id="running again"),
        pytest.param(16, {"50%": at(10)}, id="paused between two rows"),
    ],
)
def test_rows_lie_ahead_as_far_as_the_clock_runs(now: int, rungs: dict[str, datetime]) -> None:
    timeline = timeline_of([OPENED, waits(5), goes_on(7), phase("again", 14, Phase.PENDING, Awaiting.CUSTOMER)])
    (reading,) = measure(timeline, under(*ROWS), as_of=at(now)).readings
    assert {rung.text: rung.at for rung in reading.cycles[0].rungs} == rungs
