"""How a run stands: cut into segments, what came of its promises, and the one that binds."""

from typing import NamedTuple

from syncd.domain.history import History
from syncd.domain.matching import Match
from syncd.domain.merging import taken_over
from syncd.domain.outcome import Outcome
from syncd.domain.promises import binding_of, outcomes_of
from syncd.domain.run import Run
from syncd.domain.segments import Segment, segments_of


class Judgement(NamedTuple):
    """A run cut into segments, what came of its promises, and the one that binds; `end` is its stop or the present."""

    segments: list[Segment]
    outcomes: list[Outcome]
    binding: Outcome | None
    end: int


def judge(history: History, run: Run, match: Match) -> Judgement:
    """Return how a run stands as of `history.now`."""
    end = history.now if run.ended_at is None else run.ended_at
    segments = segments_of(history, run, match)
    outcomes = outcomes_of(segments, match.target)
    if run.absorbed:
        outcomes += taken_over(history, run, segments, match.target)
    return Judgement(segments, outcomes, binding_of(outcomes, end), end)
