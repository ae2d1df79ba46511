"""Which promise binds at each stop of a run, found going on from the stop before, is what judging it anew finds."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.domain.clock import view_of
from syncd.domain.history import fold
from syncd.domain.judgement import Standing, judge
from syncd.domain.matching import matches
from syncd.domain.merging import TAKES_OVER, note_merges
from syncd.domain.names import Metric, Transition
from syncd.domain.run import Run, Stop
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
