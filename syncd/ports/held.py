"""Notices that are decided and not let go yet, and the tickets to read once more before they are.

A notice is decided, under its key, with the readings that it follows from. It is held until its source is known to be
sound and its ticket was read once more, or the time for that is over.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from syncd.domain.changes import Withheld
from syncd.domain.notice import Notice
from syncd.ports.repositories import SourceId, TicketNo


@dataclass(frozen=True, slots=True)
class Held:
    """A notice that waits, and for whom. `why` is None while nothing but a confirmation is missing."""

    key: str
    notice: Notice
    channels: tuple[str, ...]
    source: SourceId
    ticket: TicketNo
    decided_at: datetime
    confirmed: bool = True
    why: Withheld | None = None


@dataclass(frozen=True, slots=True)
class WaitingOf:
    """How many notices of a source wait for one thing; `why` is None for a confirmation, or for nothing any more."""

    source: SourceId
    why: Withheld | None
    count: int


class HeldNotices(Protocol):
    """Notices that wait."""

    def hold(
        self,
        notice: Notice,
        channels: Sequence[str],
        *,
        ticket: TicketNo,
        at: datetime,
        leave_at: datetime | None = None,
        confirmed: bool = False,
        why: Withheld | None = None,
    ) -> bool:
        """Keep a notice back once; False when its key is known.

        With `leave_at` it leaves when its ticket was read once more, or at that instant unconfirmed; `confirmed` says
        that the ticket was read already. None lets it go at once. `why` marks one that waits for a digest.
        """
        ...

    def ready(self, now: datetime, *, blind: Collection[SourceId], limit: int) -> Sequence[Held]:
        """Return what may leave: not folded, not of a blind source, confirmed or out of time; most urgent first."""
        ...

    def next_leave(self, *, blind: Collection[SourceId]) -> datetime | None:
        """Return when the next unconfirmed one may leave."""
        ...

    def of(self, keys: Collection[str]) -> Sequence[Held]:
        """Return those that are still there."""
        ...

    def withhold(self, source: SourceId, why: Withheld) -> int:
        """Mark what a blind source's notices wait for; return how many were not marked before."""
        ...

    def listed(self, *, limit: int, offset: int = 0) -> Sequence[Held]:
        """Return everything that waits, most urgent first."""
        ...

    def waiting(self) -> Sequence[WaitingOf]:
        """Return how many wait by source and why, folded ones left out."""
        ...

    def of_source(self, source: SourceId, limit: int) -> Sequence[Held]:
        """Return what waits for a source, most urgent first."""
        ...

    def sighted(self, source: SourceId, leave_at: datetime) -> None:
        """The source can be seen again: what needs a confirmation needs it anew, at an instant at the latest."""
        ...

    def fold(self, keys: Collection[str], why: Withheld) -> None:
        """Let these wait for a digest."""
        ...

    def folded(self) -> Mapping[str, datetime]:
        """Return the vendors for whose digest something waits, and since when."""
        ...

    def folded_of(self, vendor: str) -> Sequence[Held]:
        """Return what waits for a vendor's digest, most urgent first."""
        ...

    def of_tickets(self, tickets: Collection[TicketNo]) -> Mapping[TicketNo, Sequence[Held]]:
        """Return what waits of tickets."""
        ...

    def release(self, held: Held, *, at: datetime) -> None:
        """Hand one to the outbox as it is given: its notice, its channels, whether it is confirmed."""
        ...

    def forget(self, keys: Collection[str], *, known: bool) -> None:
        """Hold these no more. `known` keeps their keys, else they may be decided anew."""
        ...

    def count(self) -> Mapping[str, int]:
        """Return how many wait, by why; the empty word stands for a confirmation or nothing."""
        ...


class Rechecks(Protocol):
    """Tickets to be read by their id before a breach of theirs is told."""

    def due(self, source: SourceId, now: datetime, lead: timedelta, limit: int) -> Sequence[str]:
        """Return ids of tickets whose breach is decided and unconfirmed, or so near, most urgent first."""
        ...

    def next_at(self, source: SourceId, after: datetime, until: datetime) -> datetime | None:
        """Return the first instant in `(after, until]` at which an open clock of a source will be late."""
        ...

    def done(self, source: SourceId, ticket_ids: Sequence[str], at: datetime) -> int:
        """Note that tickets were read by their id; return how many notices that confirms."""
        ...

    def read_at(self, tickets: Collection[TicketNo]) -> Mapping[TicketNo, datetime]:
        """Return when tickets were last read by their id, of those that were of late."""
        ...
