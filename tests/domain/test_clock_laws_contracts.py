"""Laws of the clock over everything that contracts may say, in a dozen zones near nights on which clocks change.

`test_clock_laws` holds the same laws over the grid that the brute-force reference walks; here tickets and contracts are
drawn wider: every metric, amendments, maintenance, exclusions, merges, children, appointments, evidence.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from syncd.domain import events as e
from syncd.domain.changes import wake_at
from syncd.domain.contract import Agreements, Exclusion, Goal, Maintenance, Target
from syncd.domain.duration import Counted
from syncd.domain.instant import span_us
from syncd.domain.measure import Measurement, measure
from syncd.domain.names import Metric, Party, PriorityChange, Stage, Transition, Verdict
from syncd.domain.reading import Cycle, Reading
from syncd.domain.silence import LISTED
from syncd.domain.timeline import Timeline, in_order
from tests.domain.law_samples import Case, cases, changed, counted, moments_of

TICK = timedelta(microseconds=1)
NOT_AT_ONCE = tuple(each for each in Transition if each is not Transition.WHOLE_PERIOD)
"""Transitions under which the revision that governs a cycle does not hang on when the cycle is decided."""
EXCLUDING = {"excluded_when", "exclusion"}
OVER = (Stage.COMPLETED, Stage.CANCELLED)
RESTARTING = frozenset({e.Split})


def cycles(found: Measurement | Iterable[Reading]) -> list[Cycle]:
    readings = found.readings if isinstance(found, Measurement) else found
    return list(chain.from_iterable(reading.cycles for reading in readings))


def remembering(agreements: Agreements) -> Agreements:
    """The same agreements, none of which judges by the last priority alone."""

    def change(target: Target) -> Target:
        if target.priority_change is PriorityChange.RETROACTIVE:
            return replace(target, priority_change=PriorityChange.EARLIEST_PROMISE)
        return target

    return changed(agreements, change)


@given(cases(without=RESTARTING), st.data())
def test_cycles_never_disappear_and_a_miss_stays(case: Case, data: st.DataObject) -> None:
    timeline, agreements = case[0], remembering(case[1])
    first, second = sorted([data.draw(moments_of(timeline)), data.draw(moments_of(timeline))])
    before = measure(timeline, agreements, as_of=first).readings
    after = {(each.contract, each.target): each for each in measure(timeline, agreements, as_of=second).readings}
    for reading in before:
        later = after[reading.contract, reading.target].cycles
        assert [cycle.started_by for cycle in reading.cycles] == [
            cycle.started_by for cycle in later[: len(reading.cycles)]
        ]
        for cycle, now in zip(reading.cycles, later, strict=False):
            assert (now.number, now.false_resolves >= cycle.false_resolves) == (cycle.number, True)
            if cycle.breached_at is not None:
                assert now.breached_at == cycle.breached_at
                assert now.verdict is Verdict.MISSED or EXCLUDING & {*now.flags}
            assert now.miss_at[: len(cycle.miss_at)] == cycle.miss_at


@given(cases(without=frozenset({e.PriorityChanged, e.Absorbed, *RESTARTING})), st.data())
def test_elapsed_never_shrinks_under_a_constant_priority_without_a_resumption(case: Case, data: st.DataObject) -> None:
    timeline = case[0]
    agreements = changed(case[1], lambda target: replace(target, priority_from=None))
    first, second = sorted([data.draw(moments_of(timeline)), data.draw(moments_of(timeline))])
    before = cycles(measure(timeline, agreements, as_of=first))
    after = cycles(measure(timeline, agreements, as_of=second))
    for cycle, now in zip(before, after, strict=False):
        resumed = cycle.stage in OVER and (now.stage not in OVER or now.stopped_at != cycle.stopped_at)
        if not resumed and now.revision == cycle.revision:
            assert now.elapsed_us >= cycle.elapsed_us


@given(cases(unknown=True), st.data())
def test_permuted_and_repeated_events_change_nothing(case: Case, data: st.DataObject) -> None:
    timeline, agreements = case
    shuffled = data.draw(st.permutations([*timeline.events, *data.draw(st.lists(st.sampled_from(timeline.events)))]))
    as_of = data.draw(moments_of(timeline))
    again = replace(timeline, events=in_order(shuffled))
    assert measure(again, agreements, as_of=as_of) == measure(timeline, agreements, as_of=as_of)


@given(cases(unknown=True), st.data())
def test_split_and_replayed_and_cut_at_the_present_a_ticket_reads_the_same(case: Case, data: st.DataObject) -> None:
    timeline, agreements = case
    cut = data.draw(st.integers(0, len(timeline.events)))
    as_of = data.draw(moments_of(timeline))
    said = measure(timeline, agreements, as_of=as_of)
    joined = in_order(chain(in_order(timeline.events[cut:]), in_order(timeline.events[:cut])))
    assert measure(replace(timeline, events=joined), agreements, as_of=as_of) == said
    known = tuple(event for event in timeline.events if event.at <= as_of)
    assert measure(replace(timeline, events=known), agreements, as_of=as_of) == said


@given(cases(goal=counted, transitions=NOT_AT_ONCE), st.data())
def test_doubled_goals_never_make_a_breach(case: Case, data: st.DataObject) -> None:
    """Of the same cycles: how long a stop may be undone must not hang on which promise binds."""

    def anchored(target: Target) -> Target:
        return replace(target, reopen_calendar=target.reopen_calendar or target.calendars["default"])

    def loosened(target: Target) -> Target:
        arrivals = tuple(replace(row, goals=doubled(row.goals)) for row in target.arrivals)
        return replace(target, goals=doubled(target.goals), arrivals=arrivals)

    timeline, agreements = case[0], changed(case[1], anchored)
    as_of = data.draw(moments_of(timeline))
    tight = cycles(measure(timeline, agreements, as_of=as_of))
    loose = cycles(measure(timeline, changed(agreements, loosened), as_of=as_of))
    assert [cycle.started_by for cycle in tight] == [cycle.started_by for cycle in loose]
    for one, other in zip(tight, loose, strict=True):
        if other.breached_at is not None:
            assert one.breached_at is not None
            assert one.breached_at <= other.breached_at
        assert other.misses <= one.misses


def doubled(goals: dict[str, Goal] | object) -> dict[str, Goal]:
    assert isinstance(goals, dict)
    return {name: Counted(2 * goal.us) if isinstance(goal, Counted) else goal for name, goal in goals.items()}


@given(cases(transitions=NOT_AT_ONCE), st.data())
def test_an_excluded_span_never_makes_a_breach(case: Case, data: st.DataObject) -> None:
    timeline = case[0]
    agreements = changed(
        case[1], lambda target: replace(target, reopen_calendar=target.reopen_calendar or target.calendars["default"])
    )
    start = data.draw(moments_of(timeline))
    record = Exclusion(
        id="more", contract="acme-msp", clause="9", author="ada", approver="bob", evidence="letter", start=start,
        end=start + data.draw(st.integers(0, 72 * 3600)) * timedelta(seconds=1),
    )  # fmt: skip
    as_of = data.draw(moments_of(timeline))
    plain = cycles(measure(timeline, agreements, as_of=as_of))
    spared = cycles(measure(timeline, replace(agreements, exclusions=(*agreements.exclusions, record)), as_of=as_of))
    assert [cycle.started_by for cycle in plain] == [cycle.started_by for cycle in spared]
    for one, other in zip(plain, spared, strict=True):
        if other.breached_at is not None:
            assert one.breached_at is not None
            assert one.breached_at <= other.breached_at


@given(cases(), st.data())
def test_nothing_is_said_anew_before_the_clock_says_to_look_again(case: Case, data: st.DataObject) -> None:
    timeline, agreements = case
    as_of = data.draw(moments_of(timeline))
    known = replace(timeline, events=tuple(event for event in timeline.events if event.at <= as_of))
    readings = measure(known, agreements, as_of=as_of).readings
    wake = wake_at(readings)
    if wake is None:
        later = as_of + data.draw(st.integers(1, 100 * 24 * 3600)) * timedelta(seconds=1)
    else:
        assert wake > as_of
        last = span_us(wake - as_of) - 1
        later = as_of + data.draw(st.just(last) | st.integers(0, last)) * TICK
    assert said(measure(known, agreements, as_of=later).readings) == said(readings)


def said(readings: Iterable[Reading]) -> list[object]:
    """What a reading tells of each cycle, its figures left aside."""
    return [
        (
            cycle.started_by, cycle.verdict, cycle.stage, cycle.stopped_at, cycle.breached_at, cycle.misses,
            cycle.flags, cycle.priority, cycle.revision, at_risk(cycle, reading.as_of),
        )
        for reading in readings
        for cycle in reading.cycles
    ]  # fmt: skip


def at_risk(cycle: Cycle, as_of: datetime) -> bool:
    running = cycle.verdict is Verdict.PENDING and cycle.stage is Stage.RUNNING
    return running and cycle.at_risk_at is not None and cycle.at_risk_at <= as_of


@given(cases(unknown=True), st.data())
def test_a_reading_fits_together(case: Case, data: st.DataObject) -> None:
    timeline, agreements = case
    as_of = data.draw(moments_of(timeline))
    for reading in measure(timeline, agreements, as_of=as_of).readings:
        assert reading.changes_at is None or reading.changes_at > as_of
        found = reading.cycles
        assert [cycle.number for cycle in found] == list(range(1, len(found) + 1))
        assert all(cycle.stage in OVER or "gone" in cycle.flags for cycle in found[:-1])
        for cycle in found:
            fits(cycle, reading, unknown=any(event.by is Party.UNKNOWN for event in timeline.events))


def fits(cycle: Cycle, reading: Reading, *, unknown: bool) -> None:
    over = cycle.stage in OVER
    gone = "gone" in cycle.flags
    assert gone or (cycle.stopped_at is not None) == over
    assert cycle.started_at <= (cycle.stopped_at or reading.as_of) <= reading.as_of
    if not unknown and not EXCLUDING & {*cycle.flags}:
        assert (cycle.breached_at is not None) == (cycle.verdict is Verdict.MISSED)
        assert (cycle.decided_at is not None) == (cycle.verdict in (Verdict.MET, Verdict.MISSED))
    assert cycle.elapsed_us >= 0
    assert cycle.goal_us is not None or cycle.breached_at is None
    assert cycle.breached_at is None or cycle.breached_at <= reading.as_of
    for pause in cycle.pauses:
        assert pause.until is None or pause.start < pause.until
    going_on = bool(cycle.pauses) and cycle.pauses[-1].until is None
    assert gone or (not over and going_on) == (cycle.stage is Stage.PAUSED)
    if cycle.due_at and cycle.late_from:
        assert cycle.due_at <= cycle.late_from
    if reading.metric is Metric.UPDATE and cycle.goal_us:
        assert cycle.misses <= max(0, -(-cycle.elapsed_us // cycle.goal_us) - 1)
        assert len(cycle.miss_at) == min(cycle.misses, LISTED)
        assert sorted(cycle.miss_at) == list(cycle.miss_at)


@given(cases(), st.data())
def test_a_ticket_of_another_source_is_never_measured(case: Case, data: st.DataObject) -> None:
    elsewhere: Timeline = replace(case[0], source="mail")
    found = measure(elsewhere, case[1], as_of=data.draw(moments_of(elsewhere)))
    assert not found.readings
    assert found.uncovered is None or found.uncovered.reason


@given(cases(), st.data(), st.integers(1, 600))
def test_a_planned_window_ahead_is_a_time_to_look_again(case: Case, data: st.DataObject, minutes: int) -> None:
    timeline, agreements = case
    as_of = data.draw(moments_of(timeline))
    start = as_of + timedelta(minutes=minutes)
    (contract,) = agreements.contracts
    ahead = replace(contract, until=None, maintenance=(Maintenance(start=start, end=start + timedelta(hours=1)),))
    for reading in measure(timeline, Agreements((ahead,), {}), as_of=as_of).readings:
        if reading.cycles:
            assert reading.changes_at is not None
            assert as_of < reading.changes_at <= start
