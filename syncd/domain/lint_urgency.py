"""Lint: goals that turn urgency round, answers due after the solution, and goals that are never due."""

from collections.abc import Iterator
from itertools import pairwise, product
from typing import NamedTuple
from zoneinfo import ZoneInfo

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.contract import DEFAULT, Goal, Target
from syncd.domain.lint_conditions import can_meet
from syncd.domain.lint_finding import LintFinding, RevisionClause, Severity, TargetClause
from syncd.domain.lint_promises import Due, by_urgency, calendars_for, due_of, goal_at, named
from syncd.domain.lint_words import day_text, goal_text, listed, priority_text
from syncd.domain.names import Metric
from syncd.domain.priority import by_letters

_RESPONSES = frozenset({Metric.FIRST_RESPONSE, Metric.ACKNOWLEDGEMENT})
_SOLUTIONS = frozenset({Metric.RESOLUTION, Metric.RESTORATION})


class _Later(NamedTuple):
    """That one promise is due after another: for how many of the starts compared, and where first."""

    times: int
    of: int
    start: int
    one: Due
    other: Due


def urgency_findings(clause: RevisionClause) -> Iterator[LintFinding]:
    """Yield goals whose due instants contradict each other, or never come."""
    for target in clause.targets:
        yield from _unreachable(target)
        yield from _inverted(target)
    for answer, solution in product(clause.targets, clause.targets):
        kinds = answer.target.metric in _RESPONSES and solution.target.metric in _SOLUTIONS
        same = answer.target.priority_from == solution.target.priority_from
        if kinds and same and can_meet(clause.revision, answer.target, solution.target):
            yield from _answer_after_solution(answer, solution)


def _unreachable(clause: TargetClause) -> Iterator[LintFinding]:
    for priority in named(clause.target):
        for _, calendar in calendars_for(clause.target, priority):
            start = clause.of.samples[0]
            goal = goal_at(clause.target, priority, start)
            if goal is not None and due_of(calendar, goal, start) is None:
                yield clause.find(
                    Severity.ERROR,
                    "goal-never-due",
                    "goals",
                    what=f"calendar {calendar.name} does not reach {goal_text(goal)} within ten years",
                    means=f"a ticket of {priority_text(priority)} is never late, and measuring it fails",
                    fix=f"give {calendar.name} hours that go on, or correct the goal",
                )


def _inverted(clause: TargetClause) -> Iterator[LintFinding]:
    target = clause.target
    for urgent, lesser in pairwise(name for name in named(target) if name != DEFAULT):
        for (label, one), (other_label, other) in product(calendars_for(target, urgent), calendars_for(target, lesser)):
            if label != other_label:
                continue
            found = _later(clause.of.samples, (target, urgent, one), (target, lesser, other))
            if found is not None and by_letters(urgent, lesser):
                yield _by_the_alphabet(clause, urgent, lesser)
                return
            if found is not None:
                yield clause.find(
                    Severity.WARNING,
                    "goal-inverted",
                    "goals",
                    urgent,
                    what=f"{urgent} is due after {lesser} for {_how_often(found)}: both opened "
                    f"{_when(clause.of, found.start)}, {urgent} is due {_when(clause.of, found.one.at)} and {lesser} "
                    f"{_when(clause.of, found.other.at)} ({clause.of.contract.time_zone})",
                    means=f"a vendor gains time by calling a ticket {urgent}; the more urgent work may wait longer",
                    fix=f"shorten the goal of {urgent}, lengthen that of {lesser}, or count both on one calendar",
                )
                break


def _by_the_alphabet(clause: TargetClause, urgent: str, lesser: str) -> LintFinding:
    order = listed(name for name in named(clause.target) if name != DEFAULT)
    return clause.find(
        Severity.WARNING,
        "priority-order-unknown",
        "goals",
        what=f"{urgent} has the longer goal, and counts as more urgent than {lesser}: names without a number go by the "
        f"alphabet, {order}",
        means=f"a ticket that is raised from {urgent} to {lesser} is read as lowered: the goal of {lesser} counts from "
        "the start instead of the change, and may be broken at once; one that is lowered keeps its old deadline",
        fix="let the source call them P1, P2 and so on (option priorities), or begin each name with its number",
    )


def _answer_after_solution(answer: TargetClause, solution: TargetClause) -> Iterator[LintFinding]:
    mine, theirs = answer.target, solution.target
    for priority in by_urgency([*named(mine), *named(theirs)]):
        answered, solved = list(calendars_for(mine, priority)), list(calendars_for(theirs, priority))
        if len(answered) != 1 or len(solved) != 1:
            continue  # chosen by attribute: which meets which is not known here
        one, other = answered[0][1], solved[0][1]
        found = _later(answer.of.samples, (mine, priority, one), (theirs, priority, other))
        if found is not None:
            yield answer.find(
                Severity.WARNING,
                "answer-after-solution",
                "goals",
                priority,
                what=f"the answer to {priority_text(priority)} is due after what {theirs.name} promises for "
                f"{_how_often(found)}: opened {_when(answer.of, found.start)}, the answer is due "
                f"{_when(answer.of, found.one.at)}, the solution {_when(answer.of, found.other.at)} "
                f"({answer.of.contract.time_zone})",
                means="solving is an answer too, so this goal promises nothing beyond the other one",
                fix="shorten this goal, or count it on the calendar of the other",
            )
        elif goal_at(mine, priority, answer.of.samples[0]) and goal_at(theirs, priority, answer.of.samples[0]):
            yield from _night_answer(answer, solution, priority, one, other)


def _night_answer(
    answer: TargetClause, solution: TargetClause, priority: str, one: ServiceCalendar, other: ServiceCalendar
) -> Iterator[LintFinding]:
    samples = answer.of.samples
    if all(map(one.in_service, samples)) and not all(map(other.in_service, samples)):
        yield answer.find(
            Severity.NOTE,
            "answer-round-the-clock",
            "calendar",
            what=f"the answer to {priority_text(priority)} is counted round the clock, what {solution.target.name} "
            f"promises on {other.name}",
            means="the vendor must answer at night and need not work on it before the next opening",
            fix="nothing, if that is what was bought; else count both on one calendar",
        )


def _later(
    samples: tuple[int, ...], one: tuple[Target, str, ServiceCalendar], other: tuple[Target, str, ServiceCalendar]
) -> _Later | None:
    """Return for which starts the first promise is due later than the second; None where for none."""
    first: tuple[int, Due, Due] | None = None
    times = compared = 0
    # Looking ten years ahead in vain takes half a second; who does it at every start of two weeks seems to hang.
    never: set[tuple[str, Goal]] = set()
    for start in samples:
        due, limit = _due(*one, start, never), _due(*other, start, never)
        if due is None or limit is None:
            continue
        compared += 1
        if due.at > limit.at:
            times += 1
            first = first or (start, due, limit)
    return None if first is None else _Later(times, compared, *first)


def _due(
    target: Target, priority: str, calendar: ServiceCalendar, start: int, never: set[tuple[str, Goal]]
) -> Due | None:
    """Return when a promise is due; goals that never are due are kept and not tried again."""
    goal = goal_at(target, priority, start)
    if goal is None or (calendar.name, goal) in never:
        return None
    found = due_of(calendar, goal, start)
    if found is None:
        never.add((calendar.name, goal))
    return found


def _how_often(found: _Later) -> str:
    if found.times == found.of:
        return "every start"
    return f"{found.times} of {found.of} hourly starts of two weeks"


def _when(clause: RevisionClause, us: int) -> str:
    # Two calendars may lie in two zones; instants to be compared are shown in one.
    return day_text(ZoneInfo(clause.contract.time_zone), us)
