"""What was said of each message: the records that were made of it, and where tickets went that are no more."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec

from connectors.mail.recording import MERGED, merged_record, steady
from syncd.domain.instant_text import parse_instant
from syncd.ports.connector import RawRecord


class Said:
    """Digests of records by ticket and part; tells whether a record says something new."""

    def __init__(self) -> None:
        self._digests: defaultdict[str, dict[str, bytes]] = defaultdict(dict)
        self._tickets: defaultdict[str, set[str]] = defaultdict(set)
        self._begins: dict[str, tuple[datetime, str]] = {}
        self._left: dict[str, tuple[str | None, int]] = {}
        """By ticket, into which one it went up, and how often it had done so before; None of one that came back."""

    def note(self, record: RawRecord) -> bool:
        """Note that a record is said; tell whether that is new."""
        made = _mark(record.payload)
        known = self._digests[record.ticket].get(record.part)
        self._digests[record.ticket][record.part] = made
        payload: Any = record.payload
        at = parse_instant(payload.get("at"), "at")
        if record.part == MERGED:
            merged = payload["merged"]
            self._left[record.ticket] = merged["into"], int(merged.get("times") or 0)
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

    def left(self, ticket: str) -> bool:
        """Tell whether a ticket went up into another one."""
        return self._left.get(ticket, (None, 0))[0] is not None

    def word(self, ticket: str) -> RawRecord:
        """Return the record of where a ticket went that left."""
        into, times = self._left[ticket]
        return merged_record(ticket, into, self._beginning(ticket), times)

    def _beginning(self, ticket: str) -> datetime:
        return self._begins[ticket][0]

    def left_behind(self, parts: Sequence[str], records: Sequence[RawRecord]) -> list[RawRecord]:
        """Return the word about each ticket that some messages stood in and stand in no more, or stand in again."""
        before = {ticket for part in parts for ticket in self._tickets.get(part, ())}
        where: dict[str, str] = {}
        for record in records:
            where.setdefault(record.part, record.ticket)
        for part in parts:
            self.settle(part, ())
        now = {record.ticket for record in records}
        words = []
        for ticket in sorted(before - now):
            at, first = self._begins[ticket]
            if first in where:
                times = self._left[ticket][1] + 1 if ticket in self._left else 0
                words.append(merged_record(ticket, where[first], at, times))
        back = [ticket for ticket in sorted(now) if self.left(ticket)]
        words += [merged_record(ticket, None, self._beginning(ticket), self._left[ticket][1]) for ticket in back]
        return words


def _mark(payload: Mapping[str, Any]) -> bytes:
    """Return by what a record is known again in this process; what the store keeps has the core's own digest."""
    return sha256(msgspec.json.encode(steady(payload), order="deterministic")).digest()
