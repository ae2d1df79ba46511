"""Which promise binds at each stop of a run, found going on from the stop before, is what judging it anew finds."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.domain import events as e
from syncd.domain.clock import view_of
from syncd.domain.duration import Counted
from syncd.domain.history import fold
from syncd.domain.judgement import Standing, judge
from syncd.domain.matching import matches
from syncd.domain.merging import TAKES_OVER, note_merges
from syncd.domain.names import Awaiting, Metric, Party, Phase, Transition
from syncd.domain.run import Run, Stop
from tests.domain.clock_samples import ACME, QUARTER_US, a_target, agreed, at, ticket
from tests.domain.clock_samples_contracts import questions


def stops_of(run: Run) -> Iterator[Stop]:
    """Each stop of a run, with the run as it stood there."""
    for place, span in enumerate(run.spans):
        if span.end is not None and span.last is not None:
            yield Stop(Run(run.number, run.started_by, run.spans[: place + 1]), span.end, span.last, None)


@pytest.mark.parametrize("metric", Metric)
@given(data=st.data())
def test_a_run_judged_on_from_its_last_stop_is_judged_as_anew(metric: Metric, data: st.DataObject) -> None:
    timeline, agreements, as_of = data.draw(questions(metric, (None, Transition.RUNNING_FROM_DATE), most=20))
    history = fold(timeline, as_of=as_of)
    for match in matches(history, agreements):
        view = view_of(history, match)
        for run in view.found.runs:
            standing = Standing(view.history, run, view.match)
            for stop in stops_of(run):
                anew = stop.run.as_at(stop)
                if metric in TAKES_OVER:
                    note_merges(view.history, [anew])
                found, expected = standing.binding_at(stop), judge(view.history, anew, view.match).binding
                assert (found is None) == (expected is None)
                if found is not None and expected is not None:
                    assert (found.priority, found.calendar, found.goal, found.elapsed, found.due, found.broken) == (
                        expected.priority, expected.calendar, expected.goal, expected.elapsed, expected.due,
                        expected.broken,
                    )  # fmt: skip


def changed(slot: int, to: str) -> e.PriorityChanged:
    return e.PriorityChanged(id=f"to {to}", at=at(slot), by=Party.CUSTOMER, to=to)


@pytest.mark.parametrize(
    ("first", "later", "amendments", "priority", "elapsed"),
    [
        pytest.param("P2", [], [(10, {"P2": 99}), (20, {"P2": 98})], "P2", 30, id="all between two of them counts"),
        pytest.param("P2", [], [(30, {"P2": 1})], "P2", 30, id="one at the very instant of the stop judges nothing"),
        pytest.param("P1", [changed(20, "P2")], [(20, {"P1": 1, "P2": 99})], "P2", 30,
                     id="what was left behind as one began makes no promise under it"),
    ],
)  # fmt: skip
def test_under_amendments_a_stop_is_judged_by_what_counted_until_then(
    first: str, later: list[e.TicketEvent], amendments: list[tuple[int, dict[str, int]]], priority: str, elapsed: int
) -> None:
    (revision,) = agreed(a_target(goals={"default": Counted(99 * QUARTER_US)})).contracts[0].revisions
    dated = [
        replace(
            revision, name=f"{slot}", effective_from=at(slot), transition=Transition.RUNNING_FROM_DATE,
            targets=(a_target(goals={name: Counted(quarters * QUARTER_US) for name, quarters in goals.items()}),),
        )
        for slot, goals in amendments
    ]  # fmt: skip
    opened = e.Opened(id="e0", at=at(0), by=Party.CUSTOMER, vendor=ACME, priority=first)
    resolved = e.PhaseChanged(id="r", at=at(30), by=Party.VENDOR, to=Phase.RESOLVED, awaiting=Awaiting.NOBODY)
    history = fold(ticket([opened, *later, resolved]), as_of=at(40))
    (match,) = matches(history, agreed(revisions=(revision, *dated)))
    (run,) = view_of(history, match).found.runs
    (stop,) = stops_of(run)
    binding = Standing(history, run, match).binding_at(stop)
    assert binding is not None
    assert (binding.priority, binding.elapsed // QUARTER_US, binding.broken) == (priority, elapsed, None)
