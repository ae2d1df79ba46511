"""What was said of each message: the records that were made of it, and where tickets went that are no more."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from connectors.mail.recording import MERGED, VOLATILE, merged_record
from syncd.domain.digest import digest
from syncd.domain.timeline_format import parse_instant
from syncd.ports.connector import RawRecord


class Said:
    """Digests of records by ticket and part; tells whether a record says something new."""

    def __init__(self) -> None:
        self._digests: defaultdict[str, dict[str, bytes]] = defaultdict(dict)
        self._tickets: defaultdict[str, set[str]] = defaultdict(set)
        self._begins: dict[str, tuple[datetime, str]] = {}
        self._left: dict[str, tuple[str, datetime]] = {}

    def note(self, record: RawRecord) -> bool:
        """Note that a record is said; tell whether that is new."""
        made = digest(record.payload, VOLATILE)
        known = self._digests[record.ticket].get(record.part)
        self._digests[record.ticket][record.part] = made
        payload: Any = record.payload
        at = parse_instant(payload.get("at"), "at")
        if record.part == MERGED:
            self._left[record.ticket] = str(payload["merged"]["into"]), at
            return known != made
        self._tickets[record.part].add(record.ticket)
        begins = self._begins.get(record.ticket)
        if begins is None or (at, record.part) < begins:
            self._begins[record.ticket] = at, record.part
        return known != made

    def tickets(self, part: str) -> Collection[str]:
        """Return the tickets that a message stands in."""
        return self._tickets.get(part, ())

    def parts(self, ticket: str) -> Collection[str]:
        """Return the messages that ever stood in a ticket."""
        return self._digests.get(ticket, {}).keys()

    def settle(self, part: str, tickets: Iterable[str]) -> None:
        """Hold that a message stands in these tickets alone."""
        self._tickets[part] = set(tickets)

    def left(self, ticket: str) -> tuple[str, datetime] | None:
        """Return into which ticket one went up, and since when; None of one that stands."""
        return self._left.get(ticket)

    def left_behind(self, parts: Sequence[str], records: Sequence[RawRecord]) -> list[RawRecord]:
        """Return the word about each ticket that some messages stood in and stand in no more."""
        before = {ticket for part in parts for ticket in self._tickets.get(part, ())}
        where: dict[str, str] = {}
        for record in records:
            where.setdefault(record.part, record.ticket)
        for part in parts:
            self.settle(part, ())
        gone = sorted(before - {record.ticket for record in records})
        return [
            merged_record(ticket, where[first], at)
            for ticket in gone
            for at, first in (self._begins[ticket],)
            if first in where
        ]
