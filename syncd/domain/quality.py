"""What holes in a ticket's history do to a verdict: unknown is a verdict, never a silent "met"."""

from datetime import datetime

from syncd.domain.contract import Target
from syncd.domain.endings import ANSWERING, RESPONDING
from syncd.domain.names import Children, Metric, PauseEvidence, Quality, Starts, Stops, Verdict
from syncd.domain.reading import Cycle
from syncd.domain.timeline import Timeline

_STATE = frozenset({"opened", "phase", "priority", "handed_over", "notified", "split", "merged", "gone"})
_ANSWERS = frozenset({"message", "acknowledged"})


def doubted(cycle: Cycle, timeline: Timeline, target: Target, *, as_of: datetime) -> Cycle:
    """Return a cycle with its verdict unverifiable where a hole in the history could change it, else flagged.

    A hole matters when it lies between the ticket's opening and the instant that decided the verdict, and may hide what
    starts, stops or pauses the metric: what came after a breach undoes none, unless the last priority decides alone. A
    response already met stays met whatever answers are missing: another one could only have come earlier.
    """
    if timeline.quality is Quality.FULL:
        return cycle
    flagged = cycle._replace(flags=(*cycle.flags, timeline.quality.value))
    if cycle.verdict not in (Verdict.MET, Verdict.MISSED):
        return flagged
    settled = cycle.stopped_at or as_of
    if cycle.breached_at is not None and not target.retroactive:
        settled = cycle.breached_at
    opened = timeline.events[0].at
    missing: set[str] = set()
    # Whether the attribute that chose the calendar at the start may have been another one.
    chosen = False
    for gap in timeline.gaps:
        if gap.start <= settled and gap.end > opened:
            missing |= gap.missing
            chosen = chosen or ("attribute" in gap.missing and gap.start <= cycle.started_at)
    missing &= _relevant(target)
    if chosen and target.calendar_by is not None:
        missing.add("attribute")
    if cycle.verdict is Verdict.MET and (target.metric in RESPONDING or target.metric is Metric.UPDATE):
        missing -= _ANSWERS
    return flagged._replace(verdict=Verdict.UNVERIFIABLE) if missing else flagged


def _relevant(target: Target) -> frozenset[str]:
    kinds = _STATE | {"absorbed"}
    if target.priority_from is not None or target.not_before is not None or target.excluded_when:
        kinds |= {"attribute"}
    if target.children is not Children.EACH:
        kinds |= {"linked"}
    if target.metric in ANSWERING or target.pause_evidence is PauseEvidence.REQUIRED:
        kinds |= _ANSWERS
    if target.metric in ANSWERING:
        return kinds
    if target.metric is Metric.RESTORATION or target.stops is Stops.WORKAROUND:
        kinds |= {"workaround"}
    return kinds | {"acknowledged"} if target.starts is Starts.ACKNOWLEDGED else kinds
