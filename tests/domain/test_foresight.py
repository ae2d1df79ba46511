"""What a clock says of the future and of when: instants that `syncd measure` does not print, by hand.

Slots are quarter hours from Monday 2026-03-02, 00:00 UTC on; a target promises 16 of them for P1 and 32 for all others.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from syncd.domain import events as e
from syncd.domain.contract import Maintenance, Target
from syncd.domain.duration import Counted
from syncd.domain.history import fold
from syncd.domain.matching import matches
from syncd.domain.measure import measure
from syncd.domain.names import (
    Awaiting,
    GoneReason,
    Metric,
    Party,
    PauseEvidence,
    PeriodBy,
    Phase,
    PriorityChange,
    Stops,
    Transition,
)
from syncd.domain.reading import Cycle, Pause, Reading
from syncd.domain.working import workings_behind
from tests.domain.clock_samples import ACME, OFFICE, QUARTER_US, ROUND_THE_CLOCK, a_target, agreed, at, ticket

MICROSECOND = timedelta(microseconds=1)
FIX = a_target(pause_while=frozenset({Awaiting.CUSTOMER}))
TOLERANT = replace(FIX, tolerance_us=4 * QUARTER_US)
STRICT = replace(FIX, strict_due=True)
UPDATE = a_target(metric=Metric.UPDATE, goals={"default": Counted(8 * QUARTER_US)})
CONFIRMED = a_target(stops=Stops.CLOSED, confirm_within=Counted(16 * QUARTER_US))
# P3 is due at 17:30, closing time, and late on Tuesday at 09:00; P1, due later, breaks before that.
TWO = a_target(
    goals={"P1": Counted(16 * QUARTER_US), "P3": Counted(8 * QUARTER_US)},
    calendars={"P1": ROUND_THE_CLOCK, "default": OFFICE},
)
# Each breaks half an hour of its own calendar after it is due: P3 at 17:15 and on Tuesday 09:15, P1 at 19:30 and 20:00.
TWO_STRICT = replace(TWO, strict_due=True, tolerance_us=2 * QUARTER_US)


def opened(slot: int = 0, **more: Any) -> e.Opened:
    stated: dict[str, Any] = {
        "id": "e0",
        "at": at(slot),
        "by": Party.CUSTOMER,
        "vendor": ACME,
        "priority": "P2",
        **more,
    }
    return e.Opened(**stated)


def phase(slot: int, to: Phase, awaiting: Awaiting = Awaiting.VENDOR) -> e.PhaseChanged:
    return e.PhaseChanged(id=f"p{slot}", at=at(slot), by=Party.VENDOR, to=to, awaiting=awaiting)


def upgrade(slot: int) -> e.PriorityChanged:
    return e.PriorityChanged(id=f"u{slot}", at=at(slot), by=Party.CUSTOMER, to="P1")


def waits(slot: int) -> e.PhaseChanged:
    return phase(slot, Phase.PENDING, Awaiting.CUSTOMER)


def resolved(slot: int) -> e.PhaseChanged:
    return phase(slot, Phase.RESOLVED)


GONE = e.Gone(id="g", at=at(4), by=Party.SYSTEM, reason=GoneReason.DELETED)


def reading(target: Target, events: list[e.TicketEvent], now: int, **terms: Any) -> Reading:
    (found,) = measure(ticket(events), agreed(target, **terms), as_of=at(now)).readings
    return found


def cycle(target: Target, events: list[e.TicketEvent], now: int, **terms: Any) -> Cycle:
    return reading(target, events, now, **terms).cycles[0]


def slot_of(instant: datetime | None) -> float | None:
    return None if instant is None else (instant - at(0)) / (at(1) - at(0))


@pytest.mark.parametrize(
    ("target", "events", "now", "slot"),
    [
        pytest.param(FIX, [opened()], 8, 24, id="three quarters of the goal ahead"),
        pytest.param(FIX, [opened()], 28, 24, id="three quarters of the goal behind"),
        pytest.param(FIX, [opened()], 40, 24, id="of a cycle that is missed by now"),
        pytest.param(FIX, [opened(), waits(8)], 12, None, id="unknown while paused before it"),
        pytest.param(FIX, [opened(), waits(26)], 30, 24, id="known while paused after it"),
        pytest.param(FIX, [opened(), waits(8), phase(12, Phase.ACTIVE)], 14, 28, id="put off by a pause"),
        pytest.param(FIX, [opened(), resolved(28)], 30, None, id="not of a cycle that stopped"),
        pytest.param(FIX, [opened(priority=None)], 8, None, id="not without a promise"),
        pytest.param(STRICT, [opened()], 8, 24, id="the same where instants are compared"),
    ],
)
def test_a_cycle_is_at_risk_from(target: Target, events: list[e.TicketEvent], now: int, slot: int | None) -> None:
    assert slot_of(cycle(target, events, now).at_risk_at) == slot


@pytest.mark.parametrize(
    ("target", "events", "now", "slot"),
    [
        pytest.param(FIX, [opened()], 8, 32, id="at the goal"),
        pytest.param(TOLERANT, [opened()], 8, 36, id="at goal and tolerance"),
        pytest.param(STRICT, [opened()], 8, 32, id="at the due instant where instants are compared"),
        pytest.param(FIX, [opened(), waits(8)], 12, None, id="never while paused"),
        pytest.param(STRICT, [opened(), waits(32)], 32, 32, id="at the due instant though paused from then on"),
        pytest.param(FIX, [opened(), resolved(28)], 30, None, id="never after the stop"),
        pytest.param(FIX, [opened()], 40, None, id="not once more after the miss"),
        pytest.param(TWO, [opened(62, priority="P3"), upgrade(64)], 65, 80, id="with the promise that breaks first"),
        pytest.param(TWO_STRICT, [opened(61, priority="P3"), upgrade(62)], 65, 80,
                     id="with the promise whose tolerance ends first"),
        pytest.param(FIX, [opened(), GONE], 10, None, id="never once the ticket is gone"),
        pytest.param(UPDATE, [opened()], 4, 8, id="a silence at its goal"),
        pytest.param(UPDATE, [opened()], 20, 24, id="a silence at its next whole goal"),
        pytest.param(UPDATE, [opened(), waits(12)], 20, None, id="no silence while paused"),
        pytest.param(UPDATE, [opened(), resolved(12)], 20, None, id="no silence after its end"),
    ],
)  # fmt: skip
def test_a_cycle_breaks_at(target: Target, events: list[e.TicketEvent], now: int, slot: int | None) -> None:
    assert slot_of(cycle(target, events, now).breaks_at) == slot


@pytest.mark.parametrize(
    ("events", "slot"),
    [
        pytest.param([opened(), resolved(28)], 28, id="met at the stop"),
        pytest.param([opened()], 32, id="missed at the breach"),
        pytest.param([opened(), waits(8)], None, id="not while pending"),
        pytest.param([opened(), resolved(36)], 32, id="missed at the breach though stopped later"),
    ],
)
def test_a_cycle_is_decided(events: list[e.TicketEvent], slot: int | None) -> None:
    assert slot_of(cycle(FIX, events, 40).decided_at) == slot


WINDOW = {"maintenance": (Maintenance(start=at(20), end=at(24)),)}
FIRST = agreed(FIX).contracts[0].revisions[0]
SECOND = replace(FIRST, name="second", effective_from=at(20), transition=Transition.RUNNING_FROM_DATE)
AMENDED = {"revisions": (FIRST, SECOND)}
EVIDENCED = replace(FIX, pause_evidence=PauseEvidence.REQUIRED)
LATER = {"requested_for": at(30).isoformat()}


@pytest.mark.parametrize(
    ("target", "events", "terms", "now", "expected"),
    [
        pytest.param(FIX, [opened()], {}, 8, None, id="never by itself"),
        pytest.param(CONFIRMED, [opened(), resolved(8)], {}, 10, at(24) + MICROSECOND,
                     id="after the last instant at which a resolve can be rejected"),
        pytest.param(CONFIRMED, [opened(), resolved(8)], {}, 25, None, id="no more when it is confirmed"),
        pytest.param(FIX, [opened()], WINDOW, 8, at(20), id="when maintenance begins"),
        pytest.param(FIX, [opened()], WINDOW, 20, at(24), id="when maintenance ends"),
        pytest.param(FIX, [opened()], WINDOW, 24, None, id="no more after maintenance"),
        pytest.param(FIX, [opened()], {"until": at(16)}, 8, at(16) + MICROSECOND, id="after the contract's end"),
        pytest.param(FIX, [opened()], {"until": at(16)}, 16, at(16) + MICROSECOND, id="at the contract's end too"),
        pytest.param(FIX, [opened()], {"until": at(16)}, 17, None, id="no more when the contract is over"),
        pytest.param(FIX, [opened()], {"until": at(22), **WINDOW}, 8, at(20), id="at the first of several"),
        pytest.param(FIX, [opened()], AMENDED, 8, at(20), id="at the date of an amendment"),
        pytest.param(FIX, [opened()], AMENDED, 20, None, id="no more from that date on"),
        pytest.param(EVIDENCED, [opened(), waits(8)], {}, 8, at(9) + MICROSECOND,
                     id="when a question can support a pause no more"),
        pytest.param(EVIDENCED, [opened(), waits(8)], {}, 10, None, id="no more when a pause is refused"),
        pytest.param(replace(FIX, not_before="requested_for"), [opened(attributes=LATER)], {}, 8, at(30),
                     id="at the appointment"),
    ],
)  # fmt: skip
def test_a_clock_says_something_else_by_itself(
    target: Target, events: list[e.TicketEvent], terms: dict[str, Any], now: int, expected: datetime | None
) -> None:
    assert reading(target, events, now, **terms).changes_at == expected


def test_only_a_silence_has_misses() -> None:
    found = cycle(FIX, [opened()], 100)
    assert (found.misses, found.miss_at, found.begun, found.begun_at) == (0, (), 0, ())


def test_a_pause_names_the_event_behind_it_and_a_planned_one_none() -> None:
    events: list[e.TicketEvent] = [opened(), waits(8), phase(12, Phase.ACTIVE), waits(28)]
    assert cycle(FIX, events, 30, **WINDOW).pauses == (
        Pause(at(8), at(12), "customer", "p8"),
        Pause(at(20), at(24), "maintenance", None),
        Pause(at(28), None, "customer", "p28"),
    )


def test_what_was_counted_is_told_in_stretches_none_of_them_empty() -> None:
    """A change back and forth leaves no seam, and running for no time within a pause leaves no stretch."""
    back = e.PriorityChanged(id="b", at=at(4), by=Party.CUSTOMER, to="P2")
    again = e.PhaseChanged(id="w", at=at(12), by=Party.VENDOR, to=Phase.PENDING, awaiting=Awaiting.CUSTOMER)
    rules = agreed(replace(FIX, priority_change=PriorityChange.FROM_START))
    events: list[e.TicketEvent] = [
        opened(),
        upgrade(4),
        back,
        waits(8),
        phase(12, Phase.ACTIVE),
        again,
        phase(16, Phase.ACTIVE),
    ]
    history = fold(ticket(events), as_of=at(20))
    (match,) = matches(history, rules)
    (said,) = measure(history.timeline, rules, as_of=at(20)).readings
    working = workings_behind(history, said, rules.contracts[0], match, ())[1]
    stretches = [(slot_of(each.start), slot_of(each.end), each.counted_us // QUARTER_US) for each in working.stretches]
    assert stretches == [(0, 8, 8), (16, 20, 4)]


@pytest.mark.parametrize(
    ("period_by", "stop", "slot"),
    [
        pytest.param(PeriodBy.DECIDED, 28, 28, id="its stop when met"),
        pytest.param(PeriodBy.DECIDED, 40, 32, id="its breach when missed"),
        pytest.param(PeriodBy.STOPPED, 40, 40, id="its stop though missed"),
        pytest.param(PeriodBy.DEADLINE, 28, 32, id="its deadline though met"),
        pytest.param(PeriodBy.DEADLINE, 40, 32, id="its deadline"),
        pytest.param(PeriodBy.CREATED, 40, 0, id="its start"),
    ],
)
def test_a_cycle_is_put_into_a_period_by(period_by: PeriodBy, stop: int, slot: int) -> None:
    found = cycle(replace(FIX, period_by=period_by), [opened(), resolved(stop)], 50)
    assert slot_of(found.decided_at) == slot
