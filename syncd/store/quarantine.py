"""Tickets kept apart, because their records cannot be mapped or measured."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from syncd.domain.instant import from_us, to_us
from syncd.ports.repositories import Quarantined, SourceId
from syncd.store import tables
from syncd.store.session import Session, batches, marks
from syncd.store.tables import quarantine

_LIFT = "DELETE FROM quarantine WHERE source_id = ? AND ticket_id IN"


class SqlQuarantine:
    """`syncd.ports.repositories.Quarantine` on a database."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, source: SourceId, ticket_id: str, reason: str, at: datetime) -> None:
        """Keep a ticket apart; one that is there already keeps its instant and takes the new reason."""
        row = {"since": to_us(at), "source_id": source, "ticket_id": ticket_id, "reason": reason}
        if not self._session.insert(quarantine, row):
            there = (quarantine.c.source_id == source, quarantine.c.ticket_id == ticket_id)
            self._session.run(sa.update(quarantine).where(*there).values(reason=reason))

    def lift(self, source: SourceId, ticket_ids: Sequence[str]) -> int:
        """Take tickets back; return how many were there."""
        return sum(self._session.change(f"{_LIFT} ({marks(some)})", (source, *some)) for some in batches(ticket_ids))

    def all(self) -> Sequence[Quarantined]:
        """Return every quarantined ticket, oldest first."""
        listed = (
            sa.select(tables.source.c.name, quarantine.c.ticket_id, quarantine.c.reason, quarantine.c.since)
            .join(tables.source, tables.source.c.id == quarantine.c.source_id)
            .order_by(quarantine.c.since, tables.source.c.name, quarantine.c.ticket_id)
        )
        return [
            Quarantined(name, ticket_id, reason, from_us(since))
            for name, ticket_id, reason, since in self._session.run(listed)
        ]
