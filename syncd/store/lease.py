"""The lease: one row that says which process may write, in the database's own time.

Its `epoch` is its key. Writers on PostgreSQL hold that key in share mode (`FOR KEY SHARE`) until they end, side by
side: a renewal, which leaves the key alone, does not wait for them; a new holder, which changes it, does. So nobody
writes under an old epoch once a new one exists. On SQLite there is one writer anyway.
"""

from datetime import datetime

import sqlalchemy as sa

from syncd.domain.instant import from_us
from syncd.errors import Fenced
from syncd.ports.store import Fence
from syncd.store.engines import WRITER_IDLE_MS, WRITER_LOCK_MS
from syncd.store.tables import lease

TERM_US = 15_000_000
"""How long the lease lasts from its last renewal."""

_NOW = {
    "sqlite": sa.text("CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)"),
    "postgresql": sa.text("CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"),
}
_LIMITS = (
    sa.func.set_config("lock_timeout", f"{WRITER_LOCK_MS}ms", True),
    sa.func.set_config("idle_in_transaction_session_timeout", f"{WRITER_IDLE_MS}ms", True),
)


def _now(connection: sa.Connection) -> sa.ColumnElement[int]:
    return sa.literal_column(f"({_NOW[connection.dialect.name].text})", sa.BigInteger)


def time_of(connection: sa.Connection) -> datetime:
    """Return the database's own time."""
    return from_us(connection.execute(sa.select(_now(connection))).scalar_one())


def _is(fence: Fence) -> sa.ColumnElement[bool]:
    return sa.and_(lease.c.epoch == fence.epoch, lease.c.holder == fence.holder)


_STANDS = sa.select(lease.c.epoch).where(
    lease.c.epoch == sa.bindparam("epoch"), lease.c.holder == sa.bindparam("holder")
)
_STANDS_AND_LIMITS = _STANDS.add_columns(*_LIMITS).with_for_update(read=True, key_share=True)
"""Made once: every writing transaction begins with one of them."""


def _lost(fence: Fence) -> Fenced:
    return Fenced(f"{fence.holder} no longer holds the lease (epoch {fence.epoch}); nothing was written")


def acquire(connection: sa.Connection, holder: str, *, holder_is_dead: bool) -> Fence | None:
    """Take the lease if its term is over, or its holder known to be dead; None otherwise.

    On PostgreSQL it waits for what the last holder is still writing, and raises `StoreBusy` if that takes too long.
    """
    now = _now(connection)
    bound(connection)
    taken = (
        sa.update(lease)
        .values(epoch=lease.c.epoch + 1, holder=holder, held_until=now + TERM_US)
        .returning(lease.c.epoch)
    )
    epoch = connection.execute(taken if holder_is_dead else taken.where(lease.c.held_until < now)).scalar()
    return None if epoch is None else Fence(holder, epoch)


def renew(connection: sa.Connection, fence: Fence) -> None:
    """Begin another term; raises `Fenced` when somebody else has taken the lease."""
    longer = sa.update(lease).where(_is(fence)).values(held_until=_now(connection) + TERM_US)
    if connection.execute(longer).rowcount == 0:
        raise _lost(fence)


def release(connection: sa.Connection, fence: Fence) -> None:
    """End the lease and its epoch; nothing happens when it is lost."""
    connection.execute(sa.update(lease).where(_is(fence)).values(epoch=lease.c.epoch + 1, holder="", held_until=0))


def bound(connection: sa.Connection) -> None:
    """Bound the waits of a transaction that needs no lease, on PostgreSQL; SQLite's are bounded by its connection."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(*_LIMITS))


def confirm(connection: sa.Connection, fence: Fence) -> None:
    """Make sure that the fence stands until the transaction ends; raises `Fenced`.

    On PostgreSQL the same statement bounds this transaction's waits.
    """
    asked = _STANDS_AND_LIMITS if connection.dialect.name == "postgresql" else _STANDS
    found = connection.execute(asked, {"epoch": fence.epoch, "holder": fence.holder}).first()
    if found is None:
        raise _lost(fence)
