"""Tries scenarios: compares what one comes to with what both parties expect, and tells every place that differs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from syncd.domain.instant import SECOND_US
from syncd.domain.instant_text import parse_instant
from syncd.domain.scenario import Difference, Expectation, Expected, Scenario, Span, Tried
from syncd.domain.timeline_error import TimelineError

Line = Mapping[str, object]
"""What one clock says, as `syncd measure` prints it."""

Render = Callable[[Scenario], Sequence[Line]]
"""Measures a scenario's ticket; raises ValueError for one that cannot be measured."""

_ABSENT = object()
"""Stands for a key that a reading does not have."""

_EMPTY = (None, 0, Span(0))
"""What a reading says of a key that it leaves out."""


def try_scenario(scenario: Scenario, measured: Render) -> Tried:
    """Return how a scenario's readings compare with what it expects.

    Instants are compared as instants and durations to the microsecond. Of objects only the keys named count; lists must
    be as long as expected. A key that a reading leaves out counts as null, nothing or zero.
    """
    try:
        lines = measured(scenario)
    except ValueError as refused:
        first = scenario.expectations[0].keys
        told = Difference(first.path, first.line, "a ticket that can be measured", str(refused))
        return Tried(scenario, (told,))
    differences: list[Difference] = []
    targets: set[str] = set()
    for expectation in scenario.expectations:
        found = list(_compared(expectation, lines))
        differences += found
        if found and expectation.target is not None:
            targets.add(expectation.target)
    return Tried(scenario, tuple(differences), frozenset(targets))


def _compared(expectation: Expectation, lines: Sequence[Line]) -> Iterator[Difference]:
    keys = expectation.keys
    if expectation.uncovered:
        yield from _covered(keys, lines)
        return
    clocks = [line for line in lines if _is_about(line, expectation)]
    if not expectation.measured:
        if clocks:
            yield Difference(keys.path, keys.line, "a ticket that this target does not measure", _names(clocks))
    elif len(clocks) == 1:
        yield from _differences(keys, clocks[0])
    else:
        wanted = "one clock" if expectation.target is None else "a clock of this target"
        yield Difference(keys.path, keys.line, wanted, _names(lines))


def _is_about(line: Line, expectation: Expectation) -> bool:
    if expectation.target is None:
        return True
    same = expectation.contract is None or line.get("contract") == expectation.contract
    return same and line.get("target") == expectation.target


def _covered(keys: Expected, lines: Sequence[Line]) -> Iterator[Difference]:
    reason = next((line["uncovered"] for line in lines if "uncovered" in line), None)
    if reason != keys.value:
        expected = keys.value if isinstance(keys.value, str) else None
        yield Difference(keys.path, keys.line, expected, _names(lines) if reason is None else reason)


def _names(lines: Sequence[Line]) -> str:
    """Say which clocks there are."""
    if not lines:
        return "nothing measured so far"
    told = (f"uncovered: {line['uncovered']}" if "uncovered" in line else f"{line.get('target')}" for line in lines)
    return ", ".join(told)


def _differences(expected: Expected, found: object) -> Iterator[Difference]:
    value = expected.value
    if isinstance(value, Mapping):
        if found is not _ABSENT and not isinstance(found, Mapping):
            yield Difference(expected.path, expected.line, "an object", found)
            return
        inside = found if isinstance(found, Mapping) else {}
        for key, item in value.items():
            yield from _differences(item, inside.get(key, _ABSENT))
    elif isinstance(value, tuple):
        items = found if isinstance(found, Sequence) and not isinstance(found, str) else ()
        if len(items) != len(value):
            yield Difference(expected.path, expected.line, _listed([item.value for item in value]), _listed(items))
        for item, one in zip(value, items, strict=False):
            yield from _differences(item, one)
    elif not _is(value, found):
        yield Difference(expected.path, expected.line, value, None if found is _ABSENT else found)


def _listed(items: Sequence[object]) -> str:
    """Return a list of words as it is written, of anything else how long it is."""
    words = [item for item in items if isinstance(item, str) and not isinstance(_instant(item), datetime)]
    if words and len(words) == len(items):
        return f"[{', '.join(words)}]"
    return "1 entry" if len(items) == 1 else f"{len(items) or 'no'} entries"


def _is(value: object, found: object) -> bool:
    if found is _ABSENT:
        return value in _EMPTY
    if isinstance(value, datetime):
        return _instant(found) == value
    if isinstance(value, Span):
        return isinstance(found, int | float) and not isinstance(found, bool) and round(found * SECOND_US) == value.us
    return type(value) is type(found) and value == found


def _instant(found: object) -> datetime | None:
    try:
        return parse_instant(found, "")
    except TimelineError:
        return None
