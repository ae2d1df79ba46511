"""Cursors, moved by compare-and-set."""

import sqlalchemy as sa

from syncd.errors import CursorMoved
from syncd.ports.connector import Cursor
from syncd.ports.repositories import SourceId
from syncd.store.session import Session
from syncd.store.tables import checkpoint


class SqlCheckpoints:
    """`syncd.ports.repositories.Checkpoints` on a database."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, source: SourceId, stream: str) -> Cursor | None:
        """Return the cursor; None before the first page."""
        of = sa.select(checkpoint.c.cursor).where(checkpoint.c.source_id == source, checkpoint.c.stream == stream)
        cursor: Cursor | None = self._session.run(of).scalar()
        return cursor

    def set(self, source: SourceId, stream: str, cursor: Cursor, *, expected: Cursor | None) -> None:
        """Move the cursor if it still is `expected`; raises `CursorMoved`."""
        if expected is None:
            moved = self._session.insert(checkpoint, {"source_id": source, "stream": stream, "cursor": cursor})
        else:
            still = (
                checkpoint.c.source_id == source, checkpoint.c.stream == stream, checkpoint.c.cursor == expected,
            )  # fmt: skip
            moved = self._session.run(sa.update(checkpoint).where(*still).values(cursor=cursor)).rowcount
        if not moved:
            raise CursorMoved(f"the {stream} cursor of source {source} is no longer where it was read")
