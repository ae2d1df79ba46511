"""Laws of the clock: what is the same thing said in another way is measured the same."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from syncd.domain import events as e
from syncd.domain.contract import Agreements, Contract, Exclusion, Goal, Maintenance, PriorityMatrix, Revision, Target
from syncd.domain.duration import Counted
from syncd.domain.matrix import matrix_priority
from syncd.domain.measure import measure
from syncd.domain.names import LinkRole, Metric, Party, PauseEvidence, Transition
from syncd.domain.reading import Cycle, Reading
from syncd.domain.timeline import Timeline, in_order
from tests.domain.law_samples import HOUR_US, MATRIX, Case, cases, changed, counted, moments_of

SECOND = timedelta(seconds=1)
NEW_TICKETS = (Transition.NEW_TICKETS,)
spans = st.integers(0, 72 * 3600).map(lambda seconds: seconds * SECOND)


def said(readings: Iterable[Reading], *, revision: bool = True) -> list[Reading]:
    """Readings without when to look again, and without what names the event or revision behind a figure."""
    return [
        reading._replace(
            changes_at=None,
            revision=reading.revision if revision else "",
            cycles=tuple(_said(cycle, revision=revision) for cycle in reading.cycles),
        )
        for reading in readings
    ]


def _said(cycle: Cycle, *, revision: bool) -> Cycle:
    pauses = tuple(replace(pause, event=None) for pause in cycle.pauses)
    return cycle._replace(pauses=pauses, revision=cycle.revision if revision else None)


def _noise(fact: dict[str, Any]) -> st.SearchStrategy[e.TicketEvent]:
    said: list[e.TicketEvent] = [
        e.Rated(**fact, score=3, scale=5),
        e.AttributeChanged(**fact, name="colour", to="red"),
        e.AttributeChanged(**fact, name="colour", to=None),
        e.Linked(**fact, to="T-8", role=LinkRole.CHILD),
        e.Linked(**fact, to="T-8", role=LinkRole.PROBLEM),
    ]
    return st.sampled_from(said)


@st.composite
def with_noise(draw: st.DrawFn, timeline: Timeline) -> Timeline:
    """The same ticket, with events that no clock reads between the others."""
    found: list[e.TicketEvent] = []
    for place, event in enumerate(timeline.events):
        found.append(event)
        following = timeline.events[place + 1].at if place + 1 < len(timeline.events) else event.at
        for more in range(draw(st.sampled_from([0, 0, 1, 2]))):
            when = draw(st.sampled_from([event.at, following, event.at + (following - event.at) / 2]))
            who = draw(st.sampled_from([Party.VENDOR, Party.CUSTOMER, Party.SYSTEM]))
            fact: dict[str, Any] = {"id": f"n{place}.{more}", "at": max(when, found[-1].at), "by": who}
            found.append(draw(_noise(fact)))
    return replace(timeline, events=in_order(replace(event, seq=place) for place, event in enumerate(found)))


@given(cases(), st.data())
def test_events_that_no_clock_reads_change_nothing(case: Case, data: st.DataObject) -> None:
    timeline, agreements = case
    as_of = data.draw(moments_of(timeline))
    noisy = data.draw(with_noise(timeline))
    quiet = said(measure(timeline, agreements, as_of=as_of, spent=True).readings)
    assert said(measure(noisy, agreements, as_of=as_of, spent=True).readings) == quiet


@given(cases(), st.data(), st.booleans())
def test_another_contract_beside_it_changes_nothing(case: Case, data: st.DataObject, first: bool) -> None:
    timeline, agreements = case
    (contract,) = agreements.contracts
    other = replace(contract, id="other", maintenance=(), until=None)
    both = replace(agreements, contracts=(other, contract) if first else (contract, other))
    as_of = data.draw(moments_of(timeline))
    found = measure(timeline, both, as_of=as_of).readings
    mine = tuple(reading for reading in found if reading.contract == contract.id)
    assert mine == measure(timeline, agreements, as_of=as_of).readings


@given(cases(), st.data())
def test_a_target_of_another_name_beside_it_is_measured_the_same(case: Case, data: st.DataObject) -> None:
    timeline, agreements = case
    (contract,) = agreements.contracts

    def doubled(revision: Revision) -> Revision:
        return replace(revision, targets=(*revision.targets, *(replace(of, name="again") for of in revision.targets)))

    def of_both(record: Exclusion) -> Exclusion:
        return replace(record, targets=record.targets | {"again"}) if "promise" in record.targets else record

    twice = replace(contract, revisions=tuple(map(doubled, contract.revisions)))
    both = Agreements((twice,), {}, tuple(map(of_both, agreements.exclusions)))
    as_of = data.draw(moments_of(timeline))
    found = measure(timeline, both, as_of=as_of).readings
    alone = measure(timeline, agreements, as_of=as_of).readings
    assert tuple(reading for reading in found if reading.target != "again") == alone
    again = [reading._replace(target="promise") for reading in found if reading.target == "again"]
    assert again == list(alone)


@given(cases(), st.data(), st.sampled_from(Transition))
def test_a_revision_that_says_the_same_again_changes_nothing(
    case: Case, data: st.DataObject, transition: Transition
) -> None:
    timeline, agreements = case
    (contract,) = agreements.contracts
    first = contract.revisions[0]
    again = replace(first, name="again", effective_from=data.draw(moments_of(timeline)), transition=transition)
    as_of = data.draw(moments_of(timeline))

    def under(*revisions: Revision) -> list[Reading]:
        said_by = replace(agreements, contracts=(replace(contract, revisions=revisions),))
        return said(measure(timeline, said_by, as_of=as_of, spent=True).readings, revision=False)

    assert under(first, again) == under(first)


@given(cases(transitions=NEW_TICKETS), st.data(), spans)
def test_planned_maintenance_counts_as_an_excluded_span_does(
    case: Case, data: st.DataObject, length: timedelta
) -> None:
    timeline, (contract,) = case[0], case[1].contracts
    start, as_of = data.draw(moments_of(timeline)), data.draw(moments_of(timeline))
    record = Exclusion(
        id="x", contract=contract.id, clause="9", author="ada", approver="bob", evidence="letter", start=start,
        end=start + length,
    )  # fmt: skip
    window = Maintenance(start=start, end=start + length)

    def told(planned: tuple[Maintenance, ...], excluded: tuple[Exclusion, ...]) -> list[Reading]:
        agreed: tuple[Contract, ...] = (replace(contract, maintenance=planned),)
        found = said(measure(timeline, Agreements(agreed, {}, excluded), as_of=as_of, spent=True).readings)
        return [
            reading._replace(cycles=tuple(_whatever_the_break(cycle) for cycle in reading.cycles)) for reading in found
        ]

    assert told((window,), ()) == told((), (record,))


def _whatever_the_break(cycle: Cycle) -> Cycle:
    pauses = tuple(
        replace(pause, cause="break") if pause.cause in ("maintenance", "excluded") else pause for pause in cycle.pauses
    )
    return cycle._replace(pauses=pauses, raw=None)


@given(cases(), st.data(), spans, spans)
def test_two_windows_that_touch_are_one(case: Case, data: st.DataObject, one: timedelta, other: timedelta) -> None:
    timeline, agreements = case
    (contract,) = agreements.contracts
    start, as_of = data.draw(moments_of(timeline)), data.draw(moments_of(timeline))

    def under(*windows: Maintenance) -> list[Reading]:
        planned = replace(agreements, contracts=(replace(contract, maintenance=windows),))
        return said(measure(timeline, planned, as_of=as_of, spent=True).readings)

    parts = (Maintenance(start=start + one, end=start + one + other), Maintenance(start=start, end=start + one))
    assert under(*parts) == under(Maintenance(start=start, end=start + one + other))


@given(cases(without=frozenset({e.Absorbed})), st.data())
def test_a_priority_read_from_a_matrix_is_one_like_any_other(case: Case, data: st.DataObject) -> None:
    timeline, agreements = case
    as_of = data.draw(moments_of(timeline))
    found: list[e.TicketEvent] = []
    attributes: dict[str, str] = {}
    for event in timeline.events:
        if isinstance(event, e.Opened):
            attributes = dict(event.attributes)
            found.append(replace(event, priority=_priority(attributes)))
        elif isinstance(event, e.AttributeChanged):
            attributes = {name: value for name, value in attributes.items() if name != event.name}
            if event.to is not None:
                attributes[event.name] = event.to
            stated: dict[str, Any] = {"id": f"{event.id}p", "at": event.at, "by": event.by, "vendor": event.vendor}
            found += [event, e.PriorityChanged(**stated, to=_priority(attributes))]
        elif not isinstance(event, e.PriorityChanged):
            found.append(event)
    stated_outright = replace(timeline, events=in_order(replace(event, seq=place) for place, event in enumerate(found)))

    def told(ticket: Timeline, matrix: PriorityMatrix | None) -> list[Reading]:
        rules = changed(agreements, lambda target: replace(target, priority_from=matrix))
        return [
            reading._replace(cycles=tuple(cycle._replace(refused=()) for cycle in reading.cycles))
            for reading in said(measure(ticket, rules, as_of=as_of, spent=True).readings)
        ]

    assert told(timeline, MATRIX) == told(stated_outright, None)


def _priority(attributes: dict[str, str]) -> str | None:
    impact, urgency = (attributes.get(name) for name in MATRIX.by)
    return matrix_priority(MATRIX, impact, urgency)


@given(cases(goal=counted), st.data(), st.integers(1, 5 * HOUR_US))
def test_what_a_tolerance_forgives_a_goal_as_much_longer_does(case: Case, data: st.DataObject, more: int) -> None:
    """Stops, breaches and verdicts are those of goals that are longer by the tolerance; deadlines are not."""

    def longer(goals: dict[str, Goal] | object) -> dict[str, Goal]:
        assert isinstance(goals, dict)
        return {name: Counted(goal.us + more) if isinstance(goal, Counted) else goal for name, goal in goals.items()}

    def anchored(target: Target) -> Target:
        metric = Metric.RESOLUTION if target.metric is Metric.UPDATE else target.metric
        calendar = target.reopen_calendar or target.calendars["default"]
        return replace(target, metric=metric, reopen_calendar=calendar, tolerance_us=0)

    def stretched(target: Target) -> Target:
        rows = tuple(replace(row, goals=longer(row.goals)) for row in target.arrivals)
        return replace(target, goals=longer(target.goals), arrivals=rows)

    timeline, agreements = case[0], changed(case[1], anchored)
    as_of = data.draw(moments_of(timeline))

    def told(rules: Agreements) -> list[object]:
        return [
            (cycle.started_by, cycle.started_at, cycle.stopped_at, cycle.verdict, cycle.breached_at)
            for reading in measure(timeline, rules, as_of=as_of).readings
            for cycle in reading.cycles
        ]

    forgiving = changed(agreements, lambda target: replace(target, tolerance_us=more))
    assert told(forgiving) == told(changed(agreements, stretched))


@given(cases(transitions=NEW_TICKETS), st.data())
def test_a_cycle_that_stays_ended_is_told_the_same_for_good(case: Case, data: st.DataObject) -> None:
    timeline = case[0]
    agreements = changed(
        case[1],
        lambda target: replace(target, excluded_when={}, pause_evidence=PauseEvidence.AS_RECORDED),
    )
    first, second = sorted([data.draw(moments_of(timeline)), data.draw(moments_of(timeline))])
    before = measure(timeline, agreements, as_of=first, spent=True).readings
    after = {reading.revision: reading for reading in measure(timeline, agreements, as_of=second, spent=True).readings}
    for reading in before:
        if reading.revision not in after:
            continue  # a split since then began the clock anew
        for cycle, later in zip(reading.cycles, after[reading.revision].cycles, strict=False):
            if cycle.stopped_at is not None and _ending(cycle) == _ending(later):
                assert later == cycle


def _ending(cycle: Cycle) -> tuple[object, ...]:
    return (
        cycle.started_at, cycle.stopped_at, cycle.stopped_by, cycle.stage, cycle.false_resolves, cycle.flags,
    )  # fmt: skip
