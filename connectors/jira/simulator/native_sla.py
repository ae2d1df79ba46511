"""The vendor side's own SLA values, on a calendar that never closes: first response, and resolution.

A reopened issue opens a new cycle; waiting for the customer pauses; `remainingTime` goes negative; a paused cycle that
is not late has no `breachTime` (JSM REST API, "Get SLA information").
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from connectors.jira.simulator.cast import PEOPLE
from connectors.jira.simulator.catalogue import FIELDS, STATUSES
from connectors.jira.simulator.date_dto import date_dto, duration_dto
from connectors.jira.simulator.issue import Issue

RESPONSE_GOALS = {"1": 15, "2": 30, "3": 240, "4": 480, "5": 480}
"""Minutes to the first response, by priority."""
RESOLUTION_GOALS = {"1": 240, "2": 480, "3": 1440, "4": 2880, "5": 7200}
"""Minutes to the resolution, by priority."""
METRICS = {"customfield_10030": "12", "customfield_10031": "13"}
"""The SLA's id behind each field."""
_WAITING = "10100"

_Stretch = tuple[datetime, datetime]


def sla_field(issue: Issue, field: str, *, now: datetime, zone: ZoneInfo) -> dict[str, object] | None:
    """Return the value of an SLA field, and of `/sla` alike; None where no goal applies."""
    goals = RESPONSE_GOALS if METRICS[field] == "12" else RESOLUTION_GOALS
    minutes = goals.get(issue.values.get("priority", ""))
    if minutes is None:
        return None
    goal = timedelta(minutes=minutes)
    cycles = _response(issue) if METRICS[field] == "12" else _resolution(issue)
    shown: dict[str, object] = {
        "id": METRICS[field],
        "name": FIELDS[field].name,
        "slaDisplayFormat": "NEW_SLA_FORMAT",
        "completedCycles": [],
    }
    completed = []
    for begins, stops, pauses in cycles:
        running = _running(begins, stops or now, pauses)
        elapsed = sum((end - start for start, end in running), timedelta())
        told = _cycle(begins, elapsed, goal, _breach(running, goal), zone)
        if stops is not None:
            completed.append({**told, "stopTime": date_dto(stops, zone)})
            continue
        paused = any(end is None for _, end in pauses)
        if not paused and "breachTime" not in told:
            told["breachTime"] = date_dto(now + goal - elapsed, zone)
        shown["ongoingCycle"] = {**told, "paused": paused, "withinCalendarHours": True}
    shown["completedCycles"] = completed
    return shown


def _cycle(
    begins: datetime, elapsed: timedelta, goal: timedelta, breach: datetime | None, zone: ZoneInfo
) -> dict[str, object]:
    millis = {name: each // timedelta(milliseconds=1) for name, each in (("goal", goal), ("elapsed", elapsed))}
    told: dict[str, object] = {
        "startTime": date_dto(begins, zone), "breached": elapsed > goal, "goalDuration": duration_dto(millis["goal"]),
        "elapsedTime": duration_dto(millis["elapsed"]),
        "remainingTime": duration_dto(millis["goal"] - millis["elapsed"]),
    }  # fmt: skip
    return told if breach is None else {**told, "breachTime": date_dto(breach, zone)}


_Cycle = tuple[datetime, datetime | None, Sequence[tuple[datetime, datetime | None]]]


def _response(issue: Issue) -> Iterator[_Cycle]:
    agents = {login for login, person in PEOPLE.items() if person.type == "atlassian"} - {issue.values.get("reporter")}
    public = (each for each in issue.comments.values() if not each.internal and not each.role)
    answered = [each.created for each in public if each.by in agents]
    over = [stops for _, stops, _ in _resolution(issue) if stops is not None]
    yield issue.created, min((*answered, *over), default=None), ()


def _resolution(issue: Issue) -> Iterator[_Cycle]:
    """Yield a cycle for each time the issue was not done, with the times it waited for the customer."""
    moves = [(each.at, item) for each in issue.histories for item in each.items if item.field == "status"]
    status = moves[0][1].old if moves else issue.values["status"]
    begins: datetime | None = None if STATUSES[status].category == "done" else issue.created
    pauses: list[tuple[datetime, datetime | None]] = [(issue.created, None)] if status == _WAITING else []
    for at, item in moves:
        done = STATUSES[item.new].category == "done"
        if pauses and pauses[-1][1] is None:
            pauses[-1] = (pauses[-1][0], at)
        if begins is not None and done:
            yield begins, at, pauses
            begins, pauses = None, []
        elif begins is None and not done:
            begins = at
        if item.new == _WAITING:
            pauses.append((at, None))
    if begins is not None:
        yield begins, None, pauses


def _running(begins: datetime, ends: datetime, pauses: Sequence[tuple[datetime, datetime | None]]) -> list[_Stretch]:
    stretches, at = [], begins
    for pause, resumed in pauses:
        stretches.append((at, pause))
        at = resumed or ends
    return [*stretches, (at, ends)]


def _breach(running: Sequence[_Stretch], goal: timedelta) -> datetime | None:
    """Return when the goal was used up; None if it was not yet."""
    left = goal
    for begins, ends in running:
        if ends - begins > left:
            return begins + left
        left -= ends - begins
    return None
