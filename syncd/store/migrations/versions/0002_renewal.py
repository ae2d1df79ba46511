"""how far measuring everything again has come

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("basis") as basis:
        basis.alter_column("text", existing_type=sa.Text(), nullable=True)
        basis.add_column(sa.Column("renewing", sa.Text(), nullable=True))
        basis.add_column(sa.Column("since", sa.BigInteger(), nullable=True))
        basis.add_column(sa.Column("done", sa.Integer(), nullable=True))
