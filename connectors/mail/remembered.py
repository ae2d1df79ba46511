"""One message as the reader remembers it between looks: redacted, packed, with what became of it in the mailbox."""

import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from connectors.mail.hints import Hints, hints_from
from connectors.mail.judging import Judge, Judged
from connectors.mail.leaf import Leaf
from connectors.mail.letter import Letter
from connectors.mail.mailbox import Copy
from connectors.mail.payload import letter_from, redacted
from connectors.mail.tokens import as_payload, from_payload
from syncd.domain.instant_text import instant_text

_KEPT = ("letter", "hints", "sightings", "where", "title", "joins")
_USUAL = (
    b'"bounce_subject":true,"report_subject":true,"acknowledgement_text":true,"auto_text":true,"tokens":[["relay":"'
    b'"auto-submitted":"auto-generated","precedence":"bulk","list-id":"yes","x-mailer":"\\\\Flagged"return-path":"<...>",'
    b'"multipart/alternative","multipart/mixed","text/html","report_type":"","role":"","about":["cc":["n":1}'
    b'{"letter":{"message_id":"","content_type":"text/plain","fingerprint":"","in_reply_to":["references":["'
    b'"],"senders":["#"],"to":["#"],"subject":{"sha256":"","length":2},"text":{"sha256":"","length":1},'
    b'"attachments":0,"size":2,"part_types":["text/plain"],"evidence":{},"problems":{},"received":[],'
    b'"date":"2026-0T0:00Z","authentication":[]},"hints":{"reply":true},"sightings":[{"folder":"INBOX","flags":[],'
    b'"internal_date":"2026-0T0:00Z","seen_at":"2026-0T0:00Z","seen_after":"2026-"}],"where":{"INBOX/1/":{'
    b'"folder":"INBOX","flags":[]}},"title":"Re: ","joins":{}}'
)
"""What most of them hold, as a dictionary for zlib: a third smaller, and faster with a small window."""
_FAST, _WINDOW, _ROOM = 1, -12, 5
"""How hard zlib tries, in what window (4 kB, no header), with how much memory: its usual state is 268 kB for each."""


class Read(NamedTuple):
    """A message as it was just read, `said` as JSON values."""

    letter: Letter
    hints: Hints
    said: Mapping[str, object]


@dataclass(slots=True, kw_only=True)
class Remembered:
    """A message: `letter` and `hints` as JSON values, `where` its copies by key, `title` its own subject."""

    letter: Mapping[str, Any]
    hints: Mapping[str, Any]
    sightings: list[dict[str, Any]] = field(default_factory=list)
    where: dict[str, dict[str, Any]] = field(default_factory=dict)
    title: str = ""
    joins: Mapping[str, Any] = field(default_factory=dict)
    """What the words alone tell of who belongs together: ticket numbers, and the subject's hash if subjects count."""

    def packed(self) -> bytes:
        """Return it small, as it lies in memory."""
        values = {name: getattr(self, name) for name in _KEPT}
        packer = zlib.compressobj(_FAST, zlib.DEFLATED, _WINDOW, _ROOM, zlib.Z_DEFAULT_STRATEGY, _USUAL)
        return packer.compress(msgspec.json.encode(values)) + packer.flush()

    def more(self) -> dict[str, object]:
        """Return what its record holds for the next start, beside letter and sightings."""
        more: dict[str, object] = {"hints": self.hints, "where": self.where}
        if self.joins:
            more["joins"] = self.joins
        return more

    def judged(self, judge: Judge, read: Read | None = None) -> Judged:
        """Return everything that follows from it; from what it says as a whole where it was just read."""
        if read is not None:
            return judge.judge(read.letter, read.hints, self.sightings)
        return judge.judge(letter_from(self.letter), hints_from(self.hints), self.sightings)

    def leaf(self, judge: Judge, judged: Judged, *, whole: bool = False) -> Leaf:
        """Return what grouping needs of it; of a `whole` letter what only its words tell is noted for later."""
        leaf = judge.leaf(judged)
        if whole:
            self.joins = _joins(leaf)
        if not (self.joins or leaf.tokens or leaf.subject or leaf.people):
            return leaf
        tokens = {scope: from_payload(each) for scope, each in (self.joins.get("tokens") or {}).items()}
        subject, people = str(self.joins.get("subject") or ""), frozenset(self.joins.get("people") or ())
        return replace(leaf, tokens=tokens, subject=subject, people=people)

    def saw(self, copy: Copy, wanted: Collection[str], now: datetime, before: datetime | None) -> None:
        """Take in that a copy is there: entering a folder and each flag newly set become sightings.

        `wanted` are the flags that matter, folded; `before` is the look at which the copy was not there yet.
        """
        flags = sorted({flag.casefold(): flag for flag in copy.flags if flag.casefold() in wanted}.values())
        set_before = {flag.casefold() for place in self.where.values() for flag in place["flags"]}
        fresh = [flag for flag in flags if flag.casefold() not in set_before]
        there = any(place["folder"] == copy.folder for place in self.where.values())
        self.where[copy.key] = {"folder": copy.folder, "flags": flags}
        first = not self.sightings
        if not there:
            times = sum(each.get("folder") == copy.folder for each in self.sightings)
            facts: dict[str, Any] = {"folder": copy.folder, "flags": fresh if first else []}
            if copy.internal_date is not None:
                facts["internal_date"] = instant_text(copy.internal_date)
            self._sighted(facts, times, now, before)
        for flag in [] if first else fresh:
            folded = flag.casefold()
            times = sum(folded in {str(one).casefold() for one in each.get("flags") or ()} for each in self.sightings)
            self._sighted({"flags": [flag]}, times, now, before)

    def _sighted(self, facts: dict[str, Any], times: int, now: datetime, before: datetime | None) -> None:
        facts["seen_at"] = instant_text(now)
        if before is not None:
            facts["seen_after"] = instant_text(before)
        if times:
            facts["n"] = times
        self.sightings.append(facts)


def unpacked(blob: bytes) -> Remembered:
    """Return what `packed` made small."""
    return Remembered(**msgspec.json.decode(zlib.decompressobj(_WINDOW, _USUAL).decompress(blob)))


def remembered(read: Read, *, bodies: bool, titles: bool) -> Remembered:
    """Return a message that was just read, redacted as the store will keep it."""
    return Remembered(
        letter=redacted(read.said, bodies=bodies),
        hints=read.hints.as_payload(),
        title=read.letter.subject if titles else "",
    )


def restored(payload: Mapping[str, Any]) -> Remembered:
    """Return a message from its stored record."""
    place = payload.get("place")
    title = place.get("title") if isinstance(place, Mapping) else None
    return Remembered(
        letter=payload["letter"],
        hints=payload.get("hints") or {},
        sightings=[dict(each) for each in payload.get("sightings") or ()],
        where={str(key): dict(value) for key, value in (payload.get("where") or {}).items()},
        title=str(title or ""),
        joins=payload.get("joins") or {},
    )


_JOINING = 10
"""Characters below which a subject joins nothing."""


def _joins(leaf: Leaf) -> Mapping[str, Any]:
    out: dict[str, Any] = {}
    if leaf.tokens:
        out["tokens"] = {scope: as_payload(tokens) for scope, tokens in sorted(leaf.tokens.items())}
    if len(leaf.subject) >= _JOINING:
        out["subject"], out["people"] = _hash(leaf.subject), sorted(map(_hash, leaf.people))
    return out


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]
