"""The configured sources and their generations of events."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from syncd.domain.instant import to_us
from syncd.errors import StoreError
from syncd.ports.repositories import SourceId, SourceRow
from syncd.store import tables
from syncd.store.instants import at_or_none
from syncd.store.session import Session

_SOURCE = tables.source.c
_GENERATION = tables.generation.c
_ROWS = sa.select(tables.source, _GENERATION.mapper_version).outerjoin(
    tables.generation,
    sa.and_(_GENERATION.source_id == _SOURCE.id, _GENERATION.number == _SOURCE.generation),
)


def _row(found: sa.Row[*tuple[Any, ...]]) -> SourceRow:
    return SourceRow(
        id=found.id,
        name=found.name,
        kind=found.kind,
        mapper_version=found.mapper_version,
        generation=found.generation,
        last_attempt_at=at_or_none(found.last_attempt_at),
        last_success_at=at_or_none(found.last_success_at),
        watermark=at_or_none(found.watermark),
        failures=found.failures,
        last_error=found.last_error,
        backfilled_at=at_or_none(found.backfilled_at),
        skew=None if found.skew_us is None else timedelta(microseconds=found.skew_us),
    )


class SqlSources:
    """`syncd.ports.repositories.Sources` on a database."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def register(self, name: str, kind: str) -> SourceRow:
        """Return the source of that name, made if new; one that is there keeps its kind."""
        named = _ROWS.where(_SOURCE.name == name)
        found = self._session.run(named).first()
        if found is None:
            new = {"name": name, "kind": kind, "generation": 0, "failures": 0}
            self._session.insert(tables.source, new)
            found = self._session.run(named).one()
        return _row(found)

    def all(self) -> Sequence[SourceRow]:
        """Return every source ever registered, by id."""
        return [_row(found) for found in self._session.run(_ROWS.order_by(_SOURCE.id))]

    def _change(self, source: SourceId, **values: Any) -> None:
        self._session.run(sa.update(tables.source).where(_SOURCE.id == source).values(**values))

    def attempted(self, source: SourceId, at: datetime) -> None:
        """Note the start of a pass."""
        self._change(source, last_attempt_at=to_us(at))

    def succeeded(self, source: SourceId, at: datetime, watermark: datetime | None) -> None:
        """Note a complete pass; a watermark never moves back."""
        self._change(source, last_success_at=to_us(at), failures=0, last_error=None)
        if watermark is None:
            return
        reached = to_us(watermark)
        behind = sa.or_(_SOURCE.watermark.is_(None), _SOURCE.watermark < reached)
        self._session.run(sa.update(tables.source).where(_SOURCE.id == source, behind).values(watermark=reached))

    def failed(self, source: SourceId, at: datetime, error: str) -> None:  # noqa: ARG002  # the attempt has its instant
        """Note a failed pass."""
        self._change(source, failures=_SOURCE.failures + 1, last_error=error)

    def skewed(self, source: SourceId, skew: timedelta) -> None:
        """Note how far the source's clock was seen to be ahead of ours."""
        self._change(source, skew_us=skew // timedelta(microseconds=1))

    def backfilled(self, source: SourceId, at: datetime) -> None:
        """Note that the past is read."""
        self._change(source, backfilled_at=to_us(at))

    def begin_generation(self, source: SourceId, mapper_version: int) -> int:
        """Return a new, inactive generation number of the source's events."""
        row = sa.select(_SOURCE.generation).where(_SOURCE.id == source).with_for_update()
        active = self._session.run(row).scalar()
        if active is None:
            raise StoreError(f"there is no source {source}")
        begun = sa.select(sa.func.max(_GENERATION.number)).where(_GENERATION.source_id == source)
        number = max(active, self._session.run(begun).scalar() or 0) + 1
        self._stamp(source, number, mapper_version)
        return int(number)

    def _stamp(self, source: SourceId, number: int, mapper_version: int) -> None:
        stamp = {"source_id": source, "number": number, "mapper_version": mapper_version}
        self._session.insert(tables.generation, stamp)

    def activate_generation(self, source: SourceId, generation: int, mapper_version: int) -> None:
        """Make a generation the one that is read and drop every other, withdrawn events carried over."""
        tickets = sa.select(tables.ticket.c.number).where(tables.ticket.c.source_id == source)
        event = tables.ticket_event.c
        others = [sa.literal(generation) if each is event.generation else each for each in event]
        withdrawn = sa.select(*others).where(
            event.ticket.in_(tickets), event.generation != generation, event.withdrawn_at.is_not(None)
        )
        self._session.insert_selected(tables.ticket_event, withdrawn)
        self._change(source, generation=generation)
        self._session.run(sa.delete(tables.generation).where(_GENERATION.source_id == source))
        self._stamp(source, generation, mapper_version)
        self._session.run(
            sa.delete(tables.ticket_event).where(event.ticket.in_(tickets), event.generation != generation)
        )
