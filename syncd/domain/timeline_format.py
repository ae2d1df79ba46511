"""The public timeline format, version 1: one ticket as JSON (design.md section 5)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from enum import StrEnum
from reprlib import Repr
from typing import Any, TypeVar

from syncd.domain.events import KIND_OF, KINDS, Opened, PhaseChanged, TicketEvent
from syncd.domain.names import Awaiting, GoneReason, LinkRole, Party, Phase, Quality, Visibility
from syncd.domain.timeline import Gap, Timeline, in_order

FORMAT = 1

E = TypeVar("E", bound=StrEnum)


class TimelineError(ValueError):
    """A line is not a timeline; the message says where and what would be right."""


def parse_timeline(payload: Mapping[str, object], *, source: str | None = None) -> Timeline:
    """Return the timeline that one JSON object is; raises TimelineError.

    `source` overrides the object's own. Keys that version 1 does not know are refused in events, where a misspelt one
    would change a verdict, and ignored beside them.
    """
    if not isinstance(payload, Mapping):
        raise TimelineError("a timeline is a JSON object")
    if payload.get("format", FORMAT) != FORMAT:
        raise TimelineError(
            f"format: {_said(payload.get('format'))} is not supported; this release reads format {FORMAT}"
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


def instant_text(instant: datetime) -> str:
    """Return an aware instant as RFC 3339 in UTC with a `Z`; fractions of a second only where there are any."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse_instant(value: object, where: str) -> datetime:
    """Return the aware UTC instant of an RFC 3339 text; raises TimelineError for a naive or malformed one."""
    instant = _aware(value)
    if instant is None:
        raise TimelineError(f"{where}: {_said(value)} is not an instant with a zone, such as 2026-03-02T08:00:00Z")
    return instant


def _aware(value: object) -> datetime | None:
    # fromisoformat takes more: weeks, offsets with seconds, and any character before the time or the zone.
    if not isinstance(value, str) or _WRITTEN.fullmatch(value) is None:
        return None
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


_WRITTEN = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ](?:[01][0-9]|2[0-3]):[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?"
    r"(?:[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)"
)
"""RFC 3339 5.6, seconds or the minutes of an offset left out where they are none, and the colon in it (ISO 8601)."""

_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = 80
_said = _SHORT.repr
"""Shows a value that was refused, of any size and depth, in a sentence."""

_LARGEST = 2**53
"""Up to here every whole number is exact in JSON, whoever reads it."""

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
        raise TimelineError(f"{where}.kind: {_said(kind)} is none of {', '.join(KINDS)}")
    readers = _READERS[cls]
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
            raise TimelineError(f"{where}.missing: {_said(unknown[0])} is none of {', '.join(KINDS)}")
        gaps.append(
            Gap(
                parse_instant(item.get("from"), f"{where}.from"),
                parse_instant(item.get("until"), f"{where}.until"),
                frozenset(missing),
            )
        )
    return tuple(gaps)


def _text(payload: Mapping[str, object], key: str, where: str) -> str:
    value = payload.get(key)
    if isinstance(value, str) and value:
        return value
    raise TimelineError(f"{where}{key}: a text is required")


def _optional_text(payload: Mapping[str, object], key: str, where: str) -> str | None:
    return None if payload.get(key) is None else _text(payload, key, where)


def _reads_member(cls: type[E]) -> Callable[[object, str], E]:
    members = {member.value: member for member in cls}

    def read(value: object, where: str) -> E:
        member = members.get(value) if isinstance(value, str) else None
        if member is None:
            raise TimelineError(f"{where}: {_said(value)} is none of {', '.join(cls)}")
        return member

    return read


_reads_quality = _reads_member(Quality)


def _reads_text(value: object, where: str) -> str:
    if isinstance(value, str) and value:
        return value
    raise TimelineError(f"{where}: {_said(value)} is not a text")


def _reads_flag(value: object, where: str) -> bool:
    if isinstance(value, bool):
        return value
    raise TimelineError(f"{where}: {_said(value)} is neither true nor false")


def _reads_whole(value: object, where: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise TimelineError(f"{where}: {_said(value)} is not a whole number")


def _reads_number(value: object, where: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and -_LARGEST <= value <= _LARGEST:
        return float(value)
    raise TimelineError(f"{where}: {_said(value)} is not a number")


def _reads_scalar(value: object, where: str) -> str:
    """Attribute values are compared as text, so that YAML's and JSON's scalars agree: true, 3, 1.5, text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    raise TimelineError(f"{where}: {_said(value)} is not a text, number or boolean")


def _reads_attributes(value: object, where: str) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise TimelineError(f"{where}: an object is required")
    return {str(key): _reads_scalar(item, f"{where}.{key}") for key, item in value.items() if item is not None}


_Reader = tuple[str, Callable[[object, str], object], bool]
_COMMON: dict[str, _Reader] = {
    "id": ("id", _reads_text, True),
    "at": ("at", parse_instant, True),
    "by": ("by", _reads_member(Party), False),
    "seq": ("seq", _reads_whole, False),
    "vendor": ("vendor", _reads_text, False),
    "at_earliest": ("at_earliest", parse_instant, False),
    "original": ("original", _reads_text, False),
}
_OWN: dict[str, dict[str, _Reader]] = {
    "opened": {
        "priority": ("priority", _reads_text, False),
        "phase": ("phase", _reads_member(Phase), False),
        "awaiting": ("awaiting", _reads_member(Awaiting), False),
        "attributes": ("attributes", _reads_attributes, False),
        "reported_at": ("reported_at", parse_instant, False),
    },
    "notified": {"vendor": ("vendor", _reads_text, True)},
    "handed_over": {"to": ("to", _reads_text, True)},
    "phase": {"to": ("to", _reads_member(Phase), True), "awaiting": ("awaiting", _reads_member(Awaiting), False)},
    "priority": {"to": ("to", _reads_text, True)},
    "message": {
        "visibility": ("visibility", _reads_member(Visibility), False),
        "automated": ("automated", _reads_flag, False),
        "relayed": ("relayed", _reads_flag, False),
    },
    "attribute": {"name": ("name", _reads_text, True), "to": ("to", _reads_scalar, True)},
    "merged": {"into": ("into", _reads_text, True)},
    "split": {"from": ("source_ticket", _reads_text, True)},
    "absorbed": {
        "from": ("source_ticket", _reads_text, True),
        "started_at": ("started_at", parse_instant, True),
        "priority": ("priority", _reads_text, False),
    },
    "linked": {"to": ("to", _reads_text, True), "role": ("role", _reads_member(LinkRole), True)},
    "unlinked": {"to": ("to", _reads_text, True), "role": ("role", _reads_member(LinkRole), True)},
    "rated": {"score": ("score", _reads_number, True), "scale": ("scale", _reads_number, True)},
    "gone": {"reason": ("reason", _reads_member(GoneReason), True)},
}
_READERS: dict[type[TicketEvent], dict[str, _Reader]] = {
    cls: {**_COMMON, **_OWN.get(kind, {})} for kind, cls in KINDS.items()
}
