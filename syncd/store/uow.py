"""One transaction's repositories."""

import sqlalchemy as sa

from syncd.errors import StoreError
from syncd.store.checkpoints import SqlCheckpoints
from syncd.store.definitions import Definitions, Key
from syncd.store.held import SqlHeldNotices
from syncd.store.links import SqlLinks
from syncd.store.outbox import SqlOutbox
from syncd.store.problems import SqlProblems
from syncd.store.quarantine import SqlQuarantine
from syncd.store.readings import SqlReadings
from syncd.store.rechecks import SqlRechecks
from syncd.store.records import SqlRecords
from syncd.store.session import Session
from syncd.store.sources import SqlSources
from syncd.store.tickets import SqlTickets


class SqlWork:
    """`syncd.ports.store.Work` over an open connection whose transaction its maker ends."""

    def __init__(self, connection: sa.Connection, definitions: dict[Key, int], *, writing: bool) -> None:
        self._connection = connection
        self._session = session = Session(connection)
        self._writing = writing
        self._definitions = Definitions(session, definitions)
        self.sources = SqlSources(session)
        self.records = SqlRecords(session)
        self.tickets = SqlTickets(session)
        self.readings = SqlReadings(session, self._definitions)
        self.links = SqlLinks(session)
        self.outbox = SqlOutbox(session)
        self.held = SqlHeldNotices(session, self.outbox)
        self.rechecks = SqlRechecks(session)
        self.checkpoints = SqlCheckpoints(session)
        self.quarantine = SqlQuarantine(session)
        self.problems = SqlProblems(session)

    def commit(self) -> None:
        """Make it so; nothing can be read or written after."""
        if not self._writing:
            raise StoreError("a view has nothing to commit")
        connection = self._session.connection
        self._session.end()
        connection.commit()
        self._definitions.committed()

    def end(self) -> None:
        """Refuse whatever is asked from here on; what was not committed is undone."""
        self._session.end()
        self._connection.rollback()
