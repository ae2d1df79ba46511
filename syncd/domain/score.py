"""A contract's score of a period: how far its promises were kept, by their weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from syncd.domain.contract import Revision, Target
from syncd.domain.scorecard import ScorecardRow

_NOTHING, _ALL = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class Part:
    """What one target adds: its weight, and how far it was kept, from 0 to 1."""

    target: str
    weight: Fraction
    kept: Fraction


@dataclass(frozen=True, slots=True)
class Score:
    """The mean of the parts by weight, from 0 to 1; None where there are none, or something that weighs is not known.

    `unknown` names it: figures that nobody computes, and targets whose bounds could not be checked.
    """

    value: Fraction | None
    parts: tuple[Part, ...]
    unknown: tuple[str, ...] = ()


def score_of(revision: Revision, rows: Sequence[ScorecardRow]) -> Score:
    """Return the score of a period's rows by a revision's weights; targets without a judged cycle have no part."""
    parts = []
    unknown = [kpi.name for kpi in revision.kpis if kpi.weight]
    for target in revision.targets:
        judged = [row for row in rows if row.target == target.name and row.n and _is_judged(row)]
        if not target.weight or not judged:
            continue
        if any(row.attained is None for row in judged):
            unknown.append(target.name)
            continue
        # Where a share is agreed for each priority, each counts the same, however many tickets it has.
        kept = sum((_kept(row, target) for row in judged), start=_NOTHING) / len(judged)
        parts.append(Part(target.name, target.weight, kept))
    weight = sum((part.weight for part in parts), start=_NOTHING)
    if unknown or not weight:
        return Score(None, tuple(parts), tuple(unknown))
    return Score(sum((part.weight * part.kept for part in parts), start=_NOTHING) / weight, tuple(parts))


def _is_judged(row: ScorecardRow) -> bool:
    return row.objective is not None or row.maximum_us is not None or row.average_us is not None


def _kept(row: ScorecardRow, target: Target) -> Fraction:
    """All of it where the objective is reached, nothing at the floor or below, evenly in between."""
    if row.attained:
        return _ALL
    share, objective, floor = row.attainment, row.objective, target.floor or _NOTHING
    if share is None or objective is None or share <= floor or share >= objective:
        # A share that suffices and is not enough: a time was beyond its bound, or too many of a few were missed.
        return _NOTHING
    return (share - floor) / (objective - floor)
