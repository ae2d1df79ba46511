"""Revisions that govern every cycle decided in the period that holds their date (design.md section 7, *Amendments*)."""

from collections.abc import Callable, Sequence
from datetime import datetime

from syncd.domain.contract import Contract, Exclusion, Revision
from syncd.domain.history import History
from syncd.domain.matching import Match, under
from syncd.domain.names import Transition
from syncd.domain.period import Period, period_at
from syncd.domain.reading import Cycle, Reading


def read_anew(
    history: History,
    contract: Contract,
    readings: Sequence[Reading],
    exclusions: Sequence[Exclusion],
    reading_of: Callable[[Match], Reading],
) -> list[Reading]:
    """Return a ticket's readings with each cycle under the revision that governs it, targets in the order given."""
    found = list(readings)
    now = history.as_of
    for revision in contract.revisions[1:]:
        period = period_at(contract, revision.effective_from)
        if revision.transition is not Transition.WHOLE_PERIOD or now < period.start:
            continue
        for match in under(history, contract, revision, exclusions):
            place = _place(found, match)
            if place is not None and not _amends(found[place], match):
                continue
            anew = reading_of(match)
            cycles = _governed(() if place is None else found[place].cycles, anew.cycles, revision, period, now)
            if place is not None:
                found[place] = found[place]._replace(cycles=cycles)
            elif cycles:
                found.append(anew._replace(cycles=cycles))
    return found


def _amends(reading: Reading, match: Match) -> bool:
    """Whether another revision's target of the same name is about the same metric, and not what the reading is by."""
    return reading.revision != match.revision.name and reading.metric is match.target.metric


def matches_behind(
    history: History, reading: Reading, contract: Contract, match: Match | None, exclusions: Sequence[Exclusion]
) -> dict[str, Match]:
    """Return, by the names of the revisions that govern a reading's cycles, the clocks that they were read from."""
    found = {} if match is None else {match.revision.name: match}
    for revision in contract.revisions[1:]:
        if revision.transition is Transition.WHOLE_PERIOD:
            same = (
                each for each in under(history, contract, revision, exclusions) if each.target.name == reading.target
            )
            found.update((revision.name, each) for each in same)
    return found


def _place(readings: Sequence[Reading], match: Match) -> int | None:
    contract, target = match.contract.id, match.target.name
    places = (n for n, each in enumerate(readings) if (each.contract, each.target) == (contract, target))
    return next(places, None)


def _governed(
    before: Sequence[Cycle], after: Sequence[Cycle], revision: Revision, period: Period, now: datetime
) -> tuple[Cycle, ...]:
    """The cycles as the amending revision reads them where it governs them, else as they were."""
    anew = {cycle.started_by: cycle for cycle in after}
    if not before:
        return tuple(cycle for cycle in after if _governs(cycle, cycle, period, now))
    found = []
    for old in before:
        new = anew.get(old.started_by)
        if new is not None and _governs(old, new, period, now):
            found.append(new._replace(number=old.number, revision=revision.name))
        else:
            found.append(old)
    return tuple(found)


def _governs(old: Cycle, new: Cycle, period: Period, now: datetime) -> bool:
    decided = [at for at in (_decided(old), _decided(new)) if at is not None]
    if any(at < period.start for at in decided):
        return False
    return now < period.end or any(at < period.end for at in decided)


def _decided(cycle: Cycle) -> datetime | None:
    return cycle.breached_at or cycle.stopped_at
