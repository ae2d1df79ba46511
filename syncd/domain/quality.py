"""What holes in a ticket's history do to a verdict: unknown is a verdict, never a silent "met"."""

from dataclasses import replace
from datetime import datetime

from syncd.domain.contract import Target
from syncd.domain.endings import RESPONDING
from syncd.domain.names import Metric, Quality, Verdict
from syncd.domain.reading import Cycle
from syncd.domain.timeline import Timeline

_STATE = frozenset({"opened", "phase", "priority", "handed_over", "notified", "merged", "gone"})
_ANSWERS = frozenset({"message", "acknowledged"})


def doubted(cycle: Cycle, timeline: Timeline, target: Target, *, as_of: datetime) -> Cycle:
    """Return a cycle with its verdict unverifiable where a hole in the history could change it, else flagged.

    A hole matters when it touches the cycle and may hide what starts, stops or pauses its metric. A response already
    met stays met whatever answers are missing: another one could only have come earlier.
    """
    if timeline.quality is Quality.FULL:
        return cycle
    flagged = replace(cycle, flags=(*cycle.flags, timeline.quality.value))
    end = cycle.stopped_at or as_of
    missing: set[str] = set()
    for gap in timeline.gaps:
        if gap.start <= end and gap.end > cycle.started_at:
            missing |= gap.missing
    missing &= _relevant(target)
    settled = cycle.verdict in (Verdict.MET, Verdict.MISSED)
    safe = cycle.verdict is Verdict.MET and target.metric in RESPONDING and missing <= _ANSWERS
    if missing and settled and not safe:
        return replace(flagged, verdict=Verdict.UNVERIFIABLE)
    return flagged


def _relevant(target: Target) -> frozenset[str]:
    if target.metric in RESPONDING:
        return _STATE | _ANSWERS
    if target.metric is Metric.RESTORATION or target.stops == "workaround":
        return _STATE | {"workaround"}
    return _STATE
