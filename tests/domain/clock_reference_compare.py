"""Puts what the engine says of a ticket beside what the reference finds."""

from datetime import datetime
from fractions import Fraction
from itertools import chain

from syncd.domain.contract import Agreements
from syncd.domain.instant import span_us
from syncd.domain.ledger import totals
from syncd.domain.matching import matches
from syncd.domain.measure import believed, measure
from syncd.domain.names import Party, Stage
from syncd.domain.reading import Cycle
from syncd.domain.timeline import Timeline
from syncd.domain.working import workings_behind
from tests.domain.clock_reference_contract import acted, told
from tests.domain.clock_reference_grid import BASE, SLOT_US, slot, slots_of
from tests.domain.clock_reference_ledger import ledger_of
from tests.domain.clock_reference_verdict import Verdict


def place(instant: datetime | None) -> int | None:
    return None if instant is None else slot(instant)


def found(cycle: Cycle) -> Verdict:
    return Verdict(
        number=cycle.number,
        priority=cycle.priority,
        started_at=slot(cycle.started_at),
        stopped_at=place(cycle.stopped_at),
        stage=cycle.stage.value,
        verdict=cycle.verdict.value,
        goal=None if cycle.goal_us is None else slots_of(cycle.goal_us),
        elapsed=slots_of(cycle.elapsed_us),
        first_due_at=place(cycle.first_due_at),
        due_at=place(cycle.due_at),
        due_if_resumed=place(cycle.due_if_resumed),
        late_from=place(cycle.late_from),
        breached_at=place(cycle.breached_at),
        breaks_at=place(cycle.breaks_at),
        pauses=tuple((slot(pause.start), place(pause.until), pause.cause) for pause in cycle.pauses),
        started_by=cycle.started_by,
        stopped_by=cycle.stopped_by,
        false_resolves=cycle.false_resolves,
        flags=_in_order(cycle.flags, cycle.stage.value),
        miss_at=tuple(map(slot, cycle.miss_at)),
        begun_at=tuple(
            Fraction(round((instant - BASE).total_seconds() * 1_000_000), SLOT_US) for instant in cycle.begun_at
        ),
        revision=cycle.revision,
        raw=None if cycle.raw is None else (cycle.raw.verdict.value, slots_of(cycle.raw.elapsed_us)),
    )


def _in_order(flags: tuple[str, ...], stage: str) -> tuple[str, ...]:
    """The cause of a cancellation stands first; the order of the others says nothing."""
    if stage == Stage.CANCELLED.value and flags:
        return (flags[0], *sorted(flags[1:]))
    return tuple(sorted(flags))


def compare(timeline: Timeline, agreements: Agreements, as_of: datetime, name: str = "fix") -> None:
    readings = measure(timeline, agreements, as_of=as_of).readings
    said = told(timeline, agreements, name, as_of)
    cycles = [found(cycle) for cycle in chain.from_iterable(reading.cycles for reading in readings)]
    verdicts = [] if said is None else said.verdicts
    expected = [cycle._replace(flags=_in_order(cycle.flags, cycle.stage)) for cycle in verdicts]
    assert cycles == expected, _difference(cycles, expected)


def _difference(cycles: list[Verdict], expected: list[Verdict]) -> str:
    """Which fields differ, the engine's value before the reference's."""
    if len(cycles) != len(expected):
        return f"{[of[:6] for of in cycles]} is not {[of[:6] for of in expected]}"
    return "; ".join(
        f"{one.number}.{name}: {mine!r} is not {yours!r}"
        for one, other in zip(cycles, expected, strict=True)
        for name, mine, yours in zip(Verdict._fields, one, other, strict=True)
        if mine != yours
    )


def compare_ledgers(timeline: Timeline, agreements: Agreements, as_of: datetime, name: str = "fix") -> None:
    """Each cycle's ledger, party by party; it adds up to the time from its start to its stop or the present.

    Ledgers show unknown actors as the vendor.
    """
    timeline = acted(timeline, Party.VENDOR)
    said = told(timeline, agreements, name, as_of)
    history = believed(timeline, as_of=as_of)
    found = {}
    (contract,) = agreements.contracts
    for reading in measure(timeline, agreements, as_of=as_of).readings:
        match = next((of for of in matches(history, agreements) if of.target.name == reading.target), None)
        workings = workings_behind(history, reading, contract, match, agreements.exclusions)
        for cycle in reading.cycles:
            owned = totals(workings[cycle.number].ledger)
            found[cycle.number] = {party.value: slots_of(us) for party, us in owned.items() if us}
            assert (
                sum(owned.values()) == span_us((cycle.stopped_at or as_of) - cycle.started_at) or "gone" in cycle.flags
            )
    expected = {}
    for judged, verdict in zip(said.judged, said.verdicts, strict=True) if said else ():
        expected[verdict.number] = ledger_of(judged, verdict, timeline)
    assert found == expected, f"{found} is not {expected}"
