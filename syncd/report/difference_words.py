"""Why two sets of contracts say different things of a cycle, a sentence for each term."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from syncd.domain.contract import DEFAULT, Goal, Target
from syncd.domain.difference import Clock, Difference, Side
from syncd.domain.duration import Counted, WorkingDays
from syncd.domain.instant import from_us, to_us
from syncd.domain.instant_text import instant_text
from syncd.domain.interval import Interval, subtract, union
from syncd.domain.reading import Cycle
from syncd.report.durations import duration_text

_UNCOVERED: Mapping[str, str] = {
    "no_vendor_told": "no vendor was told of it",
    "no_contract_with_vendor": "there is no contract with its vendor",
    "opened_before_contract": "it was opened before the contract began",
    "opened_before_observe_from": "it was opened before observe_from",
    "not_started": "the clock has not started",
    "no_revision_in_force": "no revision that has the target is in force when the clock starts",
    "not_in_covers": "it is not in covers",
    "no_target_matches": "it does not meet the conditions (when) of the target",
}
_STARTS: Mapping[str, str] = {
    "vendor_notified": "when the vendor is notified",
    "created": "when the ticket is created",
    "reported": "when it was reported",
    "acknowledged": "when the vendor acknowledges",
}


def words_of(term: str, difference: Difference) -> str:
    """Return what holds of a term under theirs, "instead of" what holds under ours."""
    ours, theirs = difference.ours.clock, difference.theirs.clock
    if ours is None or theirs is None:
        return _not_measured(difference)
    if term in _SPECIAL:
        return _SPECIAL[term](difference, ours, theirs)
    values = [getattr(clock.target, term, None) for clock in (theirs, ours)]
    return f"{term} is {_value(values[0])} instead of {_value(values[1])}"


def _not_measured(difference: Difference) -> str:
    whose, side = ("theirs", difference.theirs) if difference.theirs.clock is None else ("ours", difference.ours)
    if side.uncovered is None:
        return f"{whose} has no target {difference.target} with this vendor"
    what = "the ticket" if side.whole_ticket else f"the ticket by {difference.target}"
    return f"{whose} does not measure {what}: {_UNCOVERED.get(side.uncovered, side.uncovered)}"


def _goals(difference: Difference, ours: Clock, theirs: Clock) -> str:
    mine, other = difference.ours.cycle, difference.theirs.cycle
    if mine is not None and other is not None and mine.priority == other.priority and mine.goal_us != other.goal_us:
        return f"the goal of {other.priority} is {_duration(other.goal_us)} instead of {_duration(mine.goal_us)}"
    if ours.target.arrivals or theirs.target.arrivals:
        return "the goals by arrival are others"
    here, there = ours.target.goals, theirs.target.goals
    changed = [each for each in dict.fromkeys((*there, *here)) if here.get(each) != there.get(each)]
    return "the goals are others: " + ", ".join(
        f"{each} {_goal(there.get(each))} instead of {_goal(here.get(each))}" for each in changed
    )


def _calendar(difference: Difference, ours: Clock, theirs: Clock) -> str:
    cycle = difference.theirs.cycle or difference.ours.cycle
    priority = None if cycle is None else cycle.priority
    here, there = _calendar_name(ours.target, priority), _calendar_name(theirs.target, priority)
    if here == there:
        return f"calendar {there} has other service times"
    return f"time is counted on calendar {there} instead of {here}"


def _calendar_name(target: Target, priority: str | None) -> str:
    found = target.calendars.get(priority or DEFAULT) or target.calendars.get(DEFAULT)
    if target.calendar_by is not None or found is None:
        names = ", ".join(dict.fromkeys(calendar.name for calendar in target.calendars.values()))
        return names if target.calendar_by is None else f"{names} by {target.calendar_by}"
    return found.name


def _pauses(difference: Difference, ours: Clock, theirs: Clock) -> str:
    here, there = ours.target.pause_while, theirs.target.pause_while
    said = [f"time awaiting {_party(each)} counts" for each in sorted(here - there)]
    said += [f"time awaiting {_party(each)} does not count" for each in sorted(there - here)]
    return " and ".join(said) + _stretches(difference, here ^ there)


def _evidence(difference: Difference, _: Clock, theirs: Clock) -> str:
    said = f"pause_evidence is {theirs.target.pause_evidence.value}"
    return said + _stretches(difference, {"customer"})


def _counts(difference: Difference, ours: Clock, theirs: Clock) -> str:
    said = f"counts is {theirs.target.counts.value} instead of {ours.target.counts.value}"
    return said + _stretches(difference, {"customer", "other_vendor"})


def _starts(difference: Difference, ours: Clock, theirs: Clock) -> str:
    here, there = _STARTS[ours.target.starts.value], _STARTS[theirs.target.starts.value]
    return f"the clock starts {there}{_start(difference.theirs)} instead of {here}{_start(difference.ours)}"


def _start(side: Side) -> str:
    return "" if side.cycle is None else f" (event {side.cycle.started_by}, {instant_text(side.cycle.started_at)})"


def _stops(difference: Difference, ours: Clock, theirs: Clock) -> str:
    here, there = ours.target.stops.value, theirs.target.stops.value
    return f"the clock stops at {there}{_stop(difference.theirs)} instead of {here}{_stop(difference.ours)}"


def _response(what: str, key: str) -> Callable[[Difference, Clock, Clock], str]:
    def words(difference: Difference, _: Clock, theirs: Clock) -> str:
        counts = "counts" if getattr(theirs.target, key) == "accepted" else "does not count"
        return f"{what} {counts} as a response{_stop(difference.theirs)}"

    return words


def _stop(side: Side) -> str:
    if side.cycle is None or side.cycle.stopped_at is None:
        return " (not stopped)"
    return f" (event {side.cycle.stopped_by or 'none'}, {instant_text(side.cycle.stopped_at)})"


def _grace(_: Difference, ours: Clock, theirs: Clock) -> str:
    here, there = (
        f"{_goal(target.reopen_grace)} on {target.reopen_calendar.name if target.reopen_calendar else 'its calendar'}"
        for target in (ours.target, theirs.target)
    )
    return f"reopen_grace is {there} instead of {here}"


def _exclusions(difference: Difference, ours: Clock, theirs: Clock) -> str:
    here, there = {each.id for each in ours.exclusions}, {each.id for each in theirs.exclusions}
    said = [f"exclusion {each} applies" for each in sorted(there - here)]
    said += [f"exclusion {each} does not apply" for each in sorted(here - there)]
    return (" and ".join(said) or "an exclusion says something else") + _stretches(difference, {"excluded"})


def _maintenance(difference: Difference, _: Clock, __: Clock) -> str:
    return "the maintenance windows are others" + _stretches(difference, {"maintenance"})


def _records(_: Difference, ours: Clock, theirs: Clock) -> str:
    here, there = (", ".join(clock.contract.system_of_record) or "none" for clock in (ours, theirs))
    return f"system_of_record is {there} instead of {here}"


def _revisions(difference: Difference, ours: Clock, theirs: Clock) -> str:
    here, there = ours.reading.revision, theirs.reading.revision
    if here != there:
        return f"revision {there} governs instead of {here}"
    amended = [None if side.cycle is None else side.cycle.revision for side in (difference.theirs, difference.ours)]
    if amended[0] != amended[1]:
        by = [f"revision {each} amends it" if each else "no revision amends it" for each in amended]
        return f"{by[0]} while it runs, in ours {by[1]}"
    return "the contract's revisions are others"


def _contract(what: str, key: str) -> Callable[[Difference, Clock, Clock], str]:
    return lambda _, ours, theirs: (
        f"{what} is {_value(getattr(theirs.contract, key))} instead of {_value(getattr(ours.contract, key))}"
    )


_SPECIAL: Mapping[str, Callable[[Difference, Clock, Clock], str]] = {
    "goals": _goals,
    "calendar": _calendar,
    "pause_while": _pauses,
    "pause_evidence": _evidence,
    "counts": _counts,
    "starts": _starts,
    "stops": _stops,
    "acknowledgement": _response("an acknowledgement", "acknowledgement"),
    "relayed": _response("a relayed message", "relayed"),
    "tolerance": lambda _, ours, theirs: (
        f"tolerance is {duration_text(theirs.target.tolerance_us)} instead of {duration_text(ours.target.tolerance_us)}"
    ),
    "priority_from": lambda _, ours, theirs: (
        f"the priority is read from {_matrix(theirs.target)} instead of {_matrix(ours.target)}"
    ),
    "reopen_grace": _grace,
    "exclusions": _exclusions,
    "maintenance": _maintenance,
    "system_of_record": _records,
    "until": _contract("the contract's end (until)", "until"),
    "backlog": _contract("backlog", "backlog"),
    "period": lambda *_: "the contract's periods or time zone are others",
    "revisions": _revisions,
}


def _stretches(difference: Difference, causes: Collection[str]) -> str:
    """The stretches that one side pauses for these causes and the other does not."""
    here, there = difference.ours.cycle, difference.theirs.cycle
    if here is None or there is None:
        return ""
    counted = _texts(subtract(_paused(here, causes, difference.as_of), _paused(there, (), difference.as_of)))
    paused = _texts(subtract(_paused(there, causes, difference.as_of), _paused(here, (), difference.as_of)))
    parts = [f"{what} {', '.join(each)}" for what, each in (("counted", counted), ("not counted", paused)) if each]
    return f" ({'; '.join(parts)})" if parts else ""


def _paused(cycle: Cycle, causes: Collection[str], as_of: datetime) -> list[Interval]:
    """A cycle's pauses for some causes, or all of them; one that goes on ends at `as_of`."""
    return union(
        Interval(to_us(pause.start), to_us(pause.until or as_of))
        for pause in cycle.pauses
        if not causes or pause.cause in causes
    )


def _texts(stretches: Sequence[Interval]) -> list[str]:
    return [f"{instant_text(from_us(start))} until {instant_text(from_us(end))}" for start, end in stretches]


def _party(awaited: str) -> str:
    return awaited if awaited == "nobody" else "the " + awaited.replace("_", " ")


def _matrix(target: Target) -> str:
    return "the ticket" if target.priority_from is None else " and ".join(target.priority_from.by)


def _duration(us: int | None) -> str:
    return "none" if us is None else duration_text(us)


def _goal(goal: Goal | None) -> str:
    if goal is None:
        return "none"
    return duration_text(goal.us) if isinstance(goal, Counted) else f"{goal.days} working days ({goal.due.value})"


def _value(value: object) -> str:
    """A policy's value as a contract writes it."""
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, Counted | WorkingDays):
        return _goal(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_value(each)}" for name, each in value.items()) or "none"
    if isinstance(value, tuple):
        return "/".join(map(str, value))
    return "none" if value is None else str(value)
