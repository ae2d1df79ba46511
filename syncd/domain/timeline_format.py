"""The public timeline format, version 1: one ticket as JSON (design.md section 5)."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from syncd.domain.event_fields import READERS, reads_member
from syncd.domain.events import KIND_OF, KINDS, Opened, PhaseChanged, TicketEvent
from syncd.domain.instant_text import instant_text, parse_instant
from syncd.domain.names import Awaiting, Phase, Quality
from syncd.domain.timeline import Gap, Timeline, in_order
from syncd.domain.timeline_error import TimelineError, said

FORMAT = 1

_reads_quality = reads_member(Quality)


def parse_timeline(payload: Mapping[str, object], *, source: str | None = None) -> Timeline:
    """Return the timeline that one JSON object is; raises TimelineError.

    `source` overrides the object's own. Keys that version 1 does not know are refused in events, where a misspelt one
    would change a verdict, and ignored beside them.
    """
    if not isinstance(payload, Mapping):
        raise TimelineError("a timeline is a JSON object")
    if payload.get("format", FORMAT) != FORMAT:
        raise TimelineError(
            f"format: {said(payload.get('format'))} is not supported; this release reads format {FORMAT}"
        )
    ticket = _text(payload, "ticket", "")
    raw = payload.get("events")
    if not isinstance(raw, list):
        raise TimelineError("events: a list is required")
    events = [_event(item, f"events[{place}]") for place, item in enumerate(raw)]
    if not events:
        raise TimelineError("events: at least one is required")
    return Timeline(
        source=source if source is not None else _text(payload, "source", ""),
        ticket=ticket,
        id=_text(payload, "id", "") if "id" in payload else ticket,
        url=_optional_text(payload, "url", ""),
        title=_optional_text(payload, "title", ""),
        quality=_reads_quality(payload.get("quality", "full"), "quality"),
        gaps=_gaps(payload.get("gaps", [])),
        events=in_order(events),
    )


def timeline_as_json(timeline: Timeline) -> dict[str, object]:
    """Return the JSON object that a timeline is; `parse_timeline` returns an equal timeline."""
    line: dict[str, object] = {
        "format": FORMAT, "source": timeline.source, "ticket": timeline.ticket, "id": timeline.id,
    }  # fmt: skip
    if timeline.url is not None:
        line["url"] = timeline.url
    if timeline.title is not None:
        line["title"] = timeline.title
    line["quality"] = timeline.quality.value
    if timeline.gaps:
        line["gaps"] = [
            {"from": instant_text(gap.start), "until": instant_text(gap.end), "missing": sorted(gap.missing)}
            for gap in timeline.gaps
        ]
    line["events"] = [event_as_json(event) for event in timeline.events]
    return line


def event_as_json(event: TicketEvent) -> dict[str, object]:
    """Return the JSON object that an event is; what is absent is left out, but for a value that was taken away."""
    out: dict[str, object] = {"id": event.id, "at": instant_text(event.at), "kind": KIND_OF[type(event)]}
    out["by"] = event.by.value
    for each in fields(event):
        value = getattr(event, each.name)
        if each.name in _HEADER or value == {} or (value is None and each.name != "to"):
            continue
        out[_JSON_NAME.get(each.name, each.name)] = _plain(value)
    return out


_HEADER = frozenset({"id", "at", "by"})
_JSON_NAME = {"source_ticket": "from"}

_DEFAULT_AWAITING = {
    Phase.NEW: Awaiting.VENDOR,
    Phase.ACTIVE: Awaiting.VENDOR,
    Phase.RESOLVED: Awaiting.NOBODY,
    Phase.CLOSED: Awaiting.NOBODY,
    Phase.CANCELLED: Awaiting.NOBODY,
}
"""Whose turn it is where a phase says it by itself; `pending` does not."""


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, Mapping):
        return dict(value)
    return value.value if isinstance(value, StrEnum) else value


def _event(item: object, where: str) -> TicketEvent:
    if not isinstance(item, Mapping):
        raise TimelineError(f"{where}: an event is a JSON object")
    kind = item.get("kind")
    cls = KINDS.get(kind) if isinstance(kind, str) else None
    if cls is None:
        raise TimelineError(f"{where}.kind: {said(kind)} is none of {', '.join(KINDS)}")
    readers = READERS[cls]
    unknown = [key for key in item if key != "kind" and key not in readers]
    if unknown:
        raise TimelineError(f"{where}.{unknown[0]}: an event of kind {kind} has no such field")
    values: dict[str, Any] = {}
    for key, (name, read, required) in readers.items():
        if item.get(key) is not None:
            values[name] = read(item[key], f"{where}.{key}")
        elif required and not (key in item and name == "to" and kind in {"priority", "attribute"}):
            raise TimelineError(f"{where}.{key}: required")
    if cls is Opened or cls is PhaseChanged:
        _settle_awaiting(values, "phase" if cls is Opened else "to", where)
    if kind in {"priority", "attribute"}:
        values.setdefault("to", None)
    return cls(**values)


def _settle_awaiting(values: dict[str, Any], phase_key: str, where: str) -> None:
    if "awaiting" in values:
        return
    phase = values.get(phase_key, Phase.NEW)
    if phase not in _DEFAULT_AWAITING:
        raise TimelineError(f"{where}.awaiting: required with phase {phase}: who is waited for?")
    values["awaiting"] = _DEFAULT_AWAITING[phase]


def _gaps(value: object) -> tuple[Gap, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise TimelineError("gaps: a list is required")
    gaps = []
    for place, item in enumerate(value):
        where = f"gaps[{place}]"
        missing = item.get("missing") if isinstance(item, Mapping) else None
        if not isinstance(item, Mapping) or not isinstance(missing, list):
            raise TimelineError(f"{where}: from, until and missing (a list of kinds) are required")
        unknown = [kind for kind in missing if not isinstance(kind, str) or kind not in KINDS]
        if unknown:
            raise TimelineError(f"{where}.missing: {said(unknown[0])} is none of {', '.join(KINDS)}")
        start, end = (
            parse_instant(item.get("from"), f"{where}.from"),
            parse_instant(item.get("until"), f"{where}.until"),
        )
        if end < start:
            # It would hide nothing, and what is missing would count as known.
            raise TimelineError(f"{where}.until: lies before from; a gap ends where it begins, or later")
        gaps.append(Gap(start, end, frozenset(missing)))
    return tuple(gaps)


def _text(payload: Mapping[str, object], key: str, where: str) -> str:
    value = payload.get(key)
    if isinstance(value, str) and value:
        return value
    raise TimelineError(f"{where}{key}: a text is required")


def _optional_text(payload: Mapping[str, object], key: str, where: str) -> str | None:
    return None if payload.get(key) is None else _text(payload, key, where)
