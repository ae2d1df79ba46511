"""One incident in several tools is measured once: whose clock counts (decision 0029).

Each ticket is measured by itself first; then what its clocks say is set beside what those of the others say.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from syncd.domain.contract import Agreements
from syncd.domain.linking import Incident, name_of
from syncd.domain.measure import Measurement, measure
from syncd.domain.names import Verdict
from syncd.domain.reading import Cycle, Reading, Unadjusted
from syncd.domain.scorecard import MEASURED_ELSEWHERE
from syncd.domain.timeline import Timeline


class Beside(NamedTuple):
    """Another ticket of the incident, and what its clocks say by themselves."""

    timeline: Timeline
    readings: Sequence[Reading]


def measure_in(timeline: Timeline, incident: Incident, agreements: Agreements, *, as_of: datetime) -> Measurement:
    """Return what the clocks of a ticket say beside those of its incident; a ticket alone is measured as ever.

    Raises CalendarExhausted, a ValueError, as measuring does; another ticket that cannot be measured is not known.
    """
    found = measure(timeline, agreements, as_of=as_of)
    if not (incident.others and found.readings and agreements.have_records):
        return found
    others = [Beside(other, _readings(other, agreements, as_of)) for other in incident.others]
    return found._replace(readings=counted_once(found.readings, others, agreements))


def _readings(timeline: Timeline, agreements: Agreements, as_of: datetime) -> Sequence[Reading]:
    try:
        return measure(timeline, agreements, as_of=as_of).readings
    except ValueError:
        return ()


def counted_once(readings: Sequence[Reading], others: Sequence[Beside], agreements: Agreements) -> tuple[Reading, ...]:
    """Return a ticket's readings, excluded where the clock of another ticket of its incident counts instead.

    That is so if a source which comes before its own in the contract's `system_of_record` has tickets in the incident
    and the same target's clock stands on each of them; the first such source counts.
    """
    orders = {contract.id: contract.system_of_record for contract in agreements.contracts}
    return tuple(_once(reading, others, orders.get(reading.contract, ())) for reading in readings)


def _once(reading: Reading, others: Sequence[Beside], order: Sequence[str]) -> Reading:
    before = order[: order.index(reading.source)] if reading.source in order else order
    for source in before if reading.cycles else ():
        there = [each for each in others if each.timeline.source == source]
        if there and all(_stands(each, reading) for each in there):
            return reading._replace(
                cycles=tuple(map(_elsewhere, reading.cycles)),
                elsewhere=tuple(name_of(each.timeline) for each in there),
            )
    return reading


def _stands(other: Beside, reading: Reading) -> bool:
    """Whether another ticket's clock tells what came of the incident: it has a verdict, or will, and none is unknown.

    What was excluded there by agreement is told; what was merely cancelled is not.
    """
    wanted = (reading.contract, reading.target, reading.metric)
    cycles = [
        cycle for each in other.readings if (each.contract, each.target, each.metric) == wanted for cycle in each.cycles
    ]
    return any(map(_tells, cycles)) and all(cycle.verdict is not Verdict.UNVERIFIABLE for cycle in cycles)


def _tells(cycle: Cycle) -> bool:
    return cycle.verdict in _TOLD or (cycle.raw is not None and cycle.raw.verdict in _TOLD)


_TOLD = frozenset({Verdict.MET, Verdict.MISSED, Verdict.PENDING})


def _elsewhere(cycle: Cycle) -> Cycle:
    raw = cycle.raw or Unadjusted(cycle.verdict, cycle.period, cycle.elapsed_us)
    return cycle._replace(verdict=Verdict.EXCLUDED, flags=(*cycle.flags, MEASURED_ELSEWHERE), raw=raw)
