"""All messages of a mailbox that were read, and what was said of each: the reader's memory between looks and starts.

Conversations are made anew from the messages that hang together with what a look brought, never from all of them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.mail.conversations import conversations
from connectors.mail.judging import Judge, Judged
from connectors.mail.leaf import Leaf
from connectors.mail.letter import Letter
from connectors.mail.mailbox import Copy, Look
from connectors.mail.payload import letter_as_json
from connectors.mail.places import places
from connectors.mail.recording import MERGED, OWN_MAIL, message_record
from connectors.mail.relations import Relations
from connectors.mail.remembered import Read, Remembered, remembered, restored, unpacked
from connectors.mail.said import Said
from connectors.mail.settings import MailOptions
from syncd.ports.connector import RawRecord


@dataclass(slots=True)
class _Open:
    """A message taken out of memory for a while."""

    kept: Remembered
    read: Read | None = None
    """As it was just read; None of one that was read before."""
    judged: Judged | None = None
    leaf: Leaf | None = None


_Opened = dict[str, _Open]


class Memory:
    """What was read of one mailbox. `Known` for its back end; `take` returns what a look changed."""

    def __init__(self, judge: Judge, options: MailOptions) -> None:
        self._judge = judge
        self._options = options
        self._wanted = frozenset(flag.casefold() for rule in options.signals for flag in rule.flags)
        self._packed: dict[str, bytes] = {}
        self._copies: dict[str, str] = {}
        """By key, the message that a copy is of."""
        self._folders: defaultdict[str, set[str]] = defaultdict(set)
        self._passed: defaultdict[str, set[str]] = defaultdict(set)
        """Keys of copies that are never remembered: our own alerts."""
        self._relations = Relations()
        self._said = Said()

    def __len__(self) -> int:
        """Return how many messages are remembered."""
        return len(self._packed)

    def holds(self, key: str) -> bool:
        """Tell whether the message behind a copy was read."""
        return key in self._copies or any(key in keys for keys in self._passed.values())

    def keys(self, folder: str) -> Collection[str]:
        """Return the keys of the remembered copies in a folder."""
        return self._folders[folder]

    def unstored(self, folder: str) -> Collection[str]:
        """Return the keys of a folder's copies that were read and that made no record."""
        silent = {key for key in self._folders[folder] if not self._said.tickets(self._copies[key])}
        return silent | self._passed[folder]

    def load(self, records: Iterable[RawRecord]) -> None:
        """Remember what stored records hold."""
        found: defaultdict[str, list[RawRecord]] = defaultdict(list)
        for record in records:
            if record.part == MERGED or "letter" in record.payload:
                self._said.note(record)
                found[record.part].append(record)
        found.pop(MERGED, None)
        for part, each in found.items():
            # Of a message that went with its ticket into another one, the records there are the newer ones.
            current = [record for record in each if not self._said.left(record.ticket)] or each
            self._said.settle(part, {record.ticket for record in current})
            best = max(current, key=lambda record: (len(_sightings(record)), record.updated_at, record.ticket))
            kept = restored(best.payload)
            for key, place in kept.where.items():
                self._copies[key] = part
                self._folders[place["folder"]].add(key)
            self._packed[part] = kept.packed()
            self._relations.add(part, kept.leaf(self._judge, kept.judged(self._judge)))

    def take(self, look: Look, now: datetime, before: datetime | None) -> list[RawRecord]:
        """Take a look in; return the records that it made or changed, the oldest message first."""
        opened: _Opened = {}
        for copy in look.copies:
            self._saw(copy, opened, now, before)
        for key in look.gone:
            part = self._copies.pop(key, None)
            if part is not None:
                kept = self._open(part, opened).kept
                self._folders[kept.where.pop(key)["folder"]].discard(key)
        for part, each in opened.items():
            leaf = self._judged(each)
            self._packed[part] = each.kept.packed()
            self._relations.add(part, leaf)
        groups = self._relations.groups(list(opened))
        records = [record for group in groups for record in self._told(group, opened)]
        return sorted(records, key=lambda record: (str(record.payload["at"]), record.ticket, record.part))

    def current(self, tickets: Collection[str]) -> list[RawRecord]:
        """Return every record of some tickets as it is now."""
        parts = sorted({part for ticket in tickets for part in self._said.parts(ticket)} - {MERGED})
        found = [each for group in self._relations.groups(parts) for each in self._records(group, {})]
        left = [self._said.word(ticket) for ticket in tickets if self._said.left(ticket)]
        return [record for record in (*found, *left) if record.ticket in tickets]

    def _saw(self, copy: Copy, opened: _Opened, now: datetime, before: datetime | None) -> None:
        part = self._copies.get(copy.key)
        if part is None:
            if copy.letter is None:
                return  # gone between two answers, and never read
            if OWN_MAIL in copy.letter.evidence:
                self._passed[copy.folder].add(copy.key)
                return
            part = copy.letter.fingerprint
            self._read(part, copy.letter, opened)
        self._open(part, opened).kept.saw(copy, self._wanted, now, None if copy.unwatched else before)
        self._copies[copy.key] = part
        self._folders[copy.folder].add(copy.key)

    def _read(self, part: str, letter: Letter, opened: _Opened) -> None:
        known = self._open(part, opened) if part in opened or part in self._packed else None
        # Of copies that differ the one with most of its way and links still in it counts, whichever came first.
        if known is not None and _weight(letter) <= _weight_of(known.kept.letter):
            return
        read = Read(letter, self._judge.hints(letter), letter_as_json(letter))
        fresh = remembered(read, bodies=self._options.store_bodies, titles=self._options.titles)
        if known is not None:
            fresh.sightings, fresh.where = known.kept.sightings, known.kept.where
        opened[part] = _Open(fresh, read)

    def _open(self, part: str, opened: _Opened) -> _Open:
        if part not in opened:
            opened[part] = _Open(unpacked(self._packed[part]))
        return opened[part]

    def _judged(self, each: _Open) -> Leaf:
        if each.judged is None:
            each.judged = each.kept.judged(self._judge, each.read)
        if each.leaf is None:
            each.leaf = each.kept.leaf(self._judge, each.judged, whole=each.read is not None)
        return each.leaf

    def _told(self, parts: Sequence[str], opened: _Opened) -> Iterator[RawRecord]:
        """Yield what has to be said anew about messages that hang together."""
        records = self._records(parts, opened)
        records += self._said.left_behind(parts, records)
        for record in records:
            if self._said.note(record):
                each = opened.get(record.part)
                if each is None or each.read is None:
                    yield record
                else:
                    payload = {**record.payload, "letter": each.read.said}
                    yield RawRecord(record.ticket, record.updated_at, payload, record.part)

    def _records(self, parts: Sequence[str], opened: Mapping[str, _Open]) -> list[RawRecord]:
        found = {part: opened.get(part) or _Open(unpacked(self._packed[part])) for part in parts}
        leaves = [self._judged(each) for each in found.values()]
        records = []
        for conversation in conversations(leaves, by_subject=self._options.join_by_subject):
            title = found[conversation.leaves[0].fingerprint].kept.title
            for leaf, place in places(conversation):
                if place.vendor is None and self._options.mailbox == "personal":
                    continue
                place.title = title or None
                kept = found[leaf.fingerprint].kept
                records.append(message_record(leaf, place, kept.letter, kept.sightings, kept.more()))
        return records


def _sightings(record: RawRecord) -> Sequence[Any]:
    found = record.payload.get("sightings")
    return found if isinstance(found, list | tuple) else ()


def _weight(letter: Letter) -> tuple[int, int, int]:
    return len(letter.ancestors), len(letter.received), letter.size


def _weight_of(letter: Mapping[str, Any]) -> tuple[int, int, int]:
    ids = {*(letter.get("references") or ()), *(letter.get("in_reply_to") or ())}
    return len(ids), len(letter.get("received") or ()), int(letter.get("size") or 0)
