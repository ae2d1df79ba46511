"""Raw records in memory."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from syncd.ports.connector import RawRecord
from syncd.ports.repositories import NewRecord, SourceId
from syncd.testing.memory_state import HeldRecord, State

Key = tuple[str, str]


def _kept(record: RawRecord) -> RawRecord:
    """Return a record of its own, its payload as JSON gives it back."""
    return replace(record, payload=json.loads(json.dumps(record.payload, default=dict)))


class MemoryRecords:
    """`syncd.ports.repositories.Records` in memory."""

    def __init__(self, state: State) -> None:
        self._state = state

    def _newest(self, source: SourceId, keys: Sequence[Key]) -> Iterator[tuple[Key, HeldRecord]]:
        for key in keys:
            held = self._state.records.get((source, *key))
            if held:
                yield key, held[-1]

    def digests(self, source: SourceId, keys: Sequence[Key]) -> Mapping[Key, bytes]:
        """Return the newest record's digest of each (ticket, part) that has one."""
        return {key: held.digest for key, held in self._newest(source, keys)}

    def newest(self, source: SourceId, keys: Sequence[Key]) -> Mapping[Key, RawRecord]:
        """Return the newest record of each (ticket, part) that has one."""
        return {key: held.record for key, held in self._newest(source, keys)}

    def put(self, source: SourceId, records: Sequence[NewRecord], at: datetime) -> None:
        """Keep records as the newest of their (ticket, part); a digest kept before is not kept twice in a row."""
        for new in records:
            key = (source, new.record.ticket, new.record.part)
            held = self._state.records.get(key, ())
            if not held or held[-1].digest != new.digest:
                self._state.records[key] = (*held, HeldRecord(_kept(new.record), new.digest, at))

    def stream(self, source: SourceId) -> Iterator[RawRecord]:
        """Yield the newest record of every (ticket, part), all parts of a ticket together."""
        for key in sorted(key for key in self._state.records if key[0] == source):
            yield self._state.records[key][-1].record

    def count(self, source: SourceId) -> int:
        """Return how many (ticket, part) there are, for progress."""
        return sum(key[0] == source for key in self._state.records)

    def trim(self, before: datetime, limit: int) -> int:
        """Drop superseded records learned before an instant, at most `limit`, oldest first; return how many."""
        old = sorted(
            (held.learned_at, key, place)
            for key, all_held in self._state.records.items()
            for place, held in enumerate(all_held[:-1])
            if held.learned_at < before
        )[:limit]
        dropped = {(key, place) for _, key, place in old}
        for key in {key for key, _ in dropped}:
            held = self._state.records[key]
            self._state.records[key] = tuple(one for place, one in enumerate(held) if (key, place) not in dropped)
        return len(dropped)
