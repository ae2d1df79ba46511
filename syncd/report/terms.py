"""What a target promises and the policies it is measured by, in words and in full."""

from collections.abc import Iterator

from syncd.domain.contract import DEFAULT, Conditions, Contract, Goal, Target
from syncd.domain.duration import Counted
from syncd.domain.endings import ANSWERING, RESPONDING
from syncd.domain.names import Metric, Stops
from syncd.report.durations import duration_text


def target_of(contract: Contract, revision: str, name: str) -> Target:
    """Return a contract's target by the names of its revision and its own; raises KeyError where there is none."""
    for each in contract.revisions:
        for target in each.targets:
            if (each.name, target.name) == (revision, name):
                return target
    raise KeyError(f"{contract.id} has no target {name} in revision {revision}")


def promised(target: Target) -> Iterator[str]:
    """Yield each goal with its calendar, in words."""
    for arrival in target.arrivals:
        when = "any time" if arrival.started_in is None else f"hours of {arrival.started_in.name}"
        for priority, goal in arrival.goals.items():
            yield f"{priority} within {goal_text(goal)} if begun in {when}, {_calendar(target, priority)}"
    for priority, goal in target.goals.items():
        yield f"{priority} within {goal_text(goal)} {_calendar(target, priority)}"


def goal_text(goal: Goal) -> str:
    """Return a goal in words."""
    if isinstance(goal, Counted):
        return duration_text(goal.us)
    return f"{goal.days} working day{'s' if goal.days > 1 else ''} ({goal.due.value})"


def terms(target: Target) -> Iterator[str]:
    """Yield every policy that the target is measured by, with the value used."""
    yield f"starts {target.starts.value}"
    if target.not_before is not None:
        yield f"not_before {target.not_before}"
    if target.metric in RESPONDING or target.metric is Metric.NEXT_RESPONSE:
        yield f"acknowledgement {target.acknowledgement.value}"
    if target.metric in ANSWERING:
        yield f"relayed {target.relayed.value}"
    else:
        yield f"stops {target.stops.value}"
        if target.stops is Stops.CLOSED:
            within = target.confirm_within
            yield "confirm_within never" if within is None else f"confirm_within {goal_text(within)}"
    paused = ", ".join(sorted(target.pause_while)) or "nobody"
    yield "counted while the vendor is awaited" if target.metric is Metric.UPDATE else f"pause_while {paused}"
    yield f"pause_evidence {target.pause_evidence.value}"
    yield f"priority_change {target.priority_change.value}"
    if target.priority_from is not None:
        yield f"priority_from {' and '.join(target.priority_from.by)}"
    yield f"reopen {target.reopen.value} with a grace of {goal_text(target.reopen_grace)}"
    if target.reopen_calendar is not None:
        yield f"reopen_calendar {target.reopen_calendar.name}"
    yield f"strict_due {'true' if target.strict_due else 'false'}"
    yield f"tolerance {duration_text(target.tolerance_us)}"
    yield f"counts {target.counts.value}"
    yield f"children {target.children.value}"
    if target.when:
        yield f"when {_conditions(target.when)}"
    if target.excluded_when:
        yield f"excluded_when {_conditions(target.excluded_when)}"
    yield f"period_by {target.period_by.value}"


def _calendar(target: Target, priority: str) -> str:
    if target.calendar_by is None:
        return f"on calendar {target.calendar(priority).name}"
    by = ", ".join(f"{value}: {calendar.name}" for value, calendar in target.calendars.items() if value != DEFAULT)
    return f"on the calendar of its {target.calendar_by} ({by}; else {target.calendars[DEFAULT].name})"


def _conditions(conditions: Conditions) -> str:
    return ", ".join(f"{name} is {' or '.join(values)}" for name, values in conditions.items())
