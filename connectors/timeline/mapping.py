"""The pure half: a line is a timeline already."""

from collections.abc import Mapping

from connectors.timeline.settings import TimelineOptions
from syncd.domain.timeline_format import parse_timeline
from syncd.ports.connector import Mapped, RawRecord, Site

_KEPT = ("format", "source", "ticket", "id", "url", "title", "quality", "gaps", "events")
"""What the format knows; whatever else stands in a line is not stored."""


class TimelineMapper:
    """Maps lines of timeline files; see `syncd.ports.connector.Mapper`."""

    version = 1
    volatile: frozenset[str] = frozenset()

    def __init__(self, site: Site, options: TimelineOptions) -> None:
        del options  # where lines come from says nothing about what they mean
        self._source = site.source

    def record(self, payload: Mapping[str, object]) -> RawRecord:
        """Return the record that a line is; raises TimelineError, a ValueError, saying where it is wrong."""
        timeline = parse_timeline(payload, source=self._source)
        return RawRecord(ticket=timeline.id, updated_at=timeline.events[-1].at, payload=payload)

    def redact(self, record: RawRecord) -> RawRecord:
        """Return the record with the keys of the format only; events hold no text by their own rules."""
        kept = {key: record.payload[key] for key in _KEPT if key in record.payload}
        return RawRecord(ticket=record.ticket, updated_at=record.updated_at, payload=kept, part=record.part)

    def map(self, record: RawRecord) -> Mapped:
        """Return the line's events under this source's own name."""
        return Mapped(parse_timeline(record.payload, source=self._source))
