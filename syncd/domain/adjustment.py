"""What agreed exclusions make of a clock's cycles, with what the cycles were before them (design.md section 7)."""

from collections.abc import Sequence

from syncd.domain.breaks import EXCLUDED, breaks_of, concerns
from syncd.domain.clock import clock_of
from syncd.domain.conditions import holds
from syncd.domain.contract import Exclusion
from syncd.domain.history import History
from syncd.domain.matching import Match
from syncd.domain.names import Stage, Verdict
from syncd.domain.reading import Cycle, Unadjusted

WHOLE = "exclusion"
"""The flag of a cycle whose ticket was excluded by a signed record."""

BY_CONDITION = "excluded_when"
"""The flag of a cycle that the contract's own conditions exclude."""


def adjusted(
    cycles: tuple[Cycle, ...], history: History, match: Match, exclusions: Sequence[Exclusion]
) -> tuple[Cycle, ...]:
    """Return cycles with what is excluded taken out of the judgement, each beside what it would have been."""
    if any(each.cause == EXCLUDED for each in match.breaks):
        unbroken = match._replace(breaks=breaks_of(history, match.contract, match.target, ()))
        before = {cycle.started_by: cycle for cycle in clock_of(history, unbroken, spent=False).cycles}
        cycles = tuple(_beside(cycle, before.get(cycle.started_by)) for cycle in cycles)
    if any(
        each.start is None and concerns(each, match.contract, match.target, history.timeline) for each in exclusions
    ):
        cycles = tuple(_excluded(cycle, WHOLE) for cycle in cycles)
    conditions = match.target.excluded_when
    if conditions and holds(conditions, history.attributes_at(history.now)):
        cycles = tuple(_excluded(cycle, BY_CONDITION) if cycle.stage is Stage.COMPLETED else cycle for cycle in cycles)
    return cycles


def _beside(cycle: Cycle, before: Cycle | None) -> Cycle:
    if before is None:
        return cycle
    raw = Unadjusted(before.verdict, before.period, before.elapsed_us)
    return cycle if raw == Unadjusted(cycle.verdict, cycle.period, cycle.elapsed_us) else cycle._replace(raw=raw)


def _excluded(cycle: Cycle, flag: str) -> Cycle:
    raw = cycle.raw or Unadjusted(cycle.verdict, cycle.period, cycle.elapsed_us)
    return cycle._replace(verdict=Verdict.EXCLUDED, flags=(*cycle.flags, flag), raw=raw)
