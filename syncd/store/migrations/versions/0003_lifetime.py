"""counts of all time, shares used, contradictions, what paused clocks wait for

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _identity() -> sa.Text:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("ticket", sa.Column("contradicted", sa.Text(), nullable=True))
    contradicted = sa.text("contradicted IS NOT NULL")
    op.create_index(
        "ix_ticket_contradicted", "ticket", ["source_id", "contradicted"], unique=False,
        sqlite_where=contradicted, postgresql_where=contradicted,
    )
    op.create_table(
        "consumed",
        sa.Column("thousandths", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("definition", sa.Integer(), nullable=False),
        sa.Column("cycles", sa.Integer(), nullable=False),
        sa.Column("step", sa.SmallInteger(), nullable=False),
    )
    op.create_index("ix_consumed_day", "consumed", ["day"], unique=False)
    op.create_table(
        "lifetime",
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.Column("highest", sa.BigInteger(), nullable=False),
        sa.Column("figure", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("vendor", _identity(), nullable=False),
        sa.Column("contract", _identity(), nullable=False),
        sa.Column("target", _identity(), nullable=False),
        sa.Column("part", _identity(), nullable=False),
        sa.PrimaryKeyConstraint("figure", "vendor", "contract", "target", "part"),
    )
    op.add_column("reading", sa.Column("waits_for", sa.Text(), nullable=True))
    # Every ticket is measured again beside the work of the day, for whom it waits for and who contradicts us.
    op.execute("UPDATE basis SET text = NULL")
    # Every day is counted again, a few a turn, so that the new figures hold what the old ones do.
    op.execute("INSERT INTO dirty_day (day) SELECT DISTINCT day FROM rollup")
    op.execute("DELETE FROM rollup")
