"""Sources and cursors in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from syncd.errors import CursorMoved, StoreError
from syncd.ports.connector import Cursor
from syncd.ports.repositories import SourceId, SourceRow
from syncd.testing.memory_state import State


class MemorySources:
    """`syncd.ports.repositories.Sources` in memory."""

    def __init__(self, state: State) -> None:
        self._state = state

    def register(self, name: str, kind: str) -> SourceRow:
        """Return the source of that name, made if new."""
        for row in self._state.sources.values():
            if row.name == name:
                return row
        new = SourceRow(len(self._state.sources) + 1, name, kind, None, 0, None, None, None, 0, None, None)
        self._state.sources[new.id] = new
        return new

    def all(self) -> Sequence[SourceRow]:
        """Return every source ever registered, by id."""
        return list(self._state.sources.values())

    def attempted(self, source: SourceId, at: datetime) -> None:
        """Note the start of a pass."""
        self._state.sources[source] = replace(self._state.sources[source], last_attempt_at=at)

    def succeeded(self, source: SourceId, at: datetime, watermark: datetime | None) -> None:
        """Note a complete pass; a watermark never moves back."""
        row = self._state.sources[source]
        if watermark is not None and (row.watermark is None or row.watermark < watermark):
            row = replace(row, watermark=watermark)
        self._state.sources[source] = replace(row, last_success_at=at, failures=0, last_error=None)

    def failed(self, source: SourceId, at: datetime, error: str) -> None:  # noqa: ARG002  # the attempt has its instant
        """Note a failed pass."""
        row = self._state.sources[source]
        self._state.sources[source] = replace(row, failures=row.failures + 1, last_error=error)

    def skewed(self, source: SourceId, skew: timedelta) -> None:
        """Note how far the source's clock was seen to be ahead of ours."""
        self._state.sources[source] = replace(self._state.sources[source], skew=skew)

    def backfilled(self, source: SourceId, at: datetime) -> None:
        """Note that the past is read."""
        self._state.sources[source] = replace(self._state.sources[source], backfilled_at=at)

    def begin_generation(self, source: SourceId, mapper_version: int) -> int:  # noqa: ARG002  # stamped when activated
        """Return a new, inactive generation number of the source's events."""
        if source not in self._state.sources:
            raise StoreError(f"there is no source {source}")
        number = max(self._state.sources[source].generation, self._state.generations.get(source, 0)) + 1
        self._state.generations[source] = number
        return number

    def activate_generation(self, source: SourceId, generation: int, mapper_version: int) -> None:
        """Make a generation the one that is read and drop every other, withdrawn events carried over."""
        row = self._state.sources[source]
        self._state.sources[source] = replace(row, generation=generation, mapper_version=mapper_version)
        for number, ticket in self._state.tickets.items():
            if ticket.source == source and number in self._state.events:
                held = self._state.events[number]
                carried = {(generation, name): each for (_, name), each in held.items() if each.withdrawn}
                mapped = {key: each for key, each in held.items() if key[0] == generation}
                self._state.events[number] = carried | mapped


class MemoryCheckpoints:
    """`syncd.ports.repositories.Checkpoints` in memory."""

    def __init__(self, state: State) -> None:
        self._state = state

    def get(self, source: SourceId, stream: str) -> Cursor | None:
        """Return the cursor; None before the first page."""
        return self._state.cursors.get((source, stream))

    def set(self, source: SourceId, stream: str, cursor: Cursor, *, expected: Cursor | None) -> None:
        """Move the cursor if it still is `expected`; raises `CursorMoved`."""
        if self._state.cursors.get((source, stream)) != expected:
            raise CursorMoved(f"the {stream} cursor of source {source} is no longer where it was read")
        self._state.cursors[source, stream] = cursor
