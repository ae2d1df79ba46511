"""What the source's own SLA clocks say: evidence beside our reading, never in its place.

The shape is the same for every source that has such clocks: an `attribute` event named `native:NAME`, at the instants
that the source gives, which becomes `running` where a cycle starts, `missed` where it breaches, `met` or `missed` where
it stops, `cancelled` where it was called off; `original` holds the source's own goal. Times that never stand still
(remaining, elapsed of a running cycle) are no events, and volatile.

Service Management recalculates them when somebody edits an SLA's configuration: they are observations.
"""

from collections.abc import Iterable, Iterator

from connectors.jira.cells import Row, inner, is_object, rows, text
from connectors.jira.stamps import instant, millis
from syncd.domain.events import AttributeChanged
from syncd.domain.names import Party
from syncd.domain.native import PREFIX

VOLATILE = frozenset(
    {f"sla.*.ongoingCycle.{key}" for key in ("elapsedTime", "remainingTime", "withinCalendarHours", "breachTime")}
)

_DATES = ("startTime", "stopTime", "breachTime")
_DURATIONS = ("goalDuration", "elapsedTime", "remainingTime")
_FLAGS = ("breached", "paused", "withinCalendarHours")


def is_native(value: object) -> bool:
    """Tell whether a field's value is an SLA's, or has the shape of one."""
    return is_object(value) and ("completedCycles" in value or "ongoingCycle" in value)


def cycles_of(value: Row) -> dict[str, object]:
    """Return what is kept of an SLA's value: its name and its cycles, with plain numbers. Idempotent."""
    kept: dict[str, object] = {"id": text(value, "id"), "name": text(value, "name")}
    kept["completedCycles"] = [_cycle(row) for row in rows(value, "completedCycles")]
    if is_object(value.get("ongoingCycle")):
        kept["ongoingCycle"] = _cycle(inner(value, "ongoingCycle"))
    return kept


def _cycle(row: Row) -> dict[str, object]:
    dates = {key: {"epochMillis": millis(at)} for key in _DATES if (at := instant(row.get(key))) is not None}
    spans: dict[str, object] = {
        key: {"millis": span} for key in _DURATIONS if isinstance(span := inner(row, key).get("millis"), int)
    }
    return {**dates, **spans, **{key: row[key] for key in _FLAGS if isinstance(row.get(key), bool)}}


def evidence(slas: Iterable[Row]) -> Iterator[AttributeChanged]:
    """Yield what the source's clocks say happened."""
    for sla in slas:
        name = text(sla, "name") or text(sla, "id")
        for cycle in rows(sla, "completedCycles"):
            yield from _told(f"sla:{text(sla, 'id') or name}", name, cycle, over=True)
        if is_object(sla.get("ongoingCycle")):
            yield from _told(f"sla:{text(sla, 'id') or name}", name, inner(sla, "ongoingCycle"), over=False)


def _told(mark: str, name: str, cycle: Row, *, over: bool) -> Iterator[AttributeChanged]:
    start, stop, breach = (instant(cycle.get(key)) for key in _DATES)
    if start is None:
        return
    missed = cycle.get("breached") is True
    goal = inner(cycle, "goalDuration").get("millis")
    word = f"goal {goal} ms" if isinstance(goal, int) else None
    mark = f"{mark}:{millis(start)}"
    moments = [("start", start, "running")]
    if missed and breach is not None and breach >= start:
        moments.append(("breach", breach, "missed"))
    if over and stop is not None and stop >= start:
        moments.append(("stop", stop, "missed" if missed else "met"))
    for rank, (what, at, to) in enumerate(moments):
        yield AttributeChanged(
            id=f"{mark}:{what}", at=at, by=Party.SYSTEM, seq=rank, name=PREFIX + name, to=to, original=word
        )
