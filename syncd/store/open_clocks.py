"""Open cycles, listed and counted. All of it rests on the partial index over them: they are few, however many ended."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from syncd.domain.instant import to_us
from syncd.domain.names import Stage, Verdict
from syncd.ports.readings import OpenClock, OpenCount
from syncd.ports.repositories import SourceId
from syncd.store.codes import METRICS, STAGE_NUMBERS, STAGES, VERDICT_NUMBERS, VERDICTS
from syncd.store.instants import at_or_none
from syncd.store.session import Session
from syncd.store.tables import clock_definition, open_cycles, reading, source, ticket

_DEFINED = reading.join(clock_definition, clock_definition.c.id == reading.c.definition)
_owed = reading.c.verdict != VERDICT_NUMBERS[Verdict.EXCLUDED]
"""What is excluded, by agreement or because another ticket's clock counts, is owed by nobody while it is open."""
_OPEN = (
    sa.select(
        reading.c.ticket, source.c.name, ticket.c.shown, ticket.c.url, ticket.c.title, clock_definition.c.vendor,
        clock_definition.c.contract, clock_definition.c.target, clock_definition.c.metric, reading.c.priority,
        reading.c.stage, reading.c.verdict, reading.c.due_at, reading.c.at_risk_at, reading.c.breached_at,
        reading.c.goal_us, reading.c.elapsed_us,
    )
    .select_from(
        _DEFINED.join(ticket, ticket.c.number == reading.c.ticket).join(source, source.c.id == ticket.c.source_id)
    )
    .where(open_cycles, _owed)
)  # fmt: skip
_LISTED = _OPEN.order_by(
    reading.c.stage, reading.c.due_at.asc().nulls_last(), reading.c.ticket, reading.c.definition, reading.c.cycle
)


def _clock(row: Any) -> OpenClock:
    return OpenClock(
        ticket_no=row.ticket,
        source=row.name,
        ticket=row.shown,
        url=row.url,
        title=row.title,
        vendor=row.vendor,
        contract=row.contract,
        target=row.target,
        metric=METRICS[row.metric],
        priority=row.priority,
        stage=STAGES[row.stage],
        verdict=VERDICTS[row.verdict],
        due_at=at_or_none(row.due_at),
        at_risk_at=at_or_none(row.at_risk_at),
        breached_at=at_or_none(row.breached_at),
        goal_us=row.goal_us,
        elapsed_us=row.elapsed_us,
    )


class OpenClocks:
    """Open cycles within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def listed(self, limit: int, offset: int) -> Sequence[OpenClock]:
        """Return open cycles that count by deadline, nearest first, paused ones last."""
        return [_clock(row) for row in self._session.run(_LISTED.limit(limit).offset(offset))]

    def fallen_due(self, source_id: SourceId, after: datetime, until: datetime) -> int:
        """Return how many of a source became or become late in `(after, until]`."""
        late = (
            sa.select(sa.func.count())
            .select_from(reading.join(ticket, ticket.c.number == reading.c.ticket))
            .where(open_cycles, _owed, ticket.c.source_id == source_id)
            .where(reading.c.late_from > to_us(after), reading.c.late_from <= to_us(until))
        )
        return int(self._session.run(late).scalar_one())

    def counts(self, at: datetime) -> Sequence[OpenCount]:
        """Return open cycles that count by vendor, contract, target, priority and state.

        States: paused, else breached, else at risk, else ok.
        """
        state = sa.case(
            (reading.c.stage == STAGE_NUMBERS[Stage.PAUSED], "paused"),
            (reading.c.verdict == VERDICT_NUMBERS[Verdict.MISSED], "breached"),
            (reading.c.at_risk_at <= to_us(at), "at_risk"),
            else_="ok",
        ).label("state")
        undecided = sa.case((reading.c.verdict == VERDICT_NUMBERS[Verdict.PENDING], 1), else_=0)
        of = (clock_definition.c.vendor, clock_definition.c.contract, clock_definition.c.target, reading.c.priority)
        grouped = (
            sa.select(
                *of, state, reading.c.waits_for, sa.func.count(), sa.func.min(reading.c.due_at), sa.func.sum(undecided)
            )
            .select_from(_DEFINED)
            .where(open_cycles, _owed)
            .group_by(*of, state, reading.c.waits_for)
            .order_by(*(column.nulls_first() for column in of), state, reading.c.waits_for.nulls_first())
        )
        return [
            OpenCount(vendor, contract, target, priority, said, count, at_or_none(deadline), int(pending), waits)
            for vendor, contract, target, priority, said, waits, count, deadline, pending in self._session.run(grouped)
        ]

    def alarming(self, at: datetime, limit: int) -> Sequence[OpenClock]:
        """Return running cycles at risk at an instant, nearest deadline first, then breached ones, newest first."""
        breached = reading.c.verdict == VERDICT_NUMBERS[Verdict.MISSED]
        rows = (
            _OPEN.where(reading.c.stage == STAGE_NUMBERS[Stage.RUNNING])
            .where(sa.or_(breached, reading.c.at_risk_at <= to_us(at)))
            .order_by(
                sa.case((breached, 1), else_=0),
                sa.case((breached, -reading.c.due_at), else_=reading.c.due_at),
                reading.c.ticket, reading.c.definition, reading.c.cycle,
            )
        )  # fmt: skip
        return [_clock(row) for row in self._session.run(rows.limit(limit))]

    def pending(self, contract: str, end: datetime) -> Mapping[tuple[str, str | None], int]:
        """Return how many open cycles without a verdict began before an instant, by (target, priority)."""
        of = (clock_definition.c.target, reading.c.priority)
        grouped = (
            sa.select(*of, sa.func.count())
            .select_from(_DEFINED)
            .where(
                open_cycles,
                reading.c.verdict == VERDICT_NUMBERS[Verdict.PENDING],
                clock_definition.c.contract == contract,
                reading.c.started_at < to_us(end),
            )
            .group_by(*of)
        )
        return {(target, priority): count for target, priority, count in self._session.run(grouped)}
