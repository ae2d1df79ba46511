"""Counts of all time in memory: counted from the readings, and the most that each ever was."""

from collections import Counter
from collections.abc import Sequence

from syncd.domain.goals import counts_goals
from syncd.domain.names import Stage, Verdict
from syncd.domain.reading import Cycle, Reading
from syncd.ports.readings import CONSUMED_STEPS, Consumed, Lifetime
from syncd.testing.memory_state import State

_DECIDED = (Verdict.MET, Verdict.MISSED)


def raise_highest(state: State, added: Sequence[tuple[Reading, Cycle, Verdict, int]]) -> None:
    """Note what cycles come to where that is more than ever before."""
    counts: Counter[tuple[str, ...]] = Counter()
    for reading, cycle, verdict, count in added:
        promise = (reading.vendor, reading.contract, reading.target)
        if verdict in _DECIDED:
            counts["decided", *promise, cycle.priority or ""] += count
        if verdict is Verdict.MISSED:
            counts["missed", *promise, cycle.priority or ""] += count
        if counts_goals(reading) or cycle.stage is not Stage.COMPLETED or verdict not in _DECIDED or not cycle.goal_us:
            continue
        counts["shares", *promise, ""] += cycle.elapsed_us * 1000 // cycle.goal_us
        for step, percent in enumerate((*CONSUMED_STEPS, float("inf"))):
            if cycle.elapsed_us * 100 <= cycle.goal_us * percent:
                counts["up_to", *promise, str(step)] += 1
    for key, count in counts.items():
        state.highest[key] = max(count, state.highest.get(key, 0))


def lifetimes(state: State) -> list[Lifetime]:
    """Return the decided and missed cycles of all time."""
    found = sorted((key[1:], count) for key, count in state.highest.items() if key[0] == "decided")
    return [
        Lifetime(vendor, contract, target, part or None, count, state.highest.get(("missed", *key), 0))
        for key, count in found
        for vendor, contract, target, part in [key]
    ]


def consumed(state: State) -> list[Consumed]:
    """Return the cycles of all time by how much of their goals they had used."""
    promises = sorted({key[1:4] for key in state.highest if key[0] == "up_to"})
    return [
        Consumed(
            vendor,
            contract,
            target,
            tuple(
                state.highest.get(("up_to", vendor, contract, target, str(step)), 0)
                for step in range(len(CONSUMED_STEPS) + 1)
            ),
            state.highest.get(("shares", vendor, contract, target, ""), 0) / 1000,
        )
        for vendor, contract, target in promises
    ]
