"""Deliveries that did not arrive so far, for people to look at and decide about, and the end of old ones."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from syncd.domain.instant import from_us, to_us
from syncd.domain.notice import Notice
from syncd.ports.outbox import Letter, LetterState
from syncd.store.codes import DEAD, DELIVERED, QUEUED, SETTLED, WITHDRAWN
from syncd.store.session import Session
from syncd.store.tables import outbox

_decoder = msgspec.json.Decoder(Notice)
_STATES: dict[LetterState, int] = {"pending": QUEUED, "dead": DEAD}
_undelivered = outbox.c.state.in_((QUEUED, DEAD))


def notice_of(row: sa.Row[*tuple[Any, ...]]) -> Notice:
    """Return the notice in a row."""
    return _decoder.decode(row.notice)


def listed(session: Session, state: LetterState | None, limit: int, offset: int) -> Sequence[Letter]:
    """Return what did not arrive so far, of one state or both, oldest first."""
    of = _undelivered if state is None else outbox.c.state == _STATES[state]
    rows = session.run(
        sa.select(outbox).where(of).order_by(outbox.c.queued_at, outbox.c.id).limit(limit).offset(offset)
    )
    return [
        Letter(
            row.id, row.key, row.channel, "dead" if row.state == DEAD else "pending", notice_of(row), row.attempts,
            from_us(row.queued_at), from_us(row.next_at), row.error,
            row.ended_at is not None and row.ended_at != row.queued_at,
        )
        for row in rows
    ]  # fmt: skip


def revive(session: Session, delivery: int, at: datetime) -> bool:
    """Try a dead delivery at an instant, as if for the first time, unless it has ended.

    What was over when it was queued (a digest) is so again: it ends when it is queued anew.
    """
    still = sa.or_(outbox.c.ended_at.is_(None), outbox.c.ended_at == outbox.c.queued_at)
    found = sa.update(outbox).where(outbox.c.id == delivery, outbox.c.state == DEAD, still)
    again = found.values(
        state=QUEUED, queued_at=to_us(at), next_at=to_us(at), attempts=0, settled_at=None,
        ended_at=sa.case((outbox.c.ended_at.is_not(None), to_us(at))),
    )  # fmt: skip
    return session.run(again).rowcount > 0


def drop(session: Session, delivery: int, at: datetime) -> bool:
    """Never try a dead or waiting delivery again."""
    found = sa.update(outbox).where(outbox.c.id == delivery, _undelivered)
    return session.run(found.values(state=WITHDRAWN, settled_at=to_us(at))).rowcount > 0


def trim(session: Session, before: datetime, limit: int) -> int:
    """Forget deliveries that were over before an instant: ended, or never standing."""
    over = sa.or_(outbox.c.stands == 0, outbox.c.ended_at.is_not(None), outbox.c.state == WITHDRAWN)
    old = (
        sa.select(outbox.c.id)
        .where(outbox.c.state.in_((DELIVERED, SETTLED, WITHDRAWN)), outbox.c.settled_at < to_us(before), over)
        .limit(limit)
    )
    return session.run(sa.delete(outbox).where(outbox.c.id.in_(old.scalar_subquery()))).rowcount
