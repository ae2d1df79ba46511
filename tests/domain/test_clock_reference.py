"""The engine says of every clock what walking its life slot by slot finds."""

from dataclasses import replace
from datetime import datetime
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.domain.contract import Target
from syncd.domain.measure import measure
from syncd.domain.names import Metric, PriorityChange, Starts
from syncd.domain.reading import Cycle
from syncd.domain.timeline import Timeline
from tests.domain.clock_reference import expected, slot
from tests.domain.clock_reference_promises import SLOT_US, Verdict
from tests.domain.clock_samples import ACME, GRID, agreed, moments_of, targets, tickets


def place(instant: datetime | None) -> int | None:
    return None if instant is None else slot(instant)


def slots(us: int | None) -> int | None:
    if us is None:
        return None
    whole, rest = divmod(us, SLOT_US)
    assert not rest
    return whole


def found(cycle: Cycle) -> Verdict:
    return Verdict(
        number=cycle.number,
        priority=cycle.priority,
        started_at=slot(cycle.started_at),
        stopped_at=place(cycle.stopped_at),
        stage=cycle.stage.value,
        verdict=cycle.verdict.value,
        goal=slots(cycle.goal_us),
        elapsed=slots(cycle.elapsed_us) or 0,
        first_due_at=place(cycle.first_due_at),
        due_at=place(cycle.due_at),
        due_if_resumed=place(cycle.due_if_resumed),
        late_from=place(cycle.late_from),
        breached_at=place(cycle.breached_at),
        pauses=tuple((slot(pause.start), place(pause.until), pause.cause) for pause in cycle.pauses),
        started_by=cycle.started_by,
        stopped_by=cycle.stopped_by,
        false_resolves=cycle.false_resolves,
        flags=cycle.flags,
    )


def compare(timeline: Timeline, target: Target, as_of: datetime) -> None:
    readings = measure(timeline, agreed(target), as_of=as_of).readings
    cycles = [found(cycle) for cycle in chain.from_iterable(reading.cycles for reading in readings)]
    assert cycles == expected(timeline, target, ACME, as_of, GRID)


METRICS = [Metric.RESOLUTION, Metric.FIRST_RESPONSE, Metric.RESTORATION, Metric.ACKNOWLEDGEMENT]


@pytest.mark.parametrize("metric", METRICS)
@settings(max_examples=150)
@given(data=st.data())
def test_the_engine_agrees_with_brute_force(metric: Metric, data: st.DataObject) -> None:
    timeline = data.draw(tickets())
    target = data.draw(targets([metric]))
    compare(timeline, target, data.draw(moments_of(timeline)))


@pytest.mark.parametrize("policy", PriorityChange)
@settings(max_examples=150)
@given(data=st.data())
def test_promises_agree_with_brute_force(policy: PriorityChange, data: st.DataObject) -> None:
    """Tickets of which little but the priority, the turn and the phase changes, so that promises do."""
    timeline = data.draw(tickets(kinds=("priority", "priority", "phase")))
    target = replace(data.draw(targets([Metric.RESOLUTION])), starts=Starts.VENDOR_NOTIFIED, priority_change=policy)
    compare(timeline, target, data.draw(moments_of(timeline)))
