"""Laws of the clock: whatever happens to a ticket and whatever was agreed, these hold."""

from dataclasses import replace
from datetime import timedelta
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.changes import wake_at
from syncd.domain.contract import Target
from syncd.domain.duration import Counted
from syncd.domain.events import Opened, PhaseChanged, Split
from syncd.domain.instant import span_us
from syncd.domain.measure import Measurement, measure
from syncd.domain.names import OPEN_PHASES, Counts, Metric, Party, PriorityChange, Stage, Verdict
from syncd.domain.reading import Cycle
from syncd.domain.timeline import Timeline, in_order
from tests.domain.clock_samples import CALENDARS, QUARTER, a_target, agreed, moments_of, parties, targets, tickets

CLOCKS = (Metric.FIRST_RESPONSE, Metric.RESOLUTION)
REMEMBERING = tuple(policy for policy in PriorityChange if policy is not PriorityChange.RETROACTIVE)
"""Policies that remember what was broken; `retroactive` judges by the last priority alone."""

anyone = st.one_of(parties, st.just(Party.UNKNOWN))
TICK = timedelta(microseconds=1)


def cycles(measurement: Measurement) -> list[Cycle]:
    return list(chain.from_iterable(reading.cycles for reading in measurement.readings))


def told_by(timeline: Timeline, target: Target, data: st.DataObject) -> tuple[list[Cycle], list[Cycle]]:
    """What is said of a ticket at two instants, the earlier one first."""
    first, second = sorted([data.draw(moments_of(timeline)), data.draw(moments_of(timeline))])
    rules = agreed(target)
    return cycles(measure(timeline, rules, as_of=first)), cycles(measure(timeline, rules, as_of=second))


@given(tickets(), targets(), st.sampled_from(REMEMBERING), st.data())
def test_a_reading_never_runs_backwards(
    timeline: Timeline, target: Target, policy: PriorityChange, data: st.DataObject
) -> None:
    if any(isinstance(event, Split) for event in timeline.events):
        return  # a split moves the start itself
    earlier, later = told_by(timeline, replace(target, priority_change=policy), data)
    assert len(later) >= len(earlier)
    for before, after in zip(earlier, later, strict=False):
        assert (after.number, after.started_at, after.started_by) == (
            before.number, before.started_at, before.started_by,
        )  # fmt: skip
        assert after.false_resolves >= before.false_resolves
        if before.priority == after.priority and policy is not PriorityChange.FROM_CHANGE:
            assert after.elapsed_us >= before.elapsed_us
        if before.verdict is Verdict.MISSED:
            assert (after.verdict, after.breached_at) == (Verdict.MISSED, before.breached_at)


@given(tickets(who=anyone), targets(), st.data())
def test_permuted_and_repeated_events_change_nothing(timeline: Timeline, target: Target, data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations([*timeline.events, *data.draw(st.lists(st.sampled_from(timeline.events)))]))
    as_of = data.draw(moments_of(timeline))
    again = replace(timeline, events=in_order(shuffled))
    assert measure(again, agreed(target), as_of=as_of) == measure(timeline, agreed(target), as_of=as_of)


@given(tickets(who=anyone), targets(), st.data())
def test_what_is_later_than_as_of_changes_nothing(timeline: Timeline, target: Target, data: st.DataObject) -> None:
    as_of = data.draw(moments_of(timeline))
    known = replace(timeline, events=tuple(event for event in timeline.events if event.at <= as_of))
    assert measure(known, agreed(target), as_of=as_of) == measure(timeline, agreed(target), as_of=as_of)


@given(tickets(who=anyone), targets(), st.data())
def test_a_timeline_read_in_two_parts_gives_the_same(timeline: Timeline, target: Target, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(timeline.events)))
    as_of = data.draw(moments_of(timeline))
    parts = [in_order(timeline.events[:cut]), in_order(timeline.events[cut:])]
    joined = replace(timeline, events=in_order(chain(*parts)))
    assert measure(joined, agreed(target), as_of=as_of) == measure(timeline, agreed(target), as_of=as_of)


@given(tickets(), st.sampled_from(CLOCKS), st.sampled_from(CALENDARS), st.sampled_from(Counts), st.data())
def test_elapsed_and_paused_and_out_of_hours_are_all_the_time_there_is(
    timeline: Timeline, metric: Metric, calendar: ServiceCalendar, counts: Counts, data: st.DataObject
) -> None:
    """Of a clock with one goal and one calendar for every priority, whose ticket is never opened again."""
    events = []
    was_shut = False
    for event in timeline.events:
        phase = event.phase if isinstance(event, Opened) else event.to if isinstance(event, PhaseChanged) else None
        if not (was_shut and phase in OPEN_PHASES):
            events.append(event)
            was_shut = was_shut or phase not in (None, *OPEN_PHASES)
    timeline = replace(timeline, events=tuple(events))
    target = a_target(
        metric=metric, counts=counts, calendars={"default": calendar}, priority_change=PriorityChange.AT_CREATION,
        goals=dict.fromkeys(["P1", "P2", "P3", "P4", "P10"], Counted(span_us(8 * QUARTER))),
    )  # fmt: skip
    as_of = data.draw(moments_of(timeline))
    for cycle in cycles(measure(timeline, agreed(target), as_of=as_of)):
        if cycle.goal_us is None or "gone" in cycle.flags:
            continue
        end = cycle.stopped_at or as_of
        running = [(cycle.started_at, end)]
        for pause in cycle.pauses:
            start, _ = running.pop()
            running += [(start, pause.start), (pause.until or end, end)]
        wall = sum((until - since for since, until in running), timedelta())
        shut = sum((until - since - calendar.counted(since, until) for since, until in running), timedelta())
        assert cycle.elapsed_us == span_us(wall - shut)


@given(tickets(), targets(), st.data())
def test_doubled_goals_never_make_a_breach(timeline: Timeline, target: Target, data: st.DataObject) -> None:
    """It holds for every policy: goals decide neither what counts nor, with one grace calendar, what resumes."""
    counted = {name: goal for name, goal in target.goals.items() if isinstance(goal, Counted)}
    if len(counted) < len(target.goals):
        return
    target = replace(target, reopen_calendar=target.reopen_calendar or CALENDARS[0])
    doubled = replace(target, goals={name: Counted(2 * goal.us) for name, goal in counted.items()})
    as_of = data.draw(moments_of(timeline))
    tight = cycles(measure(timeline, agreed(target), as_of=as_of))
    loose = cycles(measure(timeline, agreed(doubled), as_of=as_of))
    assert len(tight) == len(loose)
    for one, other in zip(tight, loose, strict=True):
        if other.breached_at is not None:
            assert one.breached_at is not None
            assert one.breached_at <= other.breached_at


@given(tickets(), targets(), st.data())
def test_nothing_becomes_true_before_the_clock_says_to_look_again(
    timeline: Timeline, target: Target, data: st.DataObject
) -> None:
    """Without further events, no clock is at risk or missed before `wake_at`, and at it one is."""
    as_of = data.draw(moments_of(timeline))
    rules = agreed(target)
    known = replace(timeline, events=tuple(event for event in timeline.events if event.at <= as_of))
    found = measure(known, rules, as_of=as_of).readings
    wake = wake_at(found)

    def reached(measurement: Measurement) -> list[tuple[bool, bool]]:
        return [
            (
                cycle.verdict is Verdict.MISSED,
                bool(cycle.at_risk_at and cycle.at_risk_at <= measurement.readings[0].as_of),
            )
            for cycle in cycles(measurement)
        ]

    now = reached(measure(known, rules, as_of=as_of))
    if wake is None:
        assert reached(measure(known, rules, as_of=as_of + 2000 * QUARTER)) == now
        return
    assert wake > as_of
    assert reached(measure(known, rules, as_of=wake)) != now
    before = data.draw(st.integers(0, span_us(wake - as_of) - 1))
    assert reached(measure(known, rules, as_of=as_of + before * TICK)) == now


@given(tickets(), targets(), st.data())
def test_a_reading_fits_together(timeline: Timeline, target: Target, data: st.DataObject) -> None:
    as_of = data.draw(moments_of(timeline))
    found = cycles(measure(timeline, agreed(target), as_of=as_of))
    assert [cycle.number for cycle in found] == list(range(1, len(found) + 1))
    assert all(cycle.stage in (Stage.COMPLETED, Stage.CANCELLED) for cycle in found[:-1])
    for cycle in found:
        over = cycle.stage in (Stage.COMPLETED, Stage.CANCELLED)
        assert (cycle.stopped_at is not None) == over
        assert (cycle.breached_at is not None) == (cycle.verdict is Verdict.MISSED)
        assert (cycle.decided_at is not None) == (cycle.verdict in (Verdict.MET, Verdict.MISSED))
        assert (cycle.goal_us is None) <= (cycle.verdict is not Verdict.MISSED)
        assert cycle.started_at <= (cycle.stopped_at or as_of) <= as_of
        for pause in cycle.pauses:
            assert pause.until is None or pause.start < pause.until
        assert (not over and bool(cycle.pauses) and cycle.pauses[-1].until is None) == (cycle.stage is Stage.PAUSED)
        if cycle.due_at and cycle.late_from:
            assert cycle.due_at <= cycle.late_from
