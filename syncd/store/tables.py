"""The tables. Compact: integer keys, instants as microseconds since 1970 in UTC, events clustered by their ticket.

Columns are ordered widest first, because PostgreSQL aligns them. Texts that identify compare byte by byte on both
engines. `migrations` makes these tables; a test compares what it makes with what stands here.
"""

import sqlalchemy as sa

from syncd.domain.ledger import OWNERS
from syncd.store.codes import DELIVERED, OPEN_STAGES_BELOW, QUEUED

metadata = sa.MetaData()

IDENTITY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Text that is compared, never sorted for people."""


def _instant(name: str, *, optional: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=optional)


def _number(name: str) -> sa.Column[int]:
    """A ticket's number; 0 for none."""
    return sa.Column(name, sa.Integer, nullable=False, server_default="0")


source = sa.Table(
    "source",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", IDENTITY, nullable=False, unique=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    _instant("last_attempt_at", optional=True),
    _instant("last_success_at", optional=True),
    _instant("watermark", optional=True),
    _instant("backfilled_at", optional=True),
    sa.Column("last_error", sa.Text),
    sa.Column("skew_us", sa.BigInteger),
)

generation = sa.Table(
    "generation",
    metadata,
    sa.Column("source_id", sa.Integer, sa.ForeignKey("source.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("mapper_version", sa.Integer, nullable=False),
)

ticket = sa.Table(
    "ticket",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("source_id", sa.Integer, sa.ForeignKey("source.id"), nullable=False),
    _instant("wake_at", optional=True),
    sa.Column("quality", sa.SmallInteger, nullable=False),
    sa.Column("ticket_id", IDENTITY, nullable=False),
    sa.Column("shown", IDENTITY, nullable=False),
    sa.Column("url", sa.Text),
    sa.Column("title", sa.Text),
    sa.Column("uncovered", sa.Text),
    sa.Column("gaps", sa.LargeBinary),
    sa.Column("contradicted", sa.Text),
    sa.UniqueConstraint("source_id", "ticket_id", name="uq_ticket_source_id_ticket_id"),
)
_waking = ticket.c.wake_at.is_not(None)
_uncovered = ticket.c.uncovered.is_not(None)
_contradicted = ticket.c.contradicted.is_not(None)
sa.Index("ix_ticket_shown", ticket.c.shown)
sa.Index("ix_ticket_wake_at", ticket.c.wake_at, sqlite_where=_waking, postgresql_where=_waking)
sa.Index(
    "ix_ticket_uncovered", ticket.c.source_id, ticket.c.uncovered,
    sqlite_where=_uncovered, postgresql_where=_uncovered,
)  # fmt: skip

sa.Index(
    "ix_ticket_contradicted", ticket.c.source_id, ticket.c.contradicted,
    sqlite_where=_contradicted, postgresql_where=_contradicted,
)  # fmt: skip

ticket_event = sa.Table(
    "ticket_event",
    metadata,
    _instant("at"),
    sa.Column("seq", sa.BigInteger, nullable=False),
    _instant("recorded_at"),
    _instant("withdrawn_at", optional=True),
    sa.Column("ticket", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.SmallInteger, nullable=False),
    sa.Column("party", sa.SmallInteger, nullable=False),
    sa.Column("id", IDENTITY, primary_key=True),
    sa.Column("payload", sa.LargeBinary),
    sa.PrimaryKeyConstraint("ticket", "generation", "id"),
    sqlite_with_rowid=False,
)

raw_record = sa.Table(
    "raw_record",
    metadata,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    _instant("updated_at"),
    _instant("learned_at"),
    sa.Column("source_id", sa.Integer, sa.ForeignKey("source.id"), nullable=False),
    sa.Column("newest", sa.SmallInteger, nullable=False),
    sa.Column("ticket_id", IDENTITY, nullable=False),
    sa.Column("part", IDENTITY, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
)
_newest = raw_record.c.newest == sa.literal_column("1")
_superseded = raw_record.c.newest == sa.literal_column("0")
sa.Index(
    "ix_raw_record_newest", raw_record.c.source_id, raw_record.c.ticket_id, raw_record.c.part, unique=True,
    sqlite_where=_newest, postgresql_where=_newest,
)  # fmt: skip
sa.Index("ix_raw_record_superseded", raw_record.c.learned_at, sqlite_where=_superseded, postgresql_where=_superseded)

clock_definition = sa.Table(
    "clock_definition",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("vendor", IDENTITY, nullable=False),
    sa.Column("contract", IDENTITY, nullable=False),
    sa.Column("revision", IDENTITY, nullable=False),
    sa.Column("target", IDENTITY, nullable=False),
    sa.Column("metric", sa.SmallInteger, nullable=False),
    sa.UniqueConstraint("vendor", "contract", "revision", "target", "metric", name="uq_clock_definition"),
)

SPENT = tuple(f"spent_{owner.value}" for owner in OWNERS)
"""Columns of whose time it was, in microseconds: of a cycle that has ended, or of all that a rollup counts."""


def _spent() -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger) for name in SPENT]


reading = sa.Table(
    "reading",
    metadata,
    _instant("as_of"),
    _instant("started_at", optional=True),
    _instant("stopped_at", optional=True),
    _instant("due_at", optional=True),
    _instant("late_from", optional=True),
    _instant("breached_at", optional=True),
    _instant("at_risk_at", optional=True),
    _instant("counted_at", optional=True),
    sa.Column("goal_us", sa.BigInteger),
    sa.Column("elapsed_us", sa.BigInteger, nullable=False),
    sa.Column("ticket", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("definition", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("cycle", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("met", sa.Integer, nullable=False),
    sa.Column("missed", sa.Integer, nullable=False),
    sa.Column("place", sa.SmallInteger, nullable=False),
    sa.Column("stage", sa.SmallInteger, nullable=False),
    sa.Column("verdict", sa.SmallInteger, nullable=False),
    sa.Column("priority", IDENTITY),
    sa.Column("period", sa.Text),
    sa.Column("waits_for", sa.Text),
    *_spent(),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.PrimaryKeyConstraint("ticket", "definition", "cycle"),
)
open_cycles = reading.c.stage < sa.literal_column(str(OPEN_STAGES_BELOW))
"""The condition as the partial index has it: bound parameters would keep both engines from using it."""
_counted = reading.c.counted_at.is_not(None)
sa.Index("ix_reading_open", reading.c.stage, reading.c.due_at, sqlite_where=open_cycles, postgresql_where=open_cycles)
sa.Index("ix_reading_counted_at", reading.c.counted_at, sqlite_where=_counted, postgresql_where=_counted)

rollup = sa.Table(
    "rollup",
    metadata,
    sa.Column("day", sa.Integer, nullable=False),
    sa.Column("definition", sa.Integer, nullable=False),
    sa.Column("met", sa.Integer, nullable=False),
    sa.Column("missed", sa.Integer, nullable=False),
    sa.Column("unverifiable", sa.Integer, nullable=False),
    sa.Column("excluded", sa.Integer, nullable=False),
    sa.Column("priority", IDENTITY),
    *_spent(),
)
sa.Index("ix_rollup_day", rollup.c.day)

consumed = sa.Table(
    "consumed",
    metadata,
    sa.Column("thousandths", sa.BigInteger, nullable=False),
    sa.Column("day", sa.Integer, nullable=False),
    sa.Column("definition", sa.Integer, nullable=False),
    sa.Column("cycles", sa.Integer, nullable=False),
    sa.Column("step", sa.SmallInteger, nullable=False),
)
"""Rollups of how much of its goal a cycle had used when it stopped, by the place of that share in the steps."""
sa.Index("ix_consumed_day", consumed.c.day)

lifetime = sa.Table(
    "lifetime",
    metadata,
    sa.Column("counted", sa.BigInteger, nullable=False),
    sa.Column("highest", sa.BigInteger, nullable=False),
    sa.Column("figure", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("vendor", IDENTITY, primary_key=True),
    sa.Column("contract", IDENTITY, primary_key=True),
    sa.Column("target", IDENTITY, primary_key=True),
    sa.Column("part", IDENTITY, primary_key=True),
    sa.PrimaryKeyConstraint("figure", "vendor", "contract", "target", "part"),
)
"""What all rollups together come to, and the most that it ever was."""

dirty_day = sa.Table(
    "dirty_day",
    metadata,
    sa.Column("mark", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("day", sa.Integer, nullable=False),
)
sa.Index("ix_dirty_day_day", dirty_day.c.day)

basis = sa.Table(
    "basis",
    metadata,
    sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("text", sa.Text),
    sa.Column("renewing", sa.Text),
    _instant("since", optional=True),
    sa.Column("done", sa.Integer),
)
"""One row: what the readings were measured by; while everything is measured again, by what, since when, how far."""

ticket_link = sa.Table(
    "ticket_link",
    metadata,
    sa.Column("name", IDENTITY, primary_key=True),
    sa.Column("ticket", sa.Integer, primary_key=True, autoincrement=False),
    sa.PrimaryKeyConstraint("name", "ticket"),
    sqlite_with_rowid=False,
)
"""The names by which tickets say that another one is of the same incident, those that were taken back included."""
sa.Index("ix_ticket_link_ticket", ticket_link.c.ticket)

link_mark = sa.Table(
    "link_mark",
    metadata,
    sa.Column("mark", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("ticket", sa.Integer, nullable=False),
)

checkpoint = sa.Table(
    "checkpoint",
    metadata,
    sa.Column("source_id", sa.Integer, sa.ForeignKey("source.id"), primary_key=True),
    sa.Column("stream", IDENTITY, primary_key=True),
    sa.Column("cursor", sa.Text, nullable=False),
)

notice_key = sa.Table(
    "notice_key",
    metadata,
    _instant("known_at"),
    sa.Column("muted", sa.SmallInteger, nullable=False),
    sa.Column("key", IDENTITY, primary_key=True),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    _instant("queued_at"),
    _instant("next_at"),
    _instant("settled_at", optional=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("state", sa.SmallInteger, nullable=False),
    sa.Column("key", IDENTITY, nullable=False),
    sa.Column("channel", IDENTITY, nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("notice", sa.LargeBinary, nullable=False),
    _instant("ended_at", optional=True),
    _number("ticket"),
    sa.Column("rank", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("stands", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("confirmed", sa.SmallInteger, nullable=False, server_default="1"),
    sa.Column("step", IDENTITY, nullable=False, server_default=""),
    sa.Column("vendor", IDENTITY, nullable=False, server_default=""),
)
waiting = outbox.c.state == sa.literal_column(str(QUEUED))
"""As `open_cycles`: literal, for the partial index."""
sa.Index("ix_outbox_next_at", outbox.c.next_at, sqlite_where=waiting, postgresql_where=waiting)
outstanding = sa.and_(outbox.c.stands == sa.literal_column("1"), outbox.c.ended_at.is_(None))
standing = sa.and_(outbox.c.stands == sa.literal_column("1"), outbox.c.state == sa.literal_column(str(DELIVERED)))
sa.Index("ix_outbox_channel", outbox.c.channel, outbox.c.state, outbox.c.queued_at)
sa.Index("ix_outbox_key", outbox.c.key)
sa.Index("ix_outbox_vendor", outbox.c.vendor, outbox.c.queued_at)
sa.Index("ix_outbox_outstanding", outbox.c.ticket, sqlite_where=outstanding, postgresql_where=outstanding)
sa.Index("ix_outbox_standing", outbox.c.channel, sqlite_where=standing, postgresql_where=standing)

held_notice = sa.Table(
    "held_notice",
    metadata,
    _instant("at"),
    _instant("decided_at"),
    _instant("leave_at"),
    sa.Column("source_id", sa.Integer, nullable=False),
    sa.Column("ticket", sa.Integer, nullable=False),
    sa.Column("rank", sa.SmallInteger, nullable=False),
    sa.Column("rechecks", sa.SmallInteger, nullable=False),
    sa.Column("confirmed", sa.SmallInteger, nullable=False),
    sa.Column("key", IDENTITY, primary_key=True),
    sa.Column("vendor", IDENTITY, nullable=False),
    sa.Column("why", IDENTITY, nullable=False),
    sa.Column("channels", sa.LargeBinary, nullable=False),
    sa.Column("notice", sa.LargeBinary, nullable=False),
)
"""Notices decided and not let go yet. Few, so that only what belongs to one ticket or source is indexed."""
sa.Index("ix_held_notice_ticket", held_notice.c.ticket)
sa.Index("ix_held_notice_source", held_notice.c.source_id)

reread = sa.Table(
    "reread",
    metadata,
    _instant("at"),
    sa.Column("ticket", sa.Integer, primary_key=True, autoincrement=False),
)
"""When tickets whose breach is near were last read by their id; rows of an hour ago are dropped."""

quarantine = sa.Table(
    "quarantine",
    metadata,
    _instant("since"),
    sa.Column("source_id", sa.Integer, sa.ForeignKey("source.id"), primary_key=True),
    sa.Column("ticket_id", IDENTITY, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
)

problem = sa.Table(
    "problem",
    metadata,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    _instant("found_at"),
    sa.Column("source_id", sa.Integer, sa.ForeignKey("source.id"), nullable=False),
    sa.Column("ticket_id", IDENTITY, nullable=False),
    sa.Column("code", IDENTITY, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
)
sa.Index("ix_problem_ticket", problem.c.source_id, problem.c.ticket_id)

lease = sa.Table(
    "lease",
    metadata,
    _instant("held_until"),
    sa.Column("epoch", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("holder", sa.Text, nullable=False),
)
