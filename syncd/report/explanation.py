"""Why a ticket's clocks say what they say, as plain text for somebody who was not there."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from syncd.domain.contract import Agreements, Contract, Goal, Target
from syncd.domain.duration import Counted
from syncd.domain.endings import RESPONDING
from syncd.domain.history import fold
from syncd.domain.matching import Match, matches
from syncd.domain.measure import measure
from syncd.domain.names import Metric, Verdict
from syncd.domain.reading import Cycle, Reading
from syncd.domain.timeline import Timeline
from syncd.domain.timeline_format import instant_text
from syncd.domain.working import Working, workings_of
from syncd.report.durations import duration_text
from syncd.report.event_words import event_words

WIDTH = 118

_VERDICTS: Mapping[Verdict, str] = {
    Verdict.MET: "MET",
    Verdict.MISSED: "MISSED",
    Verdict.PENDING: "PENDING: open, and not late so far",
    Verdict.EXCLUDED: "EXCLUDED: cancelled before it was missed",
    Verdict.UNVERIFIABLE: "UNVERIFIABLE: what is not known of the history could change the verdict",
}


def explain(
    timeline: Timeline, agreements: Agreements, *, as_of: datetime, withdrawn: frozenset[str] = frozenset()
) -> str:
    """Return the explanation of every clock on a ticket; instants in each contract's own time zone."""
    history = fold(timeline, as_of=as_of)
    found = measure(timeline, agreements, as_of=as_of)
    by_target = {(match.contract.id, match.target.name): match for match in matches(history, agreements)}
    zone = next((match.contract.time_zone for match in by_target.values()), "UTC")
    lines = [*_head(timeline, zone, as_of), "", *_timeline(timeline, zone, as_of, withdrawn)]
    if found.uncovered is not None:
        lines += ["", f"No contract measures this ticket: {found.uncovered.reason}."]
    for reading in found.readings:
        match = by_target[reading.contract, reading.target]
        workings = {working.number: working for working in workings_of(history, match, as_of=as_of)}
        lines += ["", *_reading(reading, match, workings)]
    return "\n".join(lines) + "\n"


def _head(timeline: Timeline, zone: str, as_of: datetime) -> Iterator[str]:
    yield f"Ticket {timeline.ticket} of source {timeline.source}" + (f"  {timeline.url}" if timeline.url else "")
    yield f"As of {local(as_of, zone)} {zone} ({instant_text(as_of)}); history: {timeline.quality.value}"
    for gap in timeline.gaps:
        missing = ", ".join(sorted(gap.missing))
        yield f"  may lack {missing} from {local(gap.start, zone)} until {local(gap.end, zone)}"


def _timeline(timeline: Timeline, zone: str, as_of: datetime, withdrawn: frozenset[str]) -> Iterator[str]:
    yield f"What happened (times in {zone})"
    for event in timeline.events:
        note = ""
        if event.id in withdrawn:
            note = "  [the source no longer shows this; it still counts]"
        if event.at > as_of:
            note += "  [after the instant asked about: not seen]"
        yield f"  {local(event.at, zone)}  {event.by.value:<11}  {event_words(event)}  (event {event.id}){note}"


def _reading(reading: Reading, match: Match, workings: Mapping[int, Working]) -> Iterator[str]:
    target = match.target
    yield (
        f"Contract {reading.contract}, revision {reading.revision}, target {target.name} ({target.metric.value}), "
        f"vendor {match.contract.vendor.name}"
    )
    yield from _listed("  promised: ", promised(target))
    yield from _listed("  terms:    ", terms(target))
    for flag in reading.flags:
        yield f"  flag:     {flag}"
    for rejected in reading.rejected:
        at = local(rejected.at, match.contract.time_zone)
        yield f"  not a response: {rejected.reason}, {at} (event {rejected.event})"
    if not reading.cycles:
        yield "  This clock has not started."
    for cycle in reading.cycles:
        yield from _cycle(cycle, match.contract, workings.get(cycle.number))


def _listed(label: str, items: Iterator[str]) -> Iterator[str]:
    """Yield items side by side, as many to a line as a terminal shows."""
    line = label
    for item in items:
        if len(line) > len(label) and len(line) + len(item) > WIDTH:
            yield line.rstrip()
            line = " " * len(label)
        line += f"{item}; "
    yield line.rstrip("; ")


def _cycle(cycle: Cycle, contract: Contract, working: Working | None) -> Iterator[str]:
    zone = contract.time_zone
    yield f"  Cycle {cycle.number}: {_VERDICTS[cycle.verdict]}"
    yield f"    started   {local(cycle.started_at, zone)} (event {cycle.started_by})"
    if cycle.stopped_at is not None:
        yield f"    {cycle.stage.value:<9} {local(cycle.stopped_at, zone)} (event {cycle.stopped_by or 'contract end'})"
    else:
        yield f"    {cycle.stage.value}"
    if working is not None:
        yield from _working(cycle, working, zone)
    for pause in cycle.pauses:
        until = "now" if pause.until is None else local(pause.until, zone)
        yield f"    paused    {local(pause.start, zone)} until {until}: {pause.cause} (event {pause.event})"
    yield from _result(cycle, zone)
    if cycle.false_resolves:
        yield f"    resolved in vain {cycle.false_resolves} time(s) before"
    if cycle.flags:
        yield f"    flags     {', '.join(cycle.flags)}"


def _working(cycle: Cycle, working: Working, zone: str) -> Iterator[str]:
    for promise in working.promises:
        fate = "in force" if promise.in_force else "dropped"
        if promise.broken_at is not None:
            fate = f"broken {local(promise.broken_at, zone)}"
        binding = "  <- decides" if promise.binding else ""
        yield (
            f"    promise   {promise.priority}: {duration_text(promise.goal_us)} on calendar {promise.calendar}, from "
            f"{local(promise.in_force_from, zone)}; counted {duration_text(promise.elapsed_us)}; {fate}{binding}"
        )
    for stretch in working.stretches:
        yield (
            f"    counted   {local(stretch.start, zone)} until {local(stretch.end, zone)}: "
            f"{duration_text(stretch.counted_us)}"
        )
    if cycle.priority is None:
        yield "    the ticket's priority has no goal in this target"


def _result(cycle: Cycle, zone: str) -> Iterator[str]:
    if cycle.goal_us is None:
        return
    left = cycle.goal_us - cycle.elapsed_us
    balance = f"{duration_text(left)} left" if left >= 0 else f"exceeded by {duration_text(-left)}"
    yield f"    elapsed   {duration_text(cycle.elapsed_us)} of {duration_text(cycle.goal_us)}: {balance}"
    if cycle.first_due_at is not None and cycle.first_due_at != cycle.due_at:
        yield f"    first due {local(cycle.first_due_at, zone)}, as it looked at the start"
    if cycle.due_at is not None:
        late = "" if cycle.late_from in (None, cycle.due_at) else f"; late from {local(cycle.late_from, zone)}"
        yield f"    due       {local(cycle.due_at, zone)}{late}"
    if cycle.due_if_resumed is not None:
        yield f"    due       {local(cycle.due_if_resumed, zone)} if it resumed now"
    if cycle.breached_at is not None:
        yield f"    breached  {local(cycle.breached_at, zone)}"
    if cycle.period is not None:
        yield f"    counts in period {cycle.period}"


def promised(target: Target) -> Iterator[str]:
    """Yield each goal with its calendar, in words."""
    for priority, goal in target.goals.items():
        calendar = target.calendar(priority).name
        yield f"{priority} within {goal_text(goal)} on calendar {calendar}"


def goal_text(goal: Goal) -> str:
    """Return a goal in words."""
    if isinstance(goal, Counted):
        return duration_text(goal.us)
    return f"{goal.days} working day{'s' if goal.days > 1 else ''} ({goal.due.value})"


def terms(target: Target) -> Iterator[str]:
    """Yield every policy that the target is measured by, with the value used."""
    yield f"starts {target.starts.value}"
    if target.metric in RESPONDING:
        yield f"acknowledgement {target.acknowledgement.value}"
        yield f"relayed {target.relayed.value}"
    if target.metric in (Metric.RESOLUTION, Metric.RESTORATION):
        yield f"stops {target.stops.value}"
    paused = ", ".join(sorted(target.pause_while)) or "nobody"
    yield f"pause_while {paused}"
    yield f"pause_evidence {target.pause_evidence.value}"
    yield f"priority_change {target.priority_change.value}"
    yield f"reopen {target.reopen.value} with a grace of {goal_text(target.reopen_grace)}"
    yield f"strict_due {'true' if target.strict_due else 'false'}"
    yield f"tolerance {duration_text(target.tolerance_us)}"
    yield f"counts {target.counts.value}"
    yield f"period_by {target.period_by.value}"


def local(instant: datetime | None, zone: str) -> str:
    """Return an instant as wall-clock time of a zone, with its offset where the hour alone could mislead."""
    if instant is None:
        return "never"
    there = instant.astimezone(ZoneInfo(zone))
    text = there.strftime("%Y-%m-%d %H:%M:%S")
    if there.microsecond:
        text += f".{there.microsecond:06d}"
    twice = there.utcoffset() != there.replace(fold=1 - there.fold).utcoffset()
    return f"{text} {there:%z}" if twice else text
