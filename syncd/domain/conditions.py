"""Whether a ticket's attributes meet what a contract asks of them, and when they do."""

from collections.abc import Mapping

from syncd.domain.contract import Conditions
from syncd.domain.history import History
from syncd.domain.interval import Interval, union


def holds(conditions: Conditions, attributes: Mapping[str, str]) -> bool:
    """Whether every condition is met; an attribute that is absent meets none."""
    return not conditions or all(attributes.get(name) in values for name, values in conditions.items())


def held(conditions: Conditions, history: History, start: int, end: int) -> list[Interval]:
    """Return the stretches of `[start, end)`, in microseconds, in which a ticket met every condition."""
    if not conditions:
        return [Interval(start, end)]
    stated = list(history.attributes())
    ends = [*(max(at, start) for at, _ in stated[1:]), end]
    found = [
        Interval(max(at, start), min(until, end))
        for (at, attributes), until in zip(stated, ends, strict=False)
        if holds(conditions, attributes)
    ]
    return union(found)
