"""Where two sets of contracts come to different verdicts on one ticket, and which of their terms make the difference.

Which term it is, is found by measuring: ours are changed term by term into theirs until the clock says what it says
under theirs. What is named is therefore both true and enough, however many terms differ.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.contract import DEFAULT, Agreements, Contract, Exclusion, Target
from syncd.domain.counted_once import measure_in
from syncd.domain.linking import ALONE, Incident
from syncd.domain.measure import measure
from syncd.domain.names import Verdict
from syncd.domain.reading import Cycle, Reading, Uncovered
from syncd.domain.timeline import Timeline

_TARGET_TERMS: Mapping[str, tuple[str, ...]] = {
    "goals": ("goals", "arrivals"),
    "calendar": ("calendars", "calendar_by"),
    "pause_while": ("pause_while",),
    "pause_evidence": ("pause_evidence",),
    "starts": ("starts",),
    "not_before": ("not_before",),
    "stops": ("stops",),
    "confirm_within": ("confirm_within",),
    "acknowledgement": ("acknowledgement",),
    "relayed": ("relayed",),
    "priority_change": ("priority_change",),
    "priority_from": ("priority_from",),
    "strict_due": ("strict_due",),
    "tolerance": ("tolerance_us",),
    "counts": ("counts",),
    "reopen": ("reopen",),
    "reopen_grace": ("reopen_grace", "reopen_calendar"),
    "children": ("children",),
    "excluded_when": ("excluded_when",),
    "when": ("when",),
    "metric": ("metric",),
}
"""What decides a verdict on a target, by its word in contracts; what explains most stands first."""

_CONTRACT_TERMS: Mapping[str, tuple[str, ...]] = {
    "maintenance": ("maintenance",),
    "system_of_record": ("system_of_record",),
    "until": ("until",),
    "backlog": ("backlog",),
    "period": ("period", "anchor", "time_zone"),
}

TERMS = (*_TARGET_TERMS, "exclusions", *_CONTRACT_TERMS, "revisions")
"""Every term that can make a difference, besides `missing` (no such target there) and `uncovered`."""


class Clock(NamedTuple):
    """A reading, and what it was made under; `exclusions` are those of its contract."""

    reading: Reading
    contract: Contract
    target: Target
    exclusions: tuple[Exclusion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one set of contracts says of a cycle, or why it says nothing.

    `clock` is None where the target does not measure the ticket: `uncovered` is the closed word for why, None where
    there is no target of that name; with `whole_ticket` no other target measures the ticket either.
    """

    clock: Clock | None = None
    cycle: Cycle | None = None
    uncovered: str | None = None
    whole_ticket: bool = False

    @property
    def verdict(self) -> Verdict | None:
        """The verdict; None without a cycle."""
        return None if self.cycle is None else self.cycle.verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A cycle of which two sets of contracts say different things.

    `why` holds words of `TERMS`; several make the difference together, or, with `each_alone`, every one by itself.
    """

    source: str
    ticket: str
    target: str
    as_of: datetime
    ours: Side
    theirs: Side
    why: tuple[str, ...]
    each_alone: bool = False


class Compared(NamedTuple):
    """How many cycles two sets of contracts were compared on for a ticket, and those that differ."""

    cycles: int
    differences: tuple[Difference, ...]


def differences(
    timeline: Timeline, ours: Agreements, theirs: Agreements, *, as_of: datetime, incident: Incident = ALONE
) -> Compared:
    """Return where two sets of contracts differ on a ticket: in a verdict, an update's misses, or in having a cycle.

    Clocks belong together that are of the same contract and target, or else of the same vendor and target, because a
    proposal may go by another name; their cycles by the events that started them, and else by their order.
    """
    here, there = (measure_in(timeline, incident, each, as_of=as_of) for each in (ours, theirs))
    compared = 0
    found: list[Difference] = []
    for mine, other, known in _clocks(here.readings, there.readings):
        left = _side(timeline, ours, mine, known, here.uncovered, as_of=as_of)
        right = _side(timeline, theirs, other, known, there.uncovered, as_of=as_of)
        pairs: list[tuple[Cycle | None, Cycle | None]] = list(_cycles(mine, other))
        compared += len(pairs)
        if not pairs and left.whole_ticket is not right.whole_ticket:
            pairs = [(None, None)]
        for one, two in pairs:
            if one is None or two is None or _said(one) != _said(two):
                here_says, there_says = replace(left, cycle=one), replace(right, cycle=two)
                why, each_alone = _why(timeline, incident, here_says, there_says, as_of=as_of)
                found.append(
                    Difference(
                        source=timeline.source, ticket=timeline.ticket, target=known.target, as_of=as_of,
                        ours=here_says, theirs=there_says, why=why, each_alone=each_alone,
                    )
                )  # fmt: skip
    return Compared(compared, tuple(found))


def _said(cycle: Cycle) -> tuple[Verdict, int]:
    return cycle.verdict, cycle.misses


def _clocks(
    ours: Sequence[Reading], theirs: Sequence[Reading]
) -> Iterator[tuple[Reading | None, Reading | None, Reading]]:
    """Yield readings that belong together, and one that there is."""
    left = list(theirs)
    pairs: dict[int, Reading] = {}
    for same in (_same_contract, _same_vendor):
        for place, mine in enumerate(ours):
            other = next((each for each in left if same(mine, each)), None)
            if place not in pairs and other is not None:
                pairs[place] = other
                left.remove(other)
    yield from ((mine, pairs.get(place), mine) for place, mine in enumerate(ours))
    yield from ((None, other, other) for other in left)


def _same_contract(one: Reading, two: Reading) -> bool:
    return (one.contract, one.target) == (two.contract, two.target)


def _same_vendor(one: Reading, two: Reading) -> bool:
    return (one.vendor, one.target) == (two.vendor, two.target)


def _cycles(ours: Reading | None, theirs: Reading | None) -> Iterator[tuple[Cycle | None, Cycle | None]]:
    left = [] if theirs is None else list(theirs.cycles)
    mine = [] if ours is None else list(ours.cycles)
    started = {cycle.started_by for cycle in mine}
    by_event = {cycle.started_by: cycle for cycle in left}
    others = [cycle for cycle in left if cycle.started_by not in started]
    for cycle in mine:
        partner = by_event.get(cycle.started_by)
        yield cycle, partner if partner is not None else others.pop(0) if others else None
    yield from ((None, cycle) for cycle in others)


def _side(
    timeline: Timeline, agreements: Agreements, reading: Reading | None, known: Reading, uncovered: Uncovered | None,
    *, as_of: datetime,
) -> Side:  # fmt: skip
    if reading is not None:
        contract = next(each for each in agreements.contracts if each.id == reading.contract)
        revision = next(each for each in contract.revisions if each.name == reading.revision)
        target = next(each for each in revision.targets if each.name == reading.target)
        exclusions = tuple(each for each in agreements.exclusions if each.contract == contract.id)
        return Side(clock=Clock(reading, contract, target, exclusions))
    if uncovered is not None:
        return Side(uncovered=uncovered.reason, whole_ticket=True)
    # Another target measures the ticket, this one does not: measured under this one alone, the ticket says why.
    contracts = [_stripped(each, known.target) for each in agreements.contracts if each.vendor.id == known.vendor]
    contracts = [each for each in contracts if any(revision.targets for revision in each.revisions)]
    if not contracts:
        return Side()
    alone = measure(timeline, replace(agreements, contracts=contracts), as_of=as_of).uncovered
    return Side(uncovered=None if alone is None else alone.reason)


def _stripped(contract: Contract, name: str) -> Contract:
    """The contract without other targets."""
    revisions = [
        replace(revision, targets=tuple(target for target in revision.targets if target.name == name))
        for revision in contract.revisions
    ]
    return replace(contract, revisions=tuple(revisions))


def _why(
    timeline: Timeline, incident: Incident, ours: Side, theirs: Side, *, as_of: datetime
) -> tuple[tuple[str, ...], bool]:
    """The terms of theirs that, put into ours, make ours say what theirs says; and whether each of them does alone."""
    here, there = ours.clock, theirs.clock
    if here is None or there is None:
        lacking = ours if here is None else theirs
        return ("missing" if lacking.uncovered is None else "uncovered",), False

    def enough(terms: Collection[str]) -> bool:
        mixed = _mixed(here, there, terms)
        try:
            readings = measure_in(timeline, incident, mixed, as_of=as_of).readings
        except ValueError:
            # A calendar of one side may never reach a goal of the other: such a mixture says nothing.
            return False
        return _says(readings[0].cycles if readings else (), ours.cycle, theirs.cycle)

    differing = [term for term in TERMS if _differs(term, here, there)]
    alone = tuple(term for term in differing if enough((term,)))
    if alone:
        return alone, len(alone) > 1
    kept = differing
    for term in reversed(differing):
        fewer = [each for each in kept if each != term]
        if enough(fewer):
            kept = fewer
    return tuple(kept), False


def _says(cycles: Sequence[Cycle], ours: Cycle | None, theirs: Cycle | None) -> bool:
    """Whether cycles say of the one that both sides speak of what theirs says."""
    by_event = {cycle.started_by: cycle for cycle in cycles}
    found = [by_event[each.started_by] for each in (theirs, ours) if each is not None and each.started_by in by_event]
    if theirs is None:
        return not found
    return bool(found) and _said(found[0]) == _said(theirs)


def _differs(term: str, ours: Clock, theirs: Clock) -> bool:
    name = ours.target.name
    match term:
        case "exclusions":
            return _excluding(ours, "") != _excluding(theirs, "")
        case "revisions":
            return _stripped(ours.contract, name).revisions != _stripped(theirs.contract, name).revisions
        case _ if term in _CONTRACT_TERMS:
            return any(getattr(ours.contract, key) != getattr(theirs.contract, key) for key in _CONTRACT_TERMS[term])
        case _:
            return any(getattr(ours.target, key) != getattr(theirs.target, key) for key in _TARGET_TERMS[term])


def _excluding(clock: Clock, contract: str) -> tuple[Exclusion, ...]:
    return tuple(replace(each, contract=contract) for each in clock.exclusions)


def _mixed(ours: Clock, theirs: Clock, terms: Collection[str]) -> Agreements:
    """Ours, of this target alone, with some terms of theirs; with all of them it is theirs."""
    swapped: dict[str, Any] = {}
    for term in terms:
        swapped.update({key: getattr(theirs.target, key) for key in _TARGET_TERMS.get(term, ())})
    target = replace(ours.target, **swapped)
    target = replace(target, calendars=_completed(target, theirs.target if "calendar" not in terms else ours.target))
    governing = theirs if "revisions" in terms else ours
    revisions = [
        replace(revision, targets=(target,)) if revision.name == governing.reading.revision else revision
        for revision in _stripped(governing.contract, target.name).revisions
    ]
    agreed: dict[str, Any] = {"revisions": tuple(revisions)}
    for term in terms:
        agreed.update({key: getattr(theirs.contract, key) for key in _CONTRACT_TERMS.get(term, ())})
    contract = replace(ours.contract, **agreed)
    return Agreements((contract,), {}, _excluding(theirs if "exclusions" in terms else ours, contract.id))


def _completed(target: Target, other: Target) -> Mapping[str, ServiceCalendar]:
    """A mixture's calendars with those of the other side for goals that only the other side has."""
    if DEFAULT in target.calendars or target.calendar_by is not None or other.calendar_by is not None:
        return target.calendars
    return {**other.calendars, **target.calendars}
