"""What happened in a scenario, as a timeline: events in the public format, with ids and local times where they help."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from syncd.domain.instant_text import instant_text
from syncd.domain.timeline import Timeline
from syncd.domain.timeline_error import TimelineError
from syncd.domain.timeline_format import parse_timeline
from syncd.settings.document import Spot
from syncd.settings.finding import shown
from syncd.settings.scenario_section import HeadSection, Written
from syncd.settings.scenario_times import instant_of
from syncd.settings.section import Refused

_EVENT_TIMES = ("at", "at_earliest", "reported_at", "started_at")
_GAP_TIMES = ("from", "until")
_ANY_TIME = "2000-01-01T00:00:00Z"
"""Stands for a time that was refused, so that the rest of its event is still checked."""

_WHERE = re.compile(r"(?P<place>[a-z_]+(?:\[[0-9]+\])?(?:\.[^:]+)?): (?P<sentence>.*)", re.DOTALL)
_STEP = re.compile(r"[^.\[\]]+")


def timeline_of(
    head: HeadSection, events: Sequence[Written], spot: Spot, *, source: str, zone: ZoneInfo | None, around: Spot
) -> Timeline | None:
    """Return a ticket of a scenario; None where something is refused.

    Events are written at the spot's `events`, what is known of the ticket beside them at `around`. An event without an
    id is `e1`, `e2`, ... by its place. Times without an offset are those of `zone`.
    """
    before = len(spot.findings)
    told = [_event(event, n, spot.at("events", n), zone) for n, event in enumerate(events)]
    given: dict[str, object] = {
        "source": source,
        "ticket": "T-1",
        **head.model_dump(exclude_none=True, exclude={"gaps", "events"}),
        "gaps": [_with_times(_plain(gap), _GAP_TIMES, around.at("gaps", n), zone) for n, gap in enumerate(head.gaps)],
    }
    if len(spot.findings) > before:
        return None
    try:
        return parse_timeline({**given, "events": told})
    except TimelineError as refused:
        _refuse(around, refused)
        return None


def _event(event: Written, n: int, spot: Spot, zone: ZoneInfo | None) -> dict[str, object]:
    """Return an event in the public format, checked on its own, so that a mistake in one hides none in another."""
    numbered = {"id": f"e{n + 1}", **_plain(event)}
    written = _with_times(numbered, _EVENT_TIMES, spot, zone)
    try:
        parse_timeline({"source": "-", "ticket": "-", "events": [written]})
    except TimelineError as refused:
        _refuse(spot, refused, outer=2)
    return written


def _with_times(item: dict[str, object], keys: tuple[str, ...], spot: Spot, zone: ZoneInfo | None) -> dict[str, object]:
    out = dict(item)
    for key in keys:
        if item.get(key) is None:
            continue
        try:
            out[key] = instant_text(instant_of(item[key], zone))
        except Refused as refused:
            spot.at(key).refuse(f"found {shown(item[key])}; allowed: {refused.allowed}")
            out[key] = _ANY_TIME
        except ValueError as refused:
            spot.at(key).refuse(str(refused))
            out[key] = _ANY_TIME
    return out


def _plain(item: Written) -> dict[str, object]:
    """Return a mapping as JSON would hold it; a fraction among attributes stays the text it was written as."""
    return {
        key: {name: str(each) if isinstance(each, Decimal) else each for name, each in value.items()}
        if isinstance(value, Mapping)
        else (str(value) if key == "to" else float(value))
        if isinstance(value, Decimal)
        else value
        for key, value in item.items()
    }


def _refuse(spot: Spot, refused: TimelineError, *, outer: int = 0) -> None:
    """Note what the format's own reader said, at its place; `outer` steps of that stand around the spot."""
    found = _WHERE.fullmatch(str(refused))
    if found is None:
        spot.refuse(str(refused))
        return
    steps = [int(step) if step.isdecimal() else step for step in _STEP.findall(found["place"])]
    spot.at(*steps[outer:]).refuse(found["sentence"])
