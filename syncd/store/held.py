"""Notices that wait to be let go: one row each, gone as soon as they are."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from syncd.domain.changes import Withheld
from syncd.domain.instant import from_us, to_us
from syncd.domain.notice import Notice
from syncd.ports.held import Held, WaitingOf
from syncd.ports.repositories import SourceId, TicketNo
from syncd.store.codec import encoder
from syncd.store.instants import at_or_none
from syncd.store.letters import notice_of
from syncd.store.outbox import SqlOutbox
from syncd.store.session import Session, batches
from syncd.store.tables import held_notice, notice_key

_channels = msgspec.json.Decoder(tuple[str, ...])
_C = held_notice.c
_NOTHING = ""
_FOLDED = [Withheld.STORM.value, Withheld.TOO_OLD.value]
_WAITING = "SELECT DISTINCT ticket FROM held_notice WHERE ticket IN"
_urgent_first = (_C.rank, _C.at, _C.key)


class SqlHeldNotices:
    """`syncd.ports.held.HeldNotices` on a database."""

    def __init__(self, session: Session, outbox: SqlOutbox) -> None:
        self._session = session
        self._outbox = outbox

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
        """Keep a notice back once; False when its key is known."""
        if not self._outbox.know(notice, at=at, muted=False):
            return False
        row = {
            "at": to_us(notice.at), "decided_at": to_us(at), "leave_at": to_us(leave_at or at),
            "source_id": notice.key.source_id, "ticket": ticket, "rank": notice.level,
            "rechecks": int(leave_at is not None), "confirmed": int(confirmed or leave_at is None),
            "key": notice.key.text(), "vendor": notice.vendor, "why": why.value if why else _NOTHING,
            "channels": encoder.encode(list(channels)), "notice": encoder.encode(notice),
        }  # fmt: skip
        self._session.run(sa.insert(held_notice).values(row))
        return True

    def ready(self, now: datetime, *, blind: Collection[SourceId], limit: int) -> Sequence[Held]:
        """Return what may leave: not folded, not of a blind source, confirmed or out of time; most urgent first."""
        may = sa.or_(_C.confirmed == 1, _C.leave_at <= to_us(now))
        return self._read(_unfolded(blind).where(may).order_by(*_urgent_first).limit(limit))

    def next_leave(self, *, blind: Collection[SourceId]) -> datetime | None:
        """Return when the next unconfirmed one may leave."""
        first = sa.select(sa.func.min(_C.leave_at)).where(
            _C.confirmed == 0, _C.why.not_in(_FOLDED), _C.source_id.not_in(sorted(blind))
        )
        return at_or_none(self._session.run(first).scalar())

    def of(self, keys: Collection[str]) -> Sequence[Held]:
        """Return those that are still there, most urgent first."""
        found = [
            one for some in batches(sorted(keys)) for one in self._read(sa.select(held_notice).where(_C.key.in_(some)))
        ]
        return sorted(found, key=lambda one: (one.notice.level, one.notice.at, one.key))

    def withhold(self, source: SourceId, why: Withheld) -> int:
        """Mark what a blind source's notices wait for; return how many were not marked before."""
        new = sa.update(held_notice).where(_C.source_id == source, _C.why == _NOTHING)
        return self._session.run(new.values(why=why.value)).rowcount

    def listed(self, *, limit: int, offset: int = 0) -> Sequence[Held]:
        """Return everything that waits, most urgent first."""
        return self._read(sa.select(held_notice).order_by(*_urgent_first).limit(limit).offset(offset))

    def waiting(self) -> Sequence[WaitingOf]:
        """Return how many wait by source and why, folded ones left out."""
        of = (_C.source_id, _C.why)
        counted = sa.select(*of, sa.func.count()).where(_C.why.not_in(_FOLDED)).group_by(*of).order_by(*of)
        return [
            WaitingOf(source, Withheld(why) if why else None, count)
            for source, why, count in self._session.run(counted)
        ]

    def of_source(self, source: SourceId, limit: int) -> Sequence[Held]:
        """Return what waits for a source, most urgent first."""
        waits = sa.select(held_notice).where(_C.source_id == source, _C.why.not_in(_FOLDED))
        return self._read(waits.order_by(*_urgent_first).limit(limit))

    def sighted(self, source: SourceId, leave_at: datetime) -> None:
        """The source can be seen again: what needs a confirmation needs it anew, at an instant at the latest."""
        marked = sa.update(held_notice).where(_C.source_id == source, _C.why.not_in([_NOTHING, *_FOLDED]))
        anew = marked.where(_C.rechecks == 1).values(why=_NOTHING, confirmed=0, leave_at=to_us(leave_at))
        self._session.run(anew)
        self._session.run(marked.values(why=_NOTHING))

    def fold(self, keys: Collection[str], why: Withheld) -> None:
        """Let these wait for a digest."""
        for some in batches(sorted(keys)):
            self._session.run(sa.update(held_notice).where(_C.key.in_(some)).values(why=why.value))

    def folded(self) -> Mapping[str, datetime]:
        """Return the vendors for whose digest something waits, and since when."""
        waits = sa.select(_C.vendor, sa.func.min(_C.decided_at)).where(_C.why.in_(_FOLDED)).group_by(_C.vendor)
        return {vendor: from_us(since) for vendor, since in self._session.run(waits.order_by(_C.vendor))}

    def folded_of(self, vendor: str) -> Sequence[Held]:
        """Return what waits for a vendor's digest, most urgent first."""
        waits = sa.select(held_notice).where(_C.why.in_(_FOLDED), _C.vendor == vendor)
        return self._read(waits.order_by(*_urgent_first))

    def of_tickets(self, tickets: Collection[TicketNo]) -> Mapping[TicketNo, Sequence[Held]]:
        """Return what waits of tickets."""
        found: dict[TicketNo, list[Held]] = {}
        for some in batches(self._session.among(_WAITING, tickets)):
            for one in self._read(sa.select(held_notice).where(_C.ticket.in_(some)).order_by(*_urgent_first)):
                found.setdefault(one.ticket, []).append(one)
        return found

    def release(self, held: Held, *, at: datetime) -> None:
        """Hand one to the outbox as it is given: its notice, its channels, whether it is confirmed."""
        self._delete([held.key])
        self._outbox.queue(held.notice, held.channels, at=at, ticket=held.ticket, confirmed=held.confirmed)

    def forget(self, keys: Collection[str], *, known: bool) -> None:
        """Hold these no more. `known` keeps their keys, else they may be decided anew."""
        self._delete(keys)
        if not known:
            for some in batches(sorted(keys)):
                self._session.run(sa.delete(notice_key).where(notice_key.c.key.in_(some)))

    def count(self) -> Mapping[str, int]:
        """Return how many wait, by why; the empty word stands for a confirmation or nothing."""
        return {why: count for why, count in self._session.run(sa.select(_C.why, sa.func.count()).group_by(_C.why))}  # noqa: C416  # rows are no pairs to a type checker

    def _delete(self, keys: Iterable[str]) -> None:
        for some in batches(sorted(keys)):
            self._session.run(sa.delete(held_notice).where(_C.key.in_(some)))

    def _read(self, query: sa.Select[Any]) -> list[Held]:
        return [
            Held(
                row.key, notice_of(row), _channels.decode(row.channels), row.source_id, row.ticket,
                from_us(row.decided_at), bool(row.confirmed), Withheld(row.why) if row.why else None,
            )
            for row in self._session.run(query)
        ]  # fmt: skip


def _unfolded(blind: Collection[SourceId]) -> sa.Select[Any]:
    return sa.select(held_notice).where(_C.why.not_in(_FOLDED), _C.source_id.not_in(sorted(blind)))
