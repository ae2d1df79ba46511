"""everything

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _identity() -> sa.Text:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _counter() -> sa.BigInteger:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table('clock_definition',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('vendor', _identity(), nullable=False),
    sa.Column('contract', _identity(), nullable=False),
    sa.Column('revision', _identity(), nullable=False),
    sa.Column('target', _identity(), nullable=False),
    sa.Column('metric', sa.SmallInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('vendor', 'contract', 'revision', 'target', 'metric', name='uq_clock_definition')
    )
    op.create_table('dirty_day',
    sa.Column('mark', _counter(), nullable=False),
    sa.Column('day', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('mark')
    )
    op.create_index('ix_dirty_day_day', 'dirty_day', ['day'], unique=False)
    op.create_table('lease',
    sa.Column('held_until', sa.BigInteger(), nullable=False),
    sa.Column('epoch', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('holder', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('epoch')
    )
    op.create_table('notice_key',
    sa.Column('known_at', sa.BigInteger(), nullable=False),
    sa.Column('muted', sa.SmallInteger(), nullable=False),
    sa.Column('key', _identity(), nullable=False),
    sa.PrimaryKeyConstraint('key')
    )
    op.create_table('outbox',
    sa.Column('id', _counter(), nullable=False),
    sa.Column('queued_at', sa.BigInteger(), nullable=False),
    sa.Column('next_at', sa.BigInteger(), nullable=False),
    sa.Column('settled_at', sa.BigInteger(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('state', sa.SmallInteger(), nullable=False),
    sa.Column('key', _identity(), nullable=False),
    sa.Column('channel', _identity(), nullable=False),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('notice', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_outbox_channel', 'outbox', ['channel', 'state', 'queued_at'], unique=False)
    op.create_index('ix_outbox_next_at', 'outbox', ['next_at'], unique=False, sqlite_where=sa.text('state = 0'), postgresql_where=sa.text('state = 0'))
    op.create_table('reading',
    sa.Column('as_of', sa.BigInteger(), nullable=False),
    sa.Column('started_at', sa.BigInteger(), nullable=True),
    sa.Column('stopped_at', sa.BigInteger(), nullable=True),
    sa.Column('due_at', sa.BigInteger(), nullable=True),
    sa.Column('late_from', sa.BigInteger(), nullable=True),
    sa.Column('breached_at', sa.BigInteger(), nullable=True),
    sa.Column('at_risk_at', sa.BigInteger(), nullable=True),
    sa.Column('counted_at', sa.BigInteger(), nullable=True),
    sa.Column('goal_us', sa.BigInteger(), nullable=True),
    sa.Column('elapsed_us', sa.BigInteger(), nullable=False),
    sa.Column('ticket', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('definition', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('cycle', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('met', sa.Integer(), nullable=False),
    sa.Column('missed', sa.Integer(), nullable=False),
    sa.Column('place', sa.SmallInteger(), nullable=False),
    sa.Column('stage', sa.SmallInteger(), nullable=False),
    sa.Column('verdict', sa.SmallInteger(), nullable=False),
    sa.Column('priority', _identity(), nullable=True),
    sa.Column('period', sa.Text(), nullable=True),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('ticket', 'definition', 'cycle')
    )
    op.create_index('ix_reading_counted_at', 'reading', ['counted_at'], unique=False, sqlite_where=sa.text('counted_at IS NOT NULL'), postgresql_where=sa.text('counted_at IS NOT NULL'))
    op.create_index('ix_reading_open', 'reading', ['stage', 'due_at'], unique=False, sqlite_where=sa.text('stage < 2'), postgresql_where=sa.text('stage < 2'))
    op.create_table('rollup',
    sa.Column('day', sa.Integer(), nullable=False),
    sa.Column('definition', sa.Integer(), nullable=False),
    sa.Column('met', sa.Integer(), nullable=False),
    sa.Column('missed', sa.Integer(), nullable=False),
    sa.Column('unverifiable', sa.Integer(), nullable=False),
    sa.Column('excluded', sa.Integer(), nullable=False),
    sa.Column('priority', _identity(), nullable=True)
    )
    op.create_index('ix_rollup_day', 'rollup', ['day'], unique=False)
    op.create_table('source',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', _identity(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('generation', sa.Integer(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('last_attempt_at', sa.BigInteger(), nullable=True),
    sa.Column('last_success_at', sa.BigInteger(), nullable=True),
    sa.Column('watermark', sa.BigInteger(), nullable=True),
    sa.Column('backfilled_at', sa.BigInteger(), nullable=True),
    sa.Column('last_error', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('name')
    )
    op.create_table('ticket_event',
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('recorded_at', sa.BigInteger(), nullable=False),
    sa.Column('withdrawn_at', sa.BigInteger(), nullable=True),
    sa.Column('ticket', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('generation', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.SmallInteger(), nullable=False),
    sa.Column('party', sa.SmallInteger(), nullable=False),
    sa.Column('id', _identity(), nullable=False),
    sa.Column('payload', sa.LargeBinary(), nullable=True),
    sa.PrimaryKeyConstraint('ticket', 'generation', 'id'),
    sqlite_with_rowid=False
    )
    op.create_table('checkpoint',
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('stream', _identity(), nullable=False),
    sa.Column('cursor', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], ),
    sa.PrimaryKeyConstraint('source_id', 'stream')
    )
    op.create_table('generation',
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('mapper_version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], ),
    sa.PrimaryKeyConstraint('source_id', 'number')
    )
    op.create_table('problem',
    sa.Column('number', _counter(), nullable=False),
    sa.Column('found_at', sa.BigInteger(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', _identity(), nullable=False),
    sa.Column('code', _identity(), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], ),
    sa.PrimaryKeyConstraint('number')
    )
    op.create_index('ix_problem_ticket', 'problem', ['source_id', 'ticket_id'], unique=False)
    op.create_table('quarantine',
    sa.Column('since', sa.BigInteger(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', _identity(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], ),
    sa.PrimaryKeyConstraint('source_id', 'ticket_id')
    )
    op.create_table('raw_record',
    sa.Column('number', _counter(), nullable=False),
    sa.Column('updated_at', sa.BigInteger(), nullable=False),
    sa.Column('learned_at', sa.BigInteger(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('newest', sa.SmallInteger(), nullable=False),
    sa.Column('ticket_id', _identity(), nullable=False),
    sa.Column('part', _identity(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('payload', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], ),
    sa.PrimaryKeyConstraint('number')
    )
    op.create_index('ix_raw_record_newest', 'raw_record', ['source_id', 'ticket_id', 'part'], unique=True, sqlite_where=sa.text('newest = 1'), postgresql_where=sa.text('newest = 1'))
    op.create_index('ix_raw_record_superseded', 'raw_record', ['learned_at'], unique=False, sqlite_where=sa.text('newest = 0'), postgresql_where=sa.text('newest = 0'))
    op.create_table('ticket',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('wake_at', sa.BigInteger(), nullable=True),
    sa.Column('quality', sa.SmallInteger(), nullable=False),
    sa.Column('ticket_id', _identity(), nullable=False),
    sa.Column('shown', _identity(), nullable=False),
    sa.Column('url', sa.Text(), nullable=True),
    sa.Column('title', sa.Text(), nullable=True),
    sa.Column('uncovered', sa.Text(), nullable=True),
    sa.Column('gaps', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], ),
    sa.PrimaryKeyConstraint('number'),
    sa.UniqueConstraint('source_id', 'ticket_id', name='uq_ticket_source_id_ticket_id')
    )
    op.create_index('ix_ticket_shown', 'ticket', ['shown'], unique=False)
    op.create_index('ix_ticket_uncovered', 'ticket', ['source_id', 'uncovered'], unique=False, sqlite_where=sa.text('uncovered IS NOT NULL'), postgresql_where=sa.text('uncovered IS NOT NULL'))
    op.create_index('ix_ticket_wake_at', 'ticket', ['wake_at'], unique=False, sqlite_where=sa.text('wake_at IS NOT NULL'), postgresql_where=sa.text('wake_at IS NOT NULL'))
    op.create_table('basis',
    sa.Column('id', sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.execute("INSERT INTO lease (epoch, holder, held_until) VALUES (0, '', 0)")
