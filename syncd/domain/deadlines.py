"""When a cycle is due, late, at risk and broken, now or if nothing changes (design.md section 7, *Deadline*)."""

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from syncd.domain.contract import Target
from syncd.domain.names import Stage
from syncd.domain.outcome import Outcome


class Deadlines(NamedTuple):
    """Instants in microseconds; None where there is none.

    `due`, `late` and `resumed` are the binding promise's. `breaks` is when the first promise in force will break, which
    need not be the binding one: of two, the one due first may be late only at the next opening.
    """

    due: int | None = None
    late: int | None = None
    resumed: int | None = None
    breaks: int | None = None


_COMPLETED = Stage.COMPLETED
NONE = Deadlines()


def deadlines_of(
    binding: Outcome | None, outcomes: Iterable[Outcome], target: Target, stage: Stage, end: int
) -> Deadlines:
    """Return the deadlines of a cycle as it stands at `end`, its stop or `as_of`."""
    if binding is None:
        return NONE
    if binding.broken is not None:
        return Deadlines(binding.due, binding.broken)
    strict = target.strict
    if stage is _COMPLETED:
        due, late = binding.deadlines_from(end, strict=strict)
        return Deadlines(due, late)
    match stage:
        case Stage.CANCELLED:
            return NONE
        case Stage.PAUSED:
            resumed = binding.calendar.due_us(end, max(binding.goal - binding.elapsed, 0))
            return Deadlines(resumed=resumed, breaks=binding.limit_at if strict else None)
        case _:
            due, late = binding.deadlines_from(end, strict=strict)
            others = [
                each.breaks_from(end, strict=strict) for each in outcomes if each.in_force and each is not binding
            ]
            return Deadlines(due, late, breaks=min(late, *others) if others else late)


def first_due(priority: str | None, started: int, target: Target) -> int | None:
    """Return the deadline as it looked at the cycle's start, when `priority` was the ticket's."""
    goal = target.goal(priority)
    if goal is None or priority is None:
        return None
    calendar = target.calendar(priority)
    return calendar.due_us(started, calendar.goal_us(goal, started))


def at_risk(binding: Outcome | None, target: Target, stage: Stage, end: int) -> int | None:
    """Return when the at-risk share of the goal was used up, or will be if nothing changes; None while paused."""
    return None if binding is None else used_up(binding, share_of(binding.goal, target.at_risk), stage, end)


def share_of(goal: int, share: Fraction) -> int:
    """Return the least whole microseconds that are a share of a goal."""
    return -(-goal * share.numerator // share.denominator)


def used_up(binding: Outcome, amount: int, stage: Stage, end: int) -> int | None:
    """Return when a promise's elapsed reached an amount, or will if nothing changes; None for what a pause holds up."""
    if amount > binding.elapsed:
        return None if stage is Stage.PAUSED else binding.calendar.due_us(end, amount - binding.elapsed)
    elapsed = 0
    for start, _, gained, calendar in binding.counted:
        if elapsed + gained >= amount:
            return calendar.due_us(start, amount - elapsed)
        elapsed += gained
    return binding.since
