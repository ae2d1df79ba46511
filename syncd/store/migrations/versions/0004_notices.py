"""notices that wait to be let go, and what becomes of those that were told

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _identity() -> sa.Text:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("source", sa.Column("skew_us", sa.BigInteger(), nullable=True))
    op.add_column("outbox", sa.Column("ended_at", sa.BigInteger(), nullable=True))
    op.add_column("outbox", sa.Column("ticket", sa.Integer(), server_default="0", nullable=False))
    op.add_column("outbox", sa.Column("rank", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("outbox", sa.Column("stands", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("outbox", sa.Column("confirmed", sa.SmallInteger(), server_default="1", nullable=False))
    op.add_column("outbox", sa.Column("step", _identity(), server_default="", nullable=False))
    op.add_column("outbox", sa.Column("vendor", _identity(), server_default="", nullable=False))
    op.create_index("ix_outbox_key", "outbox", ["key"])
    op.create_index("ix_outbox_vendor", "outbox", ["vendor", "queued_at"])
    outstanding = sa.text("stands = 1 AND ended_at IS NULL")
    op.create_index("ix_outbox_outstanding", "outbox", ["ticket"], sqlite_where=outstanding, postgresql_where=outstanding)
    standing = sa.text("stands = 1 AND state = 1")
    op.create_index("ix_outbox_standing", "outbox", ["channel"], sqlite_where=standing, postgresql_where=standing)
    op.create_table(
        "held_notice",
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("leave_at", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("rechecks", sa.SmallInteger(), nullable=False),
        sa.Column("confirmed", sa.SmallInteger(), nullable=False),
        sa.Column("key", _identity(), nullable=False),
        sa.Column("vendor", _identity(), nullable=False),
        sa.Column("why", _identity(), nullable=False),
        sa.Column("channels", sa.LargeBinary(), nullable=False),
        sa.Column("notice", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_held_notice_ticket", "held_notice", ["ticket"])
    op.create_index("ix_held_notice_source", "held_notice", ["source_id"])
    op.create_table(
        "reread",
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("ticket", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("ticket"),
    )
