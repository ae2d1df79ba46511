"""The outbox: one row for each notice and notifier; the keys of notices stay for ever."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from syncd.domain.instant import from_us, to_us
from syncd.domain.notice import OF_CLOCKS, STANDING, Notice, Step
from syncd.ports.notifier import Envelope
from syncd.ports.outbox import NO_TICKET, Delivery, Letter, LetterState, Outstanding, QueueState
from syncd.ports.repositories import TicketNo
from syncd.ports.standing import Standing
from syncd.store import letters
from syncd.store.codec import encoder
from syncd.store.codes import DEAD, DELIVERED, QUEUED, SETTLED, WITHDRAWN
from syncd.store.instants import at_or_none
from syncd.store.letters import notice_of
from syncd.store.session import Session, batches
from syncd.store.tables import notice_key, outbox, outstanding, standing, waiting

_OUTSTANDING = "SELECT DISTINCT ticket FROM outbox WHERE stands = 1 AND ended_at IS NULL AND ticket IN"
_CLOCKS = [step.value for step in sorted(OF_CLOCKS)]


class SqlOutbox:
    """`syncd.ports.outbox.Outbox` on a database."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self,
        notice: Notice,
        channels: Sequence[str],
        *,
        at: datetime,
        ticket: TicketNo = NO_TICKET,
        over: bool = False,
    ) -> bool:
        """Queue a notice once; False when its key is known. What is `over` stands, and has ended already."""
        if not self.know(notice, at=at, muted=False):
            return False
        self.queue(notice, channels, at=at, ticket=ticket, over=over)
        return True

    def know(self, notice: Notice, *, at: datetime, muted: bool) -> bool:
        """Keep the key of a notice; return whether it was new."""
        return self._session.bulk(notice_key, [(to_us(at), int(muted), notice.key.text())], skip_known=True) > 0

    def queue(
        self,
        notice: Notice,
        channels: Sequence[str],
        *,
        at: datetime,
        ticket: TicketNo,
        over: bool = False,
        confirmed: bool = True,
    ) -> None:
        """Queue a notice whose key is known already."""
        row = {
            "queued_at": to_us(at), "next_at": to_us(at), "attempts": 0, "state": QUEUED, "key": notice.key.text(),
            "notice": encoder.encode(notice), "ended_at": to_us(at) if over else None, "ticket": ticket,
            "rank": notice.level, "stands": int(over or notice.key.step in STANDING), "confirmed": int(confirmed),
            "step": notice.key.step.value, "vendor": notice.vendor,
        }  # fmt: skip
        rows = [{**row, "channel": channel} for channel in dict.fromkeys(channels)]
        if rows:
            self._session.run(sa.insert(outbox), rows)

    def mute(self, notices: Sequence[Notice], *, at: datetime) -> int:
        """Keep the keys of notices that nobody is to be told of, then or later; return how many were new."""
        keys = [(to_us(at), 1, notice.key.text()) for notice in notices]
        return self._session.bulk(notice_key, keys, skip_known=True)

    def claim(self, channel: str, now: datetime, limit: int, lease_seconds: float) -> Sequence[Delivery]:
        """Take a channel's due deliveries for as long as the lease, most urgent first; other claimants skip them.

        `attempts` are those made before this one, also those of claimants that died over them.
        """
        due = (
            sa.select(outbox)
            .where(waiting, outbox.c.channel == channel, outbox.c.next_at <= to_us(now))
            .order_by(outbox.c.rank, outbox.c.queued_at, outbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        taken = self._session.run(due).all()
        if taken:
            until = to_us(now) + round(lease_seconds * 1_000_000)
            mine = sa.update(outbox).where(outbox.c.id.in_([row.id for row in taken]))
            self._session.run(mine.values(next_at=until, attempts=outbox.c.attempts + 1))
        return [
            Delivery(
                row.id, row.key, row.channel, notice_of(row), row.attempts, from_us(row.queued_at), bool(row.confirmed)
            )
            for row in taken
        ]

    def unclaim(self, deliveries: Sequence[int], at: datetime) -> None:
        """Give back what was claimed and not tried; it is due at an instant."""
        mine = sa.update(outbox).where(outbox.c.id.in_(list(deliveries)), waiting)
        self._session.run(mine.values(next_at=to_us(at), attempts=outbox.c.attempts - 1))

    def _settle(self, delivery: int, **values: Any) -> None:
        self._session.run(sa.update(outbox).where(outbox.c.id == delivery, waiting).values(**values))

    def delivered(self, delivery: int, at: datetime) -> None:
        """The receiver took it, even if it was dropped meanwhile."""
        tried = sa.or_(waiting, outbox.c.state == WITHDRAWN)
        took = sa.update(outbox).where(outbox.c.id == delivery, tried)
        self._session.run(took.values(state=DELIVERED, settled_at=to_us(at), error=None))

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

    def next_due(self, channel: str) -> datetime | None:
        """Return when a channel's next delivery is to be tried."""
        first = sa.select(sa.func.min(outbox.c.next_at)).where(waiting, outbox.c.channel == channel)
        return at_or_none(self._session.run(first).scalar())

    def outstanding(self, tickets: Collection[TicketNo]) -> Mapping[TicketNo, Sequence[Outstanding]]:
        """Return what was let go of tickets and has not ended; what was never tried or is dead is known to nobody."""
        found: dict[TicketNo, dict[str, tuple[Notice, list[str]]]] = {}
        for some in batches(self._session.among(_OUTSTANDING, tickets)):
            rows = sa.select(outbox).where(
                outstanding, outbox.c.ticket.in_(some), outbox.c.state.in_((QUEUED, DELIVERED, DEAD))
            )
            for row in self._session.run(rows.order_by(outbox.c.id)):
                held = found.setdefault(row.ticket, {}).setdefault(row.key, (notice_of(row), []))
                if row.state == DELIVERED or (row.state == QUEUED and row.attempts):
                    held[1].append(row.channel)
        return {
            ticket: [Outstanding(key, notice, tuple(channels)) for key, (notice, channels) in keys.items()]
            for ticket, keys in found.items()
        }

    def tickets_outstanding(self, after: TicketNo, limit: int) -> Sequence[TicketNo]:
        """Return the first tickets beyond a number of which something is outstanding, in order."""
        numbers = sa.select(outbox.c.ticket).where(outstanding, outbox.c.ticket > after).distinct()
        return list(self._session.run(numbers.order_by(outbox.c.ticket).limit(limit)).scalars())

    def end(self, keys: Collection[str], at: datetime) -> None:
        """What these notices say is so no more since an instant; what no receiver can know of never leaves."""
        for some in batches(sorted(keys)):
            mine = sa.update(outbox).where(outbox.c.key.in_(some), outbox.c.ended_at.is_(None))
            untold = mine.where(waiting, outbox.c.attempts == 0)
            self._session.run(untold.values(state=WITHDRAWN, ended_at=to_us(at), settled_at=to_us(at)))
            self._session.run(mine.values(ended_at=to_us(at)))

    def standing(self, channel: str) -> Sequence[Standing]:
        """Return everything that a channel was told of, that stood then, and that is neither settled nor refused."""
        rows = self._session.run(sa.select(outbox).where(standing, outbox.c.channel == channel).order_by(outbox.c.id))
        return [
            Standing(
                Envelope(row.key, notice_of(row), row.attempts, from_us(row.queued_at), bool(row.confirmed)),
                from_us(row.settled_at),
                at_or_none(row.ended_at),
            )
            for row in rows
        ]

    def settled(self, channel: str, keys: Collection[str]) -> None:
        """The receivers behind a channel know the end of these: they stand no more."""
        for some in batches(sorted(keys)):
            told = sa.update(outbox).where(standing, outbox.c.channel == channel, outbox.c.key.in_(some))
            self._session.run(told.values(state=SETTLED))

    def refused(self, channel: str, why: Mapping[str, str], *, at: datetime) -> None:
        """The receivers behind a channel refuse these for good, each for its reason: dead letters."""
        for key, error in sorted(why.items()):
            told = sa.update(outbox).where(standing, outbox.c.channel == channel, outbox.c.key == key)
            self._session.run(told.values(state=DEAD, settled_at=to_us(at), error=error))

    def told_since(self, vendor: str, since: datetime) -> int:
        """Return how many notices of clocks of a vendor were let go after an instant."""
        keys = sa.select(sa.func.count(sa.distinct(outbox.c.key))).where(
            outbox.c.vendor == vendor, outbox.c.queued_at > to_us(since), outbox.c.step.in_(_CLOCKS)
        )
        return int(self._session.run(keys).scalar_one())

    def last_digest(self, vendor: str) -> datetime | None:
        """Return when a vendor's last digest was queued."""
        last = sa.select(sa.func.max(outbox.c.queued_at)).where(
            outbox.c.vendor == vendor, outbox.c.step == Step.DIGEST.value
        )
        return at_or_none(self._session.run(last).scalar())

    def letters(self, state: LetterState | None = None, *, limit: int, offset: int = 0) -> Sequence[Letter]:
        """Return what did not arrive so far, of one state or both, oldest first."""
        return letters.listed(self._session, state, limit, offset)

    def revive(self, delivery: int, at: datetime) -> bool:
        """Try a dead delivery at an instant, as if for the first time; False where there is none."""
        return letters.revive(self._session, delivery, at)

    def drop(self, delivery: int, at: datetime) -> bool:
        """Never try a dead or waiting delivery again; False where there is none. Its key stays known."""
        return letters.drop(self._session, delivery, at)

    def trim(self, before: datetime, limit: int) -> int:
        """Forget at most `limit` deliveries that were over before an instant; return how many. Dead letters stay."""
        return letters.trim(self._session, before, limit)
