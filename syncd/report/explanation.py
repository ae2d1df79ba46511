"""Why a ticket's clocks say what they say, as plain text for somebody who was not there."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from syncd.domain.contract import Agreements, Contract
from syncd.domain.counted_once import measure_in
from syncd.domain.instant_text import instant_text
from syncd.domain.ledger import totals
from syncd.domain.linking import ALONE, Incident
from syncd.domain.matching import matches
from syncd.domain.measure import believed
from syncd.domain.names import Verdict
from syncd.domain.native import divergences, natives
from syncd.domain.reading import Cycle, Reading
from syncd.domain.scorecard import MEASURED_ELSEWHERE
from syncd.domain.timeline import Timeline
from syncd.domain.visible import visible
from syncd.domain.working import Working, workings_behind
from syncd.report.durations import duration_text
from syncd.report.event_words import event_words
from syncd.report.incident_words import incident_lines
from syncd.report.terms import promised, target_of, terms

WIDTH = 118

SHOWN = 20
"""How many misses of one silence are listed."""

_VERDICTS: Mapping[Verdict, str] = {
    Verdict.MET: "MET",
    Verdict.MISSED: "MISSED",
    Verdict.PENDING: "PENDING: open, and not late so far",
    Verdict.EXCLUDED: "EXCLUDED: cancelled before it was missed, measured elsewhere, or taken out by agreement",
    Verdict.UNVERIFIABLE: "UNVERIFIABLE: what is not known of the history could change the verdict",
}


def explain(
    timeline: Timeline,
    agreements: Agreements,
    *,
    as_of: datetime,
    withdrawn: frozenset[str] = frozenset(),
    incident: Incident = ALONE,
) -> str:
    """Return the explanation of every clock on a ticket; instants in each contract's own time zone.

    Names and words of the source are shown, never obeyed: a ticket's id cannot add a line of its own. Of the other
    tickets of its `incident` it says what their clocks came to, and which count.
    """
    history = believed(timeline, as_of=as_of)
    found = measure_in(timeline, incident, agreements, as_of=as_of)
    by_target = {(match.contract.id, match.target.name): match for match in matches(history, agreements)}
    contracts = {contract.id: contract for contract in agreements.contracts}
    zone = next((contracts[reading.contract].time_zone for reading in found.readings), "UTC")
    lines = [*_head(timeline, zone, as_of), "", *_timeline(timeline, zone, as_of, withdrawn)]
    if found.uncovered is not None:
        lines += ["", f"No contract measures this ticket: {found.uncovered.reason}."]
    for reading in found.readings:
        contract = contracts[reading.contract]
        match = by_target.get((reading.contract, reading.target))
        workings = workings_behind(history, reading, contract, match, agreements.exclusions)
        lines += ["", *_reading(reading, contract, workings)]
    lines += incident_lines(timeline, incident, found.readings, agreements, as_of=as_of)
    lines += _natives(timeline, found.readings, zone, as_of, withdrawn)
    return "".join(f"{visible(line)}\n" for line in lines)


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
        if event.at_earliest is not None and event.at_earliest < event.at:
            note = f"  [or as early as {local(event.at_earliest, zone)}]"
        if event.id in withdrawn:
            note += "  [the source no longer shows this; it still counts]"
        if event.at > as_of:
            note += "  [after the instant asked about: not seen]"
        yield f"  {local(event.at, zone)}  {event.by.value:<11}  {event_words(event)}  (event {event.id}){note}"


def _natives(
    timeline: Timeline, readings: Sequence[Reading], zone: str, as_of: datetime, withdrawn: frozenset[str]
) -> Iterator[str]:
    """What the source's own SLA clocks say, and where that contradicts ours; nothing if it has none."""
    told = natives(timeline, as_of=as_of, withdrawn=withdrawn)
    if not told:
        return
    yield ""
    yield f"What the source itself says (evidence, no part of our reading; times in {zone})"
    for native in told:
        goal = "" if native.goal_us is None else f", goal {duration_text(native.goal_us)}"
        yield f"  {native.name}: {native.value} since {local(native.since, zone)}{goal} (event {native.event})"
    for each in divergences(told, readings):
        yield (
            f"  differs:  {each.native.name} is {each.native.value} there, target {each.reading.target} of contract "
            f"{each.reading.contract} is {each.cycle.verdict.value} here (cycle {each.cycle.number})"
        )


def _reading(reading: Reading, contract: Contract, workings: Mapping[int, Working]) -> Iterator[str]:
    target = target_of(contract, reading.revision, reading.target)
    yield (
        f"Contract {reading.contract}, revision {reading.revision}, target {target.name} ({target.metric.value}), "
        f"vendor {contract.vendor.name}"
    )
    yield from _listed("  promised: ", promised(target))
    yield from _listed("  terms:    ", terms(target))
    for flag in reading.flags:
        yield f"  flag:     {flag}"
    if reading.elsewhere:
        yield f"  measured elsewhere: the clock of {', '.join(reading.elsewhere)} counts instead, see below"
    for rejected in reading.rejected:
        at = local(rejected.at, contract.time_zone)
        yield f"  not a response: {rejected.reason}, {at} (event {rejected.event})"
    if not reading.cycles:
        yield "  This clock has not started."
    for cycle in reading.cycles:
        yield from _cycle(cycle, contract, target.name, workings.get(cycle.number))


def _listed(label: str, items: Iterator[str]) -> Iterator[str]:
    """Yield items side by side, as many to a line as a terminal shows."""
    line = label
    for item in items:
        if len(line) > len(label) and len(line) + len(item) > WIDTH:
            yield line.rstrip()
            line = " " * len(label)
        line += f"{item}; "
    yield line.rstrip("; ")


def _cycle(cycle: Cycle, contract: Contract, name: str, working: Working | None) -> Iterator[str]:
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
        yield f"    paused    {local(pause.start, zone)} until {until}: {pause.cause}{_event(pause.event)}"
    for refused in cycle.refused:
        until = "now" if refused.until is None else local(refused.until, zone)
        yield f"    no pause  {local(refused.start, zone)} until {until}: {refused.reason} (event {refused.event})"
    if cycle.revision is not None:
        yield from _listed(
            f"    amended by revision {cycle.revision}: ", promised(target_of(contract, cycle.revision, name))
        )
    yield from _result(cycle, zone)
    if cycle.raw is not None:
        what = "by itself" if MEASURED_ELSEWHERE in cycle.flags else "before exclusions"
        yield f"    {what}: {cycle.raw.verdict.value}, elapsed {duration_text(cycle.raw.elapsed_us)}"
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
    yield from _listed("    whose     ", _shares(working))
    if cycle.priority is None:
        yield "    the ticket's priority has no goal in this target"


def _shares(working: Working) -> Iterator[str]:
    """The ledger: whose every second was; the parts add up to the time from the start to the stop or now."""
    for owner, us in totals(working.ledger).items():
        if us:
            yield f"{owner.value} {duration_text(us)}"


def _event(event: str | None) -> str:
    return "" if event is None else f" (event {event})"


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
    if cycle.misses:
        yield f"    missed    {cycle.misses} whole goal(s) of {cycle.begun} begun"
        for n, at in enumerate(cycle.miss_at[:SHOWN], start=1):
            yield f"      miss {n}  {local(at, zone)}"
    elif cycle.breached_at is not None:
        yield f"    breached  {local(cycle.breached_at, zone)}"
    if cycle.period is not None and MEASURED_ELSEWHERE not in cycle.flags:
        yield f"    counts in period {cycle.period}"


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
