"""Lint: objectives, floors, tiny samples, warnings and tolerances that contradict each other."""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor

from syncd.domain.contract import DEFAULT
from syncd.domain.duration import Counted
from syncd.domain.lint_finding import LintFinding, RevisionClause, Severity, TargetClause
from syncd.domain.lint_promises import by_urgency, goal_rows, named
from syncd.domain.lint_words import goal_text, listed_priorities, priority_text, share_text, time_text


def figure_findings(clause: RevisionClause) -> Iterator[LintFinding]:
    """Yield figures of a revision's targets that contradict each other."""
    for target in clause.targets:
        yield from _shares(target)
        yield from _volume(target)
        yield from _tolerance(target)
        yield from _bounds(target)


def _shares(clause: TargetClause) -> Iterator[LintFinding]:
    target = clause.target
    for priority in by_urgency(target.objective):
        objective = target.objective[priority]
        if target.floor is not None and objective < target.floor:
            yield clause.find(
                Severity.ERROR,
                "objective-below-floor",
                "floor",
                what=f"the objective of {priority_text(priority)} is {share_text(objective)}, below the floor of "
                f"{share_text(target.floor)}",
                means=f"a period of {share_text(objective)} keeps the promise and scores nothing at the same time",
                fix="set the floor to the objective or less",
            )
    yield from _unjudged(clause)
    if target.at_risk <= 0 or target.at_risk >= 1:
        yield clause.find(
            Severity.WARNING,
            "at-risk-useless",
            "at_risk",
            what=f"at_risk is {share_text(target.at_risk)}",
            means="a ticket is at risk from its first second"
            if target.at_risk <= 0
            else "no warning precedes a breach",
            fix="choose a share between the two, such as 75%",
        )


def _unjudged(clause: TargetClause) -> Iterator[LintFinding]:
    """Priorities of which any number may be missed."""
    target = clause.target
    agreed = {*target.objective, *target.maximum_us, *target.average_us}
    unjudged = [] if DEFAULT in agreed else [priority for priority in named(target) if priority not in agreed]
    if unjudged:
        of = f" of {listed_priorities(unjudged)}" if agreed else ""
        yield clause.find(
            Severity.NOTE,
            "no-objective",
            "objective",
            what=f"no objective, maximum or average says how many tickets{of} must meet the goal",
            means="misses are shown and listed, and no number of them breaks the promise",
            fix="add an objective such as 95%, or keep it as a mere figure",
        )


def _volume(clause: TargetClause) -> Iterator[LintFinding]:
    target, volume, misses = clause.target, clause.target.min_volume, clause.target.allowed_misses
    if (volume is None) != (misses is None):
        there, lacking = ("allowed_misses", "min_volume") if volume is None else ("min_volume", "allowed_misses")
        yield clause.find(
            Severity.ERROR,
            "min-volume-alone",
            there,
            what=f"{there} is given without {lacking}",
            means="nobody can say what decides a period with few tickets",
            fix=f"add {lacking}: below min_volume cycles, allowed_misses decides instead of the share",
        )
    if volume is None or misses is None:
        return
    if not target.objective:
        yield clause.find(
            Severity.WARNING,
            "min-volume-without-objective",
            "min_volume",
            what="min_volume decides when the objective does not, and there is no objective",
            means=f"from {volume} tickets on nothing is judged",
            fix="add an objective, or leave min_volume and allowed_misses out",
        )
    for priority in by_urgency(target.objective):
        yield from _turns_red(clause, priority, volume, misses)
    if misses >= volume - 1 and volume > 1:
        yield clause.find(
            Severity.WARNING,
            "min-volume-forgives-all",
            "allowed_misses",
            what=f"fewer than {volume} tickets can hold no more than {volume - 1} misses, and {misses} are allowed",
            means=f"every period with fewer than {volume} tickets is green, even with none of them met",
            fix="allow fewer misses",
        )


def _turns_red(clause: TargetClause, priority: str, volume: int, misses: int) -> Iterator[LintFinding]:
    """With n < volume, `misses` are allowed; from volume on, floor((1 - objective) n). Where that is less, it jumps."""
    objective = clause.target.objective[priority]
    repairing, misses = misses, min(misses, volume - 1)
    if misses <= floor((1 - objective) * volume):
        return
    met = volume - misses
    share = Fraction(met, volume)
    of = "" if priority == DEFAULT else f" of {priority}"
    repaired = (
        f"set min_volume to {ceil(repairing / (1 - objective))} or more (allowed_misses / (1 - objective) = "
        f"{repairing} / {share_text(1 - objective)})"
        if objective < 1
        else "no min_volume does: an objective of 100 % allows no miss; set allowed_misses to 0"
    )
    yield clause.find(
        Severity.WARNING,
        "min-volume-turns-red",
        "min_volume",
        what=f"with {volume - 1} tickets{of} and {misses} missed the period is green, because of fewer than {volume} "
        f"tickets {misses} may be missed; one more met ticket makes {met} of {volume} = "
        f"{share_text(share, objective)}, which is below {share_text(objective)}: red",
        means=f"at n = {volume} a met ticket costs the vendor the period; it gains by closing the next ticket later",
        fix=repaired,
    )


def _tolerance(clause: TargetClause) -> Iterator[LintFinding]:
    tolerance = clause.target.tolerance_us
    for row in goal_rows(clause.target):
        for priority in by_urgency(row.goals):
            goal = row.goals[priority]
            if tolerance and isinstance(goal, Counted) and tolerance >= goal.us:
                yield clause.find(
                    Severity.WARNING,
                    "tolerance-beyond-goal",
                    "tolerance",
                    what=f"the tolerance of {time_text(tolerance)} is not shorter than the goal of "
                    f"{priority_text(priority)}, {goal_text(goal)}",
                    means=f"only tickets that take more than {time_text(goal.us + tolerance)} are missed: "
                    "at least twice what was promised",
                    fix="a tolerance is for sources that stamp whole minutes; 59s is enough for that",
                )


def _bounds(clause: TargetClause) -> Iterator[LintFinding]:
    target = clause.target
    for priority in by_urgency(target.maximum_us):
        bound = target.maximum_us[priority]
        goals = [row.goals.get(priority) or row.goals.get(DEFAULT) for row in goal_rows(target)]
        for goal in goals:
            if isinstance(goal, Counted) and bound < goal.us:
                yield clause.find(
                    Severity.WARNING,
                    "maximum-below-goal",
                    "maximum",
                    priority,
                    what=f"the maximum of {priority_text(priority)}, {time_text(bound)}, is shorter than its goal, "
                    f"{goal_text(goal)}",
                    means="one ticket that meets its goal can break the promise for the whole period",
                    fix="set the maximum to the goal or more, or shorten the goal",
                )
        average = target.average_us.get(priority)
        if average is not None and average > bound:
            yield clause.find(
                Severity.WARNING,
                "average-above-maximum",
                "average",
                priority,
                what=f"the average of {priority_text(priority)}, {time_text(average)}, is longer than its maximum, "
                f"{time_text(bound)}",
                means="whoever keeps the maximum keeps the average: it promises nothing",
                fix="set the average below the maximum, or leave it out",
            )
