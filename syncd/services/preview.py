"""Counts over many tickets what targets cover, leave out, and measure twice."""

from collections.abc import Sequence
from typing import TypeVar

from syncd.domain.coverage import Coverage, Overview, Tally, TargetOfContract

K = TypeVar("K")


class Preview:
    """Counts tickets one by one, in memory that does not grow with them; `examples` of each kind are named."""

    def __init__(self, targets: Sequence[TargetOfContract], examples: int) -> None:
        self._examples = examples
        self._tickets = 0
        # A target that covers nothing is what a preview is for, so all of them are there from the beginning.
        self._covered = {target: Tally() for target in targets}
        self._no_goal: dict[TargetOfContract, Tally] = {}
        self._uncovered: dict[str, Tally] = {}
        self._no_target: dict[str, Tally] = {}
        self._twice: dict[tuple[TargetOfContract, ...], Tally] = {}

    def add(self, coverage: Coverage) -> None:
        """Count one ticket."""
        self._tickets += 1
        for fit in coverage.fits:
            if fit.reason is None:
                self._count(self._covered, fit.target, coverage)
            if fit.no_goal:
                self._count(self._no_goal, fit.target, coverage)
        if coverage.uncovered is not None:
            self._count(self._uncovered, coverage.uncovered, coverage)
        for contract in coverage.no_target:
            self._count(self._no_target, contract, coverage)
        for targets in coverage.twice:
            self._count(self._twice, targets, coverage)

    def overview(self) -> Overview:
        """Return what was counted so far."""
        return Overview(
            tickets=self._tickets,
            covered=dict(self._covered),
            no_goal=dict(self._no_goal),
            uncovered=dict(self._uncovered),
            no_target=dict(self._no_target),
            twice=dict(self._twice),
        )

    def _count(self, tallies: dict[K, Tally], key: K, coverage: Coverage) -> None:
        tallies[key] = tallies.get(key, Tally()).plus(coverage, self._examples)
