"""What sources' own SLA clocks say of a ticket: evidence beside our readings, which it never changes.

Connectors tell it as `attribute` events named `native:NAME` with the values `running`, `missed`, `met`, `cancelled`, at
the source's own instants; `original` holds what the source says of the goal (`goal 14400000 ms`) and, where it says
so, which promise the clock times (`target resolution`).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from syncd.domain.events import AttributeChanged
from syncd.domain.names import Metric, Verdict
from syncd.domain.reading import Cycle, Reading
from syncd.domain.timeline import Timeline

PREFIX = "native:"

_GOAL = re.compile(r"\bgoal (\d{1,15}) ms\b")
_TARGET = re.compile(r"\btarget (\w+)")
_WORD = re.compile(r"[a-z]+")

_HINTS = {
    "resolution": Metric.RESOLUTION, "resolve": Metric.RESOLUTION, "resolved": Metric.RESOLUTION,
    "fix": Metric.RESOLUTION, "response": Metric.FIRST_RESPONSE, "respond": Metric.FIRST_RESPONSE,
}  # fmt: skip
"""Words of a name, or of a target, that tell what is timed."""

_OTHERS = frozenset(
    {"after", "close", "closed", "closure", "every", "next", "restoration", "restore", "subsequent", "update",
     "updates", "workaround"}
)  # fmt: skip
"""Words of a name that is about another promise whatever else it says: "time to close after resolution"."""

_VALUES = {"met": Verdict.MET, "missed": Verdict.MISSED}
CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Native:
    """What one clock of the source says last: `value` since `since`, told by `event`.

    `goal_us` is the source's goal in microseconds, None where it names none. `metric` is what the clock times, as far
    as its target or its name tell without a doubt.
    """

    name: str
    value: str
    since: datetime
    goal_us: int | None
    metric: Metric | None
    event: str


@dataclass(frozen=True, slots=True)
class Divergence:
    """A clock of the source and our only clock of the same kind, of which one says in time and the other late."""

    native: Native
    reading: Reading
    cycle: Cycle


def natives(timeline: Timeline, *, as_of: datetime, withdrawn: frozenset[str] = frozenset()) -> tuple[Native, ...]:
    """Return what the source's clocks say as of an instant, in the order in which they were first told of.

    Events in `withdrawn` (ids) are what the source no longer shows, and leave nothing behind.
    """
    last: dict[str, Native | None] = {}
    for event in timeline.events:
        if event.at > as_of or not isinstance(event, AttributeChanged) or not event.name.startswith(PREFIX):
            continue
        if event.id not in withdrawn:
            name = event.name.removeprefix(PREFIX)
            last[name] = None if event.to is None else _native(name, event.to, event)
    return tuple(native for native in last.values() if native is not None)


def divergences(told: Iterable[Native], readings: Sequence[Reading]) -> tuple[Divergence, ...]:
    """Return where the source's own verdict contradicts ours.

    Compared are kinds of promise for which there is no doubt about who speaks: one clock of the source that was not
    cancelled, and one of ours that has started. The source's `met` contradicts our `missed`, its `missed` our `met` and
    our `pending`, which says "not late so far". What we excluded or could not verify contradicts nothing.
    """
    spoken: dict[Metric, list[Native]] = {}
    for native in told:
        if native.metric is not None and native.value != CANCELLED:
            spoken.setdefault(native.metric, []).append(native)
    found = []
    for metric, theirs in spoken.items():
        ours = [reading for reading in readings if reading.metric is metric and reading.cycles]
        if len(theirs) == 1 and len(ours) == 1 and _contradicts(theirs[0].value, ours[0].cycles[-1].verdict):
            found.append(Divergence(theirs[0], ours[0], ours[0].cycles[-1]))
    return tuple(found)


def _contradicts(value: str, verdict: Verdict) -> bool:
    said = _VALUES.get(value)
    if said is Verdict.MISSED:
        return verdict in (Verdict.MET, Verdict.PENDING)
    return said is Verdict.MET and verdict is Verdict.MISSED


def _native(name: str, value: str, event: AttributeChanged) -> Native:
    goal = _GOAL.search(event.original or "")
    return Native(
        name=name,
        value=value,
        since=event.at,
        goal_us=None if goal is None else int(goal[1]) * 1000,
        metric=_metric(name, event.original or ""),
        event=event.id,
    )


def _metric(name: str, original: str) -> Metric | None:
    """Return what a clock times: its target tells first, else its name, if it hints at one thing only."""
    target = _TARGET.search(original)
    if target is not None:
        return _HINTS.get(target[1].casefold())
    words = frozenset(_WORD.findall(name.casefold()))
    hinted = {_HINTS[word] for word in words & _HINTS.keys()}
    return hinted.pop() if len(hinted) == 1 and not words & _OTHERS else None
