"""Readings as JSON, one object per clock (design.md section 8)."""

from datetime import datetime

from syncd.domain.contract import Agreements
from syncd.domain.counted_once import measure_in
from syncd.domain.instant_text import instant_text
from syncd.domain.ledger import totals
from syncd.domain.linking import ALONE, Incident, name_of
from syncd.domain.matching import matches
from syncd.domain.measure import Measurement, believed
from syncd.domain.names import Metric
from syncd.domain.reading import Cycle, Reading, Uncovered
from syncd.domain.timeline import Timeline
from syncd.domain.working import Working, workings_behind


def ticket_as_json(
    timeline: Timeline,
    agreements: Agreements,
    *,
    as_of: datetime,
    ledger: bool = False,
    incident: Incident = ALONE,
) -> list[dict[str, object]]:
    """Measure a ticket and return one object per clock, with whose every second was if asked for.

    Each names the other tickets of its `incident` as `linked`. The seconds of a `ledger` add up to the time from the
    start to the stop or `as_of`. Raises CalendarExhausted, a ValueError, as measuring does.
    """
    found = measure_in(timeline, incident, agreements, as_of=as_of)
    lines = measurement_as_json(found)
    if incident.others:
        lines = [{**line, "linked": [name_of(other) for other in incident.others]} for line in lines]
    if ledger and found.uncovered is None:
        history = believed(timeline, as_of=as_of)
        contracts = {contract.id: contract for contract in agreements.contracts}
        matched = {(match.contract.id, match.target.name): match for match in matches(history, agreements)}
        for reading, line in zip(found.readings, lines, strict=True):
            match = matched.get((reading.contract, reading.target))
            workings = workings_behind(history, reading, contracts[reading.contract], match, agreements.exclusions)
            line["cycles"] = [
                cycle_as_json(cycle, silence=reading.metric is Metric.UPDATE) | _ledger(workings.get(cycle.number))
                for cycle in reading.cycles
            ]
    return lines


def measurement_as_json(measurement: Measurement) -> list[dict[str, object]]:
    """Return one object per clock of a ticket, or the one that says why there is none."""
    if measurement.uncovered is not None:
        return [uncovered_as_json(measurement.uncovered)]
    return [reading_as_json(reading) for reading in measurement.readings]


def _ledger(working: Working | None) -> dict[str, object]:
    if working is None:
        return {}
    return {"ledger": {owner.value: seconds(us) for owner, us in totals(working.ledger).items()}}


def reading_as_json(reading: Reading) -> dict[str, object]:
    """Return what one clock says; durations are seconds, whole ones as integers, instants RFC 3339 in UTC."""
    line: dict[str, object] = {
        "source": reading.source,
        "ticket": reading.ticket,
        "vendor": reading.vendor,
        "contract": reading.contract,
        "revision": reading.revision,
        "target": reading.target,
        "metric": reading.metric.value,
        "as_of": instant_text(reading.as_of),
        "cycles": [cycle_as_json(cycle, silence=reading.metric is Metric.UPDATE) for cycle in reading.cycles],
    }
    if reading.flags:
        line["flags"] = list(reading.flags)
    if reading.elsewhere:
        line["measured_elsewhere"] = list(reading.elsewhere)
    return line


def uncovered_as_json(uncovered: Uncovered) -> dict[str, object]:
    """Return that no contract measures a ticket, and why."""
    return {
        "source": uncovered.source,
        "ticket": uncovered.ticket,
        "vendor": uncovered.vendor,
        "as_of": instant_text(uncovered.as_of),
        "uncovered": uncovered.reason,
    }


def cycle_as_json(cycle: Cycle, *, silence: bool = False) -> dict[str, object]:
    """Return one run of a clock; of a `silence`, an update clock's, with its misses."""
    line: dict[str, object] = {
        "number": cycle.number,
        "priority": cycle.priority,
        "started_at": instant_text(cycle.started_at),
        "stopped_at": optional_instant(cycle.stopped_at),
        "stage": cycle.stage.value,
        "goal_seconds": seconds(cycle.goal_us),
        "elapsed_seconds": seconds(cycle.elapsed_us),
        "remaining_seconds": seconds(cycle.remaining_us),
        "first_due_at": optional_instant(cycle.first_due_at),
        "due_at": optional_instant(cycle.due_at),
        "due_if_resumed": optional_instant(cycle.due_if_resumed),
        "late_from": optional_instant(cycle.late_from),
        "breached_at": optional_instant(cycle.breached_at),
        "verdict": cycle.verdict.value,
        "period": cycle.period,
        "pauses": [
            {"from": instant_text(pause.start), "until": optional_instant(pause.until), "cause": pause.cause}
            for pause in cycle.pauses
        ],
        "started_by": cycle.started_by,
        "stopped_by": cycle.stopped_by,
        "false_resolves": cycle.false_resolves,
        "flags": list(cycle.flags),
    }
    if silence:
        line |= {"misses": cycle.misses, "miss_at": [instant_text(at) for at in cycle.miss_at]}
        line |= {"begun": cycle.begun, "begun_at": [instant_text(at) for at in cycle.begun_at]}
    if cycle.refused:
        line["refused_pauses"] = [
            {"from": instant_text(each.start), "until": optional_instant(each.until), "reason": each.reason}
            for each in cycle.refused
        ]
    if cycle.raw is not None:
        raw = cycle.raw
        line["raw"] = {
            "verdict": raw.verdict.value, "period": raw.period, "elapsed_seconds": seconds(raw.elapsed_us),
        }  # fmt: skip
    if cycle.revision is not None:
        line["revision"] = cycle.revision
    return line


def optional_instant(instant: datetime | None) -> str | None:
    """Return an instant's text, or None."""
    return None if instant is None else instant_text(instant)


def seconds(us: int | None) -> int | float | None:
    """Return microseconds as seconds: an integer where they are whole."""
    if us is None:
        return None
    whole, rest = divmod(us, 1_000_000)
    return us / 1_000_000 if rest else whole
