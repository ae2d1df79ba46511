"""whose time it was, of each cycle that has ended and each day

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_OWNERS = ("excluded", "unknown", "out_of_hours", "other_vendor", "customer", "third_party", "vendor")


def upgrade() -> None:
    for table in ("reading", "rollup"):
        for owner in _OWNERS:
            op.add_column(table, sa.Column(f"spent_{owner}", sa.BigInteger(), nullable=True))
    # Every ticket is measured again beside the work of the day; days whose sums that changes are counted again.
    op.execute("UPDATE basis SET text = NULL")
