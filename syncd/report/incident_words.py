"""What explanations say of the other tickets of an incident: what joins them, what they came to, whose clock counts."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from syncd.domain.contract import Agreements, Contract
from syncd.domain.counted_once import measure_in
from syncd.domain.linking import Incident, Outcome, incidents, key_of, name_of
from syncd.domain.reading import Reading
from syncd.domain.timeline import Timeline
from syncd.report.durations import duration_text

_TIES: Mapping[Outcome, str] = {
    Outcome.UNKNOWN: "no ticket is known by that name, so it joins nothing",
    Outcome.AMBIGUOUS: "several tickets could be meant, so it joins nothing",
    Outcome.TOO_MANY: "too many tickets hang together by it, so it joins nothing",
}


def incident_lines(
    timeline: Timeline, incident: Incident, readings: Sequence[Reading], agreements: Agreements, *, as_of: datetime
) -> Iterator[str]:
    """Yield what is known of a ticket's incident besides it; nothing if no name was ever said of it."""
    if not (incident.others or incident.ties):
        return
    yield ""
    yield "The same incident elsewhere"
    for tie in incident.ties:
        yield f"  linked to {tie.name} (event {tie.event})" + (
            f": {_TIES[tie.outcome]}" if tie.outcome in _TIES else ""
        )
    everything = incidents((timeline, *incident.others), as_of=as_of)
    for other in incident.others:
        yield from _other(other, everything[key_of(other)], agreements, as_of)
    for contract in agreements.contracts:
        if incident.others and any(reading.contract == contract.id for reading in readings):
            yield from _which_counts(contract, readings)


def _other(other: Timeline, incident: Incident, agreements: Agreements, as_of: datetime) -> Iterator[str]:
    yield f"  {name_of(other)}" + (f"  {other.url}" if other.url else "")
    for tie in incident.ties:
        if tie.outcome is Outcome.JOINED:
            yield f"    links to {tie.name} (event {tie.event})"
    try:
        found = measure_in(other, incident, agreements, as_of=as_of)
    except ValueError as refused:
        yield f"    cannot be measured: {refused}"
        return
    if found.uncovered is not None:
        yield f"    no contract measures it: {found.uncovered.reason}"
    for reading in found.readings:
        said = [
            f"{cycle.verdict.value}, elapsed {duration_text(cycle.elapsed_us)}"
            + ("" if cycle.goal_us is None else f" of {duration_text(cycle.goal_us)}")
            for cycle in reading.cycles
        ]
        what = "; ".join(said) or "not started"
        elsewhere = f" (measured elsewhere: {', '.join(reading.elsewhere)})" if reading.elsewhere else ""
        yield f"    contract {reading.contract}, target {reading.target}: {what}{elsewhere}"


def _which_counts(contract: Contract, readings: Sequence[Reading]) -> Iterator[str]:
    order = ", then ".join(contract.system_of_record)
    if not order:
        yield f"  contract {contract.id} names no system_of_record: each of these tickets counts"
        return
    own = [reading for reading in readings if reading.contract == contract.id]
    yield f"  contract {contract.id}, system of record: {order}"
    for reading in own:
        counts = (
            f"the clock of {', '.join(reading.elsewhere)} counts" if reading.elsewhere else "this ticket's clock counts"
        )
        yield f"    target {reading.target}: {counts}"
