"""Tickets to be read by their id before a breach of theirs is told, and when they last were."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from syncd.domain.instant import from_us, to_us
from syncd.domain.names import Stage, Verdict
from syncd.ports.repositories import SourceId, TicketNo
from syncd.store.codes import STAGE_NUMBERS, VERDICT_NUMBERS
from syncd.store.instants import at_or_none
from syncd.store.session import Session, batches
from syncd.store.tables import held_notice, reading, reread, ticket

_KEPT = timedelta(hours=1)
_MICROSECOND = timedelta(microseconds=1)
_running = sa.and_(
    reading.c.stage == sa.literal_column(str(STAGE_NUMBERS[Stage.RUNNING])),
    reading.c.verdict == VERDICT_NUMBERS[Verdict.PENDING],
)
_clocks = ticket.join(reading, reading.c.ticket == ticket.c.number)


class SqlRechecks:
    """`syncd.ports.held.Rechecks` on a database."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def due(self, source: SourceId, now: datetime, lead: timedelta, limit: int) -> Sequence[str]:
        """Return ids of tickets whose breach is decided and unconfirmed, or so near, most urgent first.

        A ticket wakes before its clock is late, so that those which wake soon are all there can be.
        """
        until = to_us(now + lead)
        decided = (
            sa.select(ticket.c.ticket_id, held_notice.c.rank, held_notice.c.at)
            .join(ticket, ticket.c.number == held_notice.c.ticket)
            .where(held_notice.c.source_id == source, held_notice.c.confirmed == 0, held_notice.c.why == "")
        )
        near = (
            sa.select(ticket.c.ticket_id, reading.c.priority, reading.c.late_from)
            .select_from(_clocks.outerjoin(reread, reread.c.ticket == ticket.c.number))
            .where(
                ticket.c.source_id == source,
                ticket.c.wake_at <= until + 1,
                _running,
                reading.c.late_from <= until,
                sa.or_(reread.c.at.is_(None), reread.c.at < reading.c.late_from - lead // _MICROSECOND),
            )
            .order_by(sa.func.length(reading.c.priority), reading.c.priority, reading.c.late_from)
            .limit(limit)
        )
        first = self._session.run(decided.order_by(held_notice.c.rank, held_notice.c.at).limit(limit)).all()
        found = [row.ticket_id for row in first]
        if len(found) < limit:
            found += [row.ticket_id for row in self._session.run(near)]
        return list(dict.fromkeys(found))[:limit]

    def next_at(self, source: SourceId, after: datetime, until: datetime) -> datetime | None:
        """Return the first instant in `(after, until]` at which an open clock of a source will be late."""
        first = (
            sa.select(sa.func.min(reading.c.late_from))
            .select_from(_clocks)
            .where(
                ticket.c.source_id == source,
                ticket.c.wake_at <= to_us(until) + 1,
                _running,
                reading.c.late_from > to_us(after),
                reading.c.late_from <= to_us(until),
            )
        )
        return at_or_none(self._session.run(first).scalar())

    def done(self, source: SourceId, ticket_ids: Sequence[str], at: datetime) -> int:
        """Note that tickets were read by their id; return how many notices that confirms."""
        confirmed = 0
        for some in batches(sorted(set(ticket_ids))):
            numbers = list(
                self._session.run(
                    sa.select(ticket.c.number).where(ticket.c.source_id == source, ticket.c.ticket_id.in_(some))
                ).scalars()
            )
            self._session.run(sa.delete(reread).where(reread.c.ticket.in_(numbers)))
            self._session.bulk(reread, [(to_us(at), number) for number in numbers])
            waits = sa.update(held_notice).where(held_notice.c.ticket.in_(numbers), held_notice.c.confirmed == 0)
            confirmed += self._session.run(waits.values(confirmed=1)).rowcount
        self._session.run(sa.delete(reread).where(reread.c.at < to_us(at - _KEPT)))
        return confirmed

    def read_at(self, tickets: Collection[TicketNo]) -> Mapping[TicketNo, datetime]:
        """Return when tickets were last read by their id, of those that were of late."""
        return {
            row.ticket: from_us(row.at)
            for some in batches(sorted(tickets))
            for row in self._session.run(sa.select(reread).where(reread.c.ticket.in_(some)))
        }
