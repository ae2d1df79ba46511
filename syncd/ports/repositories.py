"""The store's repositories: truth, and what is derived from it (design.md section 10).

They speak domain words and take batches; every instant is aware UTC. Inside the store a ticket is known by its number,
a source by its immutable id.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from syncd.domain.events import Gone, Linked, Merged, TicketEvent
from syncd.domain.names import LinkRole
from syncd.domain.problem import Problem
from syncd.domain.timeline import Timeline
from syncd.ports.connector import Cursor, RawRecord

SourceId = int
TicketNo = int

EVENTS_A_TRANSACTION = 200
"""The most events one transaction writes, so that the deadline timer never waits long for the gate."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source and how its polling goes."""

    id: SourceId
    name: str
    kind: str
    mapper_version: int | None
    """The mapper behind the active generation of events; None before the first."""
    generation: int
    last_attempt_at: datetime | None
    last_success_at: datetime | None
    """End of the last complete pass."""
    watermark: datetime | None
    failures: int
    """Failed passes since the last complete one."""
    last_error: str | None
    """Reason and sentence of the last failure; None after a complete pass."""
    backfilled_at: datetime | None
    skew: timedelta | None = None
    """The source's clock less ours, as last seen; None where it was never seen."""


class Sources(Protocol):
    """The configured sources."""

    def register(self, name: str, kind: str) -> SourceRow:
        """Return the source of that name, made if new."""
        ...

    def all(self) -> Sequence[SourceRow]:
        """Return every source ever registered, by id."""
        ...

    def attempted(self, source: SourceId, at: datetime) -> None:
        """Note the start of a pass."""
        ...

    def succeeded(self, source: SourceId, at: datetime, watermark: datetime | None) -> None:
        """Note a complete pass; a watermark never moves back."""
        ...

    def failed(self, source: SourceId, at: datetime, error: str) -> None:
        """Note a failed pass."""
        ...

    def skewed(self, source: SourceId, skew: timedelta) -> None:
        """Note how far the source's clock was seen to be ahead of ours."""
        ...

    def backfilled(self, source: SourceId, at: datetime) -> None:
        """Note that the past is read."""
        ...

    def begin_generation(self, source: SourceId, mapper_version: int) -> int:
        """Return a new, inactive generation number of the source's events."""
        ...

    def activate_generation(self, source: SourceId, generation: int, mapper_version: int) -> None:
        """Make a generation the one that is read and drop every other.

        Withdrawn events are carried over: no record of today tells them, and they still count.
        """
        ...


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A redacted record to keep, with the hash of it less its volatile paths."""

    record: RawRecord
    digest: bytes


class Records(Protocol):
    """Raw records: truth. Kept compressed; of each (ticket, part) the newest for ever."""

    def digests(self, source: SourceId, keys: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], bytes]:
        """Return the newest record's digest of each (ticket, part) that has one."""
        ...

    def newest(self, source: SourceId, keys: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], RawRecord]:
        """Return the newest record of each (ticket, part) that has one."""
        ...

    def put(self, source: SourceId, records: Sequence[NewRecord], at: datetime) -> None:
        """Keep records as the newest of their (ticket, part); a digest kept before is not kept twice in a row."""
        ...

    def stream(self, source: SourceId) -> Iterator[RawRecord]:
        """Yield the newest record of every (ticket, part), all parts of a ticket together, in bounded memory."""
        ...

    def count(self, source: SourceId) -> int:
        """Return how many (ticket, part) there are, for progress."""
        ...

    def trim(self, before: datetime, limit: int) -> int:
        """Drop superseded records learned before an instant, at most `limit`; return how many."""
        ...


@dataclass(frozen=True, slots=True)
class StoredTimeline:
    """A ticket as the store knows it."""

    number: TicketNo
    source: SourceId
    timeline: Timeline
    withdrawn: frozenset[str] = frozenset()
    """Ids of events that the source no longer shows; they still count."""

    @property
    def believed(self) -> Timeline:
        """The timeline to measure: without what ended or joined a ticket (gone, merged, linked) and was taken back."""
        if not self.withdrawn:
            return self.timeline
        events = (each for each in self.timeline.events if each.id not in self.withdrawn or not _is_undone(each))
        return replace(self.timeline, events=tuple(events))


def _is_undone(event: TicketEvent) -> bool:
    """Whether an event that its source no longer shows does not count any more; most still do."""
    return isinstance(event, Gone | Merged) or (isinstance(event, Linked) and event.role is LinkRole.SAME_INCIDENT)


class Tickets(Protocol):
    """Tickets and their events."""

    def lock(self, source: SourceId, heads: Sequence[Timeline]) -> Mapping[str, TicketNo]:
        """Lock the tickets' rows in order of their numbers until the transaction ends, making and updating them.

        Heads are timelines whose events are left out of account. Returns numbers by ticket id. Whoever writes a
        ticket's readings or notices calls this or `lock_numbers` before reading its events.
        """
        ...

    def lock_numbers(self, numbers: Sequence[TicketNo]) -> None:
        """Lock existing tickets' rows in order of their numbers until the transaction ends."""
        ...

    def append(
        self,
        events: Mapping[TicketNo, Sequence[TicketEvent]],
        *,
        recorded_at: datetime,
        generation: int | None = None,
    ) -> int:
        """Add events whose ids their ticket does not hold yet; return how many were new.

        `generation` is the source's active one unless given. An event held already stays as it is.
        """
        ...

    def learned(self, numbers: Sequence[TicketNo], recorded_at: datetime) -> Sequence[datetime]:
        """Return when the tickets' active events happened that were recorded at exactly that instant, in order."""
        ...

    def withdraw(self, events: Mapping[TicketNo, Sequence[str]], at: datetime) -> int:
        """Mark events, by id, as no longer shown by the source; return how many were not marked before."""
        ...

    def timelines(self, numbers: Sequence[TicketNo]) -> Mapping[TicketNo, StoredTimeline]:
        """Return tickets with the events of their source's active generation, in order."""
        ...

    def stream(self, source: SourceId | None = None) -> Iterator[StoredTimeline]:
        """Yield every ticket with its active events, in order of number, in bounded memory."""
        ...

    def numbers(self, after: TicketNo, limit: int) -> Sequence[TicketNo]:
        """Return the first tickets whose number is greater than `after`, in order."""
        ...

    def find(self, text: str) -> Sequence[TicketNo]:
        """Return the tickets that people call `text` (exactly), or whose id it is; `source:ticket` narrows."""
        ...

    def open_ids(self, source: SourceId) -> Sequence[str]:
        """Return the ids of the source's tickets with an open clock, least recently changed first."""
        ...

    def count(self, after: TicketNo = -1) -> int:
        """Return how many tickets there are, or how many whose number is greater than `after`."""
        ...


class Checkpoints(Protocol):
    """Cursors: truth. One per source and stream (`live`, `backfill`)."""

    def get(self, source: SourceId, stream: str) -> Cursor | None:
        """Return the cursor; None before the first page."""
        ...

    def set(self, source: SourceId, stream: str, cursor: Cursor, *, expected: Cursor | None) -> None:
        """Move the cursor if it still is `expected`; raises `CursorMoved`."""
        ...


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A ticket whose record cannot be mapped or measured; it is unverifiable until it can."""

    source: str
    ticket_id: str
    reason: str
    since: datetime


class Quarantine(Protocol):
    """Tickets that must not stop the others."""

    def put(self, source: SourceId, ticket_id: str, reason: str, at: datetime) -> None:
        """Keep a ticket apart; raw records stay."""
        ...

    def lift(self, source: SourceId, ticket_ids: Sequence[str]) -> int:
        """Take tickets back; return how many were there."""
        ...

    def all(self) -> Sequence[Quarantined]:
        """Return every quarantined ticket, oldest first."""
        ...


class Problems(Protocol):
    """Findings about data, those of a ticket replaced whole whenever it is mapped."""

    def replace(self, source: SourceId, tickets: Mapping[str, Sequence[Problem]], at: datetime) -> None:
        """Set the findings of these tickets (by id; empty id for the source itself)."""
        ...

    def restate(self, source: SourceId, ticket_id: str, code: str, problems: Sequence[Problem], at: datetime) -> None:
        """Set a ticket's findings of one code, leaving those of others; the key names the ticket."""
        ...

    def counts(self) -> Mapping[tuple[str, str], int]:
        """Return how many there are by (source, code)."""
        ...

    def of(self, source: SourceId, ticket_id: str) -> Sequence[Problem]:
        """Return one ticket's findings."""
        ...
