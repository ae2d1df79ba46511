"""links between tickets of one incident

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    identity = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "ticket_link",
        sa.Column("name", identity, nullable=False),
        sa.Column("ticket", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("name", "ticket"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_ticket_link_ticket", "ticket_link", ["ticket"])
    op.create_table(
        "link_mark",
        sa.Column("mark", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("mark"),
    )
