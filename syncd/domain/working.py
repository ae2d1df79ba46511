"""The working behind a cycle: what was counted when, for which promise. Made for explanations, never stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from syncd.domain.clock import clock_runs, judge
from syncd.domain.history import History
from syncd.domain.instant import from_us, to_us
from syncd.domain.matching import Match


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch `[start, end)` in which the clock was counted, and what its binding calendar counted in it."""

    start: datetime
    end: datetime
    counted_us: int


@dataclass(frozen=True, slots=True)
class Promise:
    """A priority's goal within one cycle, and what came of it. Durations are microseconds counted on `calendar`.

    `due_at` is where it was reached while in force, `broken_at` where it was exceeded; None while it was not.
    """

    priority: str
    calendar: str
    goal_us: int
    elapsed_us: int
    in_force: bool
    in_force_from: datetime
    due_at: datetime | None
    broken_at: datetime | None
    binding: bool


@dataclass(frozen=True, slots=True)
class Working:
    """One cycle's working, by its number."""

    number: int
    stretches: tuple[Stretch, ...]
    promises: tuple[Promise, ...]


def workings_of(history: History, match: Match, *, as_of: datetime) -> tuple[Working, ...]:
    """Return the working behind each cycle of a clock."""
    vendor = match.contract.vendor.id
    workings = []
    for run in clock_runs(history, match.target, vendor, match.start).runs:
        judged = judge(history, run, match.target, vendor, to_us(as_of))
        promises = tuple(
            Promise(
                priority=outcome.priority,
                calendar=outcome.calendar.name,
                goal_us=outcome.goal,
                elapsed_us=outcome.elapsed,
                in_force=outcome.in_force,
                in_force_from=from_us(outcome.since),
                due_at=None if outcome.due is None else from_us(outcome.due),
                broken_at=None if outcome.broken is None else from_us(outcome.broken),
                binding=outcome is judged.binding,
            )
            for outcome in judged.outcomes
        )
        counted = [] if judged.binding is None else judged.binding.counted
        workings.append(Working(run.number, _joined(counted), promises))
    return tuple(workings)


def _joined(counted: Sequence[tuple[int, int, int]]) -> tuple[Stretch, ...]:
    """Counted stretches without the seams that events which change nothing leave."""
    joined: list[tuple[int, int, int]] = []
    for start, end, us in counted:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end, joined[-1][2] + us)
        else:
            joined.append((start, end, us))
    return tuple(Stretch(from_us(start), from_us(end), us) for start, end, us in joined)
