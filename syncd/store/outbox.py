"""The outbox: one row for each notice and notifier; the keys of notices stay for ever."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from syncd.domain.instant import from_us, to_us
from syncd.domain.notice import Notice
from syncd.ports.outbox import Delivery, QueueState
from syncd.store.codec import encoder
from syncd.store.codes import DEAD, DELIVERED, QUEUED
from syncd.store.instants import at_or_none
from syncd.store.session import Session
from syncd.store.tables import notice_key, outbox, waiting

_decoder = msgspec.json.Decoder(Notice)


class SqlOutbox:
    """`syncd.ports.repositories.Outbox` on a database."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, notice: Notice, channels: Sequence[str], *, at: datetime) -> bool:
        """Queue a notice once; False when its key is known."""
        key = notice.key.text()
        if not self._session.bulk(notice_key, [(to_us(at), 0, key)], skip_known=True):
            return False
        row = {"queued_at": to_us(at), "next_at": to_us(at), "attempts": 0, "state": QUEUED, "key": key}
        said = encoder.encode(notice)
        rows = [{**row, "channel": channel, "notice": said} for channel in dict.fromkeys(channels)]
        if rows:
            self._session.run(sa.insert(outbox), rows)
        return True

    def mute(self, notices: Sequence[Notice], *, at: datetime) -> int:
        """Keep the keys of notices that nobody is to be told of, then or later; return how many were new."""
        keys = [(to_us(at), 1, notice.key.text()) for notice in notices]
        return self._session.bulk(notice_key, keys, skip_known=True)

    def claim(self, now: datetime, limit: int, lease_seconds: float) -> Sequence[Delivery]:
        """Take deliveries that are due, oldest first, for as long as the lease; other claimants skip them.

        `attempts` are those made before this one, also those of claimants that died over them.
        """
        due = (
            sa.select(outbox)
            .where(waiting, outbox.c.next_at <= to_us(now))
            .order_by(outbox.c.queued_at, outbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        taken = self._session.run(due).all()
        if taken:
            until = to_us(now) + round(lease_seconds * 1_000_000)
            mine = sa.update(outbox).where(outbox.c.id.in_([row.id for row in taken]))
            self._session.run(mine.values(next_at=until, attempts=outbox.c.attempts + 1))
        return [
            Delivery(row.id, row.key, row.channel, _decoder.decode(row.notice), row.attempts, from_us(row.queued_at))
            for row in taken
        ]

    def _settle(self, delivery: int, **values: Any) -> None:
        self._session.run(sa.update(outbox).where(outbox.c.id == delivery, waiting).values(**values))

    def delivered(self, delivery: int, at: datetime) -> None:
        """The receiver took it."""
        self._settle(delivery, state=DELIVERED, settled_at=to_us(at), error=None)

    def retry(self, delivery: int, *, at: datetime, error: str) -> None:
        """It did not arrive; try again at an instant."""
        self._settle(delivery, next_at=to_us(at), error=error)

    def bury(self, delivery: int, *, at: datetime, error: str) -> None:
        """It never will; keep it as a dead letter."""
        self._settle(delivery, state=DEAD, settled_at=to_us(at), error=error)

    def state(self) -> Sequence[QueueState]:
        """Return every notifier's queue that ever held something, by name."""
        queued, dead = outbox.c.state == QUEUED, outbox.c.state == DEAD
        grouped = (
            sa.select(
                outbox.c.channel,
                sa.func.sum(sa.case((queued, 1), else_=0)),
                sa.func.min(sa.case((queued, outbox.c.queued_at))),
                sa.func.sum(sa.case((dead, 1), else_=0)),
            )
            .group_by(outbox.c.channel)
            .order_by(outbox.c.channel)
        )
        return [
            QueueState(channel, int(pending), at_or_none(oldest), int(buried))
            for channel, pending, oldest, buried in self._session.run(grouped)
        ]

    def next_due(self) -> datetime | None:
        """Return when the next delivery is to be tried."""
        return at_or_none(self._session.run(sa.select(sa.func.min(outbox.c.next_at)).where(waiting)).scalar())
