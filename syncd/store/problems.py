"""Findings about data."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from syncd.domain.instant import to_us
from syncd.domain.problem import Problem
from syncd.ports.repositories import SourceId
from syncd.store import tables
from syncd.store.session import Session, batches, marks
from syncd.store.tables import problem

_FORGET_ONE = "DELETE FROM problem WHERE source_id = ? AND ticket_id = ? AND code = ?"
_FORGET = "DELETE FROM problem WHERE source_id = ? AND ticket_id IN"


class SqlProblems:
    """`syncd.ports.repositories.Problems` on a database."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def replace(self, source: SourceId, tickets: Mapping[str, Sequence[Problem]], at: datetime) -> None:
        """Set the findings of these tickets (by id; empty id for the source itself); the key names the ticket."""
        for some in batches(tickets):
            self._session.change(f"{_FORGET} ({marks(some)})", (source, *some))
        rows = [
            (to_us(at), source, ticket_id, one.code, one.detail)
            for ticket_id, found in tickets.items()
            for one in found
        ]
        self._session.bulk(problem, rows)

    def restate(self, source: SourceId, ticket_id: str, code: str, problems: Sequence[Problem], at: datetime) -> None:
        """Set a ticket's findings of one code, leaving those of others; the key names the ticket."""
        self._session.change(_FORGET_ONE, (source, ticket_id, code))
        self._session.bulk(problem, [(to_us(at), source, ticket_id, one.code, one.detail) for one in problems])

    def counts(self) -> Mapping[tuple[str, str], int]:
        """Return how many there are by (source, code)."""
        counted = (
            sa.select(tables.source.c.name, problem.c.code, sa.func.count())
            .join(tables.source, tables.source.c.id == problem.c.source_id)
            .group_by(tables.source.c.name, problem.c.code)
        )
        return {(name, code): count for name, code, count in self._session.run(counted)}

    def of(self, source: SourceId, ticket_id: str) -> Sequence[Problem]:
        """Return one ticket's findings, in the order given."""
        listed = sa.select(problem.c.code, problem.c.detail, problem.c.ticket_id).where(
            problem.c.source_id == source, problem.c.ticket_id == ticket_id
        )
        return [Problem(*row) for row in self._session.run(listed.order_by(problem.c.number))]
