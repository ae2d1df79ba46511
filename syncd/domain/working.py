"""The working behind a cycle: what was counted when, for which promise. Made for explanations, never stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from syncd.domain.amendment import matches_behind
from syncd.domain.clock import settled_runs
from syncd.domain.contract import Contract, Exclusion
from syncd.domain.history import History
from syncd.domain.instant import from_us
from syncd.domain.judgement import judge
from syncd.domain.ledger import Entry, ledger_of
from syncd.domain.matching import Match
from syncd.domain.merging import earliest_start
from syncd.domain.outcome import Counting
from syncd.domain.reading import Reading


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
    """One cycle's working; the cycle is known by the event that started it."""

    started_by: str
    stretches: tuple[Stretch, ...]
    promises: tuple[Promise, ...]
    ledger: tuple[Entry, ...]


def workings_behind(
    history: History, reading: Reading, contract: Contract, match: Match | None, exclusions: Sequence[Exclusion]
) -> dict[int, Working]:
    """Return the working behind each cycle of a reading, by the cycle's number, under the revision that governs it."""
    by_revision = matches_behind(history, reading, contract, match, exclusions)
    known: dict[str, dict[str, Working]] = {}
    found = {}
    for cycle in reading.cycles:
        amended = cycle.revision is not None and cycle.revision in by_revision
        name = cycle.revision if amended and cycle.revision is not None else reading.revision
        if name not in known:
            known[name] = {working.started_by: working for working in _workings(history, by_revision[name])}
        if cycle.started_by in known[name]:
            found[cycle.number] = known[name][cycle.started_by]
    return found


def _workings(history: History, match: Match) -> tuple[Working, ...]:
    workings = []
    for seen, run in settled_runs(history, match)[1]:
        judged = judge(seen.history, run, seen.match)
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
        calendar = None if judged.binding is None else judged.binding.calendar
        start = earliest_start(seen.history, run)
        ledger = ledger_of(seen.history, run, calendar, seen.match, start)
        workings.append(Working(run.started_by, _joined(counted), promises, ledger))
    return tuple(workings)


def _joined(counted: Sequence[Counting]) -> tuple[Stretch, ...]:
    """Counted stretches without the seams that events which change nothing leave."""
    joined: list[tuple[int, int, int]] = []
    for start, end, us, _ in counted:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end, joined[-1][2] + us)
        else:
            joined.append((start, end, us))
    return tuple(Stretch(from_us(start), from_us(end), us) for start, end, us in joined)
