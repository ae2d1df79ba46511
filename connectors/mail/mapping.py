"""The pure half: a record of one message to its events in its ticket."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from connectors.mail.authorship import Author
from connectors.mail.events import events_of, gap_of
from connectors.mail.files import read_files
from connectors.mail.hints import hints_from
from connectors.mail.judging import Judge
from connectors.mail.payload import letter_from, redacted
from connectors.mail.places import place_from
from connectors.mail.recording import MERGED, VOLATILE, group, unique, updated_at
from connectors.mail.report import details
from connectors.mail.settings import MailOptions
from syncd.domain.events import Merged
from syncd.domain.instant_text import parse_instant
from syncd.domain.names import Party, Quality
from syncd.domain.problem import Problem
from syncd.domain.timeline import Timeline, in_order
from syncd.ports.connector import FilesRead, Mapped, RawRecord, Site


class MailMapper:
    """Maps records of messages; see `syncd.ports.connector.Mapper` and `ReadsFiles`."""

    version = 1
    volatile: frozenset[str] = VOLATILE

    def __init__(self, site: Site, options: MailOptions) -> None:
        self._source = site.source
        self._options = options
        self._judge = Judge(site, options)

    def record(self, payload: Mapping[str, object]) -> RawRecord:
        """Return the record that a payload is; raises ValueError saying what it lacks."""
        ticket, part = payload.get("ticket"), payload.get("part")
        if not (isinstance(ticket, str) and ticket and isinstance(part, str) and part):
            raise ValueError("ticket and part: texts are required")
        if part != MERGED:
            letter_from(_inner(payload, "letter"))
            place_from(_inner(payload, "place"))
        elif not isinstance(_inner(payload, "merged").get("into"), str | None):
            raise ValueError("merged.into: a text or null is required")
        return RawRecord(ticket, updated_at(payload), payload, part)

    def redact(self, record: RawRecord) -> RawRecord:
        """Return the record without what people wrote; what their words point to was noted before (`hints`)."""
        payload = dict(record.payload)
        if record.part != MERGED:
            letter = _inner(payload, "letter")
            if "hints" not in payload:
                payload["hints"] = self._judge.hints(letter_from(letter)).as_payload()
            payload["letter"] = redacted(letter, bodies=self._options.store_bodies)
            if not self._options.titles:
                payload["place"] = {key: value for key, value in _inner(payload, "place").items() if key != "title"}
        return RawRecord(record.ticket, record.updated_at, payload, record.part)

    def map(self, record: RawRecord) -> Mapped:
        """Return the message's events, with findings about what was odd. Other messages' records hold the others."""
        if record.part == MERGED:
            return self._merged(record)
        payload = self.redact(record).payload
        letter, place = letter_from(_inner(payload, "letter")), place_from(_inner(payload, "place"))
        sightings = _list(payload.get("sightings"))
        judged = self._judge.judge(letter, hints_from(_inner(payload, "hints")), sightings)
        timeline = Timeline(
            source=self._source,
            ticket=place.shown,
            id=record.ticket,
            title=place.title if self._options.titles else None,
            quality=Quality.PARTIAL if place.inferred else Quality.FULL,
            gaps=gap_of(place),
            events=in_order(events_of(judged, place, sightings, self._options)),
        )
        problems = [Problem(code, detail, record.ticket) for code, detail in sorted(letter.problems.items())]
        if judged.authorship.author is Author.UNKNOWN:
            problems.append(Problem("unmatched_relay_mail", judged.authorship.reason, record.ticket))
        if judged.hints.listed:
            problems.append(Problem("several_references", "several keys of one kind link to none", record.ticket))
        if judged.doubt:
            problems.append(Problem("mail_not_counted", judged.doubt, record.ticket))
        if judged.stamp.source in ("none", "file"):
            problems.append(Problem("no_time", "neither server nor header say when it was sent", record.ticket))
        return Mapped(timeline, tuple(problems))

    def files(self, paths: Sequence[Path]) -> FilesRead:
        """Return the records that message files, Maildirs and mbox files come to, read together."""
        read = read_files(paths, self._judge.rules, self._options.caps())
        grouped = group(unique(each.found for each in read), self._judge, by_subject=self._options.join_by_subject)
        return FilesRead(grouped.records, details(read, grouped, self._judge))

    def _merged(self, record: RawRecord) -> Mapped:
        at = parse_instant(record.payload.get("at"), "at")
        merged = _inner(record.payload, "merged")
        into, times = merged.get("into"), merged.get("times")
        events: tuple[Merged, ...] = ()
        if into is not None:
            key = f"merged:{into}:{times}" if times else f"merged:{into}"
            events = (Merged(id=key, at=at, by=Party.SYSTEM, seq=9, into=str(into)),)
        return Mapped(Timeline(source=self._source, ticket=record.ticket, id=record.ticket, events=events))


def _inner(payload: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = payload.get(key)
    if not isinstance(value, Mapping):
        raise ValueError(f"{key}: an object is required")  # noqa: TRY004 - what was found is the record's, not a type
    return value


def _list(value: object) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []
