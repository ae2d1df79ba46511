"""How a run stands: cut into segments, what came of its promises, and the one that binds."""

from typing import NamedTuple

from syncd.domain.endings import STOPPED
from syncd.domain.history import History, Moment
from syncd.domain.matching import Match
from syncd.domain.merging import TAKES_OVER, TakenOver, note_merges, taken_over
from syncd.domain.outcome import Outcome
from syncd.domain.promises import Promises, binding_of, outcomes_of
from syncd.domain.run import Run, Stop
from syncd.domain.segments import Cutters, Segment, interrupted, segments_of, terms_of


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


class Standing:
    """What binds a run at each of its stops, asked in order: what lies behind the last one is not judged again."""

    __slots__ = ("_cutters", "_final", "_history", "_match", "_merged", "_promises", "run")

    def __init__(self, history: History, run: Run, match: Match) -> None:
        self.run, self._history, self._match = run, history, match
        self._begin(None)

    def binding_at(self, stop: Stop) -> Outcome | None:
        """Return the promise that binds at a stop."""
        match, history = self._match, self._history
        if match.target.retroactive:
            final = history.moments[stop.place - 1]
            if self._final is None or self._final.priority != final.priority:
                self._begin(final)
        merges = history.absorbed and match.target.metric in TAKES_OVER
        if merges and match.amendments:
            # What merges bring is counted anew from the date of each amendment.
            run = stop.run.as_at(stop)
            note_merges(history, [run])
            return judge(history, run, match).binding
        settled = self._with_breaks(self._cutters.through(stop.run.spans, stop.place, stop.at))
        for segment in settled:
            self._promises.take(segment)
        ahead = self._with_breaks(self._cutters.open_until(stop.at))
        binding = self._promises.binding_with(ahead, stop.at)
        if not merges:
            return binding
        self._merged.note_before(stop.run, stop.place)
        self._merged.take(settled)
        outcomes = self._merged.fork().outcomes(ahead)
        return binding_of(outcomes if binding is None else [binding, *outcomes], stop.at)

    def _begin(self, final: Moment | None) -> None:
        match, moments = self._match, self._history.moments
        self._final = final
        self._cutters = Cutters(moments, terms_of(self.run, match), match.contract.vendor.id, final)
        self._promises = Promises(match.target)
        self._merged = TakenOver(self._history, self.run.started_at, match.target)

    def _with_breaks(self, segments: list[Segment]) -> list[Segment]:
        breaks = self._match.breaks
        return interrupted(segments, breaks, ending=STOPPED) if breaks and segments else segments
