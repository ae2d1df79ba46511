"""Messages to raw records: one each, in the ticket of its conversation.

A record's ticket is the conversation's id, its part the message's fingerprint. The id is a hash of the message id with
which the conversation began, also where that message was never seen, so it does not depend on who was seen first. Where
a later message joins two conversations, all of it goes under the id of the older one; under the other id a record
remains which says `merged`, dated at that ticket's own beginning, so that nothing of it is measured twice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.mail.conversations import Conversation, conversations
from connectors.mail.judging import Judge, Judged
from connectors.mail.leaf import Leaf
from connectors.mail.letter import Letter
from connectors.mail.payload import letter_as_json
from connectors.mail.places import Place, places
from syncd.domain.instant_text import instant_text, parse_instant
from syncd.domain.timeline_error import TimelineError
from syncd.ports.connector import RawRecord

MERGED = "merged"
"""The part of the record that says that a ticket went up into another."""

_INSTANTS = frozenset({"seen_at", "seen_after"})
VOLATILE = frozenset(f"sightings.*.{name}" for name in _INSTANTS)
"""Paths of a record that change with the instant of reading alone."""

OWN_MAIL = "x-syncd"
"""The header field of our own alert mails; what carries it is never stored (loop guard)."""


@dataclass(slots=True)
class Found:
    """A message and where it was seen: mailbox facts as JSON values, the oldest first."""

    letter: Letter
    sightings: list[Mapping[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Grouped:
    """Messages in conversations: records, and by fingerprint what each message came to."""

    records: tuple[RawRecord, ...]
    judged: Mapping[str, Judged]
    leaves: Mapping[str, Leaf]
    conversation: Mapping[str, str]
    conversations: tuple[Conversation, ...]


def unique(found: Iterable[Found]) -> dict[str, Found]:
    """Return messages by fingerprint, every copy of one as a sighting of it; our own alert mails left out."""
    kept: dict[str, Found] = {}
    for each in found:
        if OWN_MAIL in each.letter.evidence:
            continue
        known = kept.setdefault(each.letter.fingerprint, Found(each.letter))
        if _rank(each.letter) < _rank(known.letter):
            known.letter = each.letter
        known.sightings += [sighting for sighting in each.sightings if sighting not in known.sightings]
    for each in kept.values():
        each.sightings.sort(key=_sighting)
    return kept


def _rank(letter: Letter) -> tuple[object, ...]:
    """Of copies that differ, one is chosen whatever their order: the one with most of its way and links still in it."""
    return -len(letter.ancestors), -len(letter.received), -letter.size, repr(letter)


def _sighting(value: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(value.get("seen_at") or ""), str(value.get("internal_date") or ""), repr(sorted(value.items()))


def group(found: Mapping[str, Found], judge: Judge, *, by_subject: bool) -> Grouped:
    """Return messages as records of tickets. A function of the set: the order of the messages changes nothing."""
    judged = {
        key: judge.judge(each.letter, judge.hints(each.letter), each.sightings) for key, each in sorted(found.items())
    }
    leaves = {key: judge.leaf(each) for key, each in judged.items()}
    whole = conversations(leaves.values(), by_subject=by_subject)
    records: list[RawRecord] = []
    for conversation in whole:
        first = found[conversation.leaves[0].fingerprint].letter
        for leaf, place in places(conversation):
            place.title = first.subject or None
            each = found[leaf.fingerprint]
            records.append(message_record(leaf, place, letter_as_json(each.letter), each.sightings, {}))
    where = {leaf.fingerprint: conversation.id for conversation in whole for leaf in conversation.leaves}
    return Grouped(tuple(records), judged, leaves, where, tuple(whole))


def tracked(grouped: Grouped, *, personal: bool) -> list[RawRecord]:
    """Return the records to store: of a person's mailbox only those of conversations with a vendor."""
    kept = grouped.records
    return [each for each in kept if not personal or "vendor" in place_of(each)]


def place_of(record: RawRecord) -> Mapping[str, Any]:
    """Return the place that a record's payload holds; empty where it holds none."""
    place = record.payload.get("place")
    return place if isinstance(place, Mapping) else {}


def message_record(
    leaf: Leaf,
    place: Place,
    letter: Mapping[str, Any],
    sightings: Iterable[Mapping[str, Any]],
    more: Mapping[str, object],
) -> RawRecord:
    """Return the raw record of one message, a letter as JSON values, in one ticket."""
    payload: dict[str, object] = {
        "mail": 1,
        "ticket": place.ticket,
        "part": leaf.fingerprint,
        "at": instant_text(leaf.at),
        "place": place.as_payload(),
        "letter": letter,
        "sightings": [dict(each) for each in sightings],
        **more,
    }
    return RawRecord(place.ticket, updated_at(payload), payload, leaf.fingerprint)


def steady(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a record's payload without its volatile paths."""
    if not payload.get("sightings"):
        return payload
    seen = [{name: item for name, item in each.items() if name not in _INSTANTS} for each in payload["sightings"]]
    return {**payload, "sightings": seen}


def merged_record(ticket: str, into: str | None, at: datetime, times: int = 0) -> RawRecord:
    """Return the record that a ticket turned out to be part of another, from its own beginning `at` on.

    `into` None takes that back: with more mail read, it turned out to stand by itself. `times` is how often it was
    part of another before, so that each time is an event of its own.
    """
    merged: dict[str, object] = {"into": into, "times": times} if times else {"into": into}
    payload = {"mail": 1, "ticket": ticket, "part": MERGED, "at": instant_text(at), "merged": merged}
    return RawRecord(ticket, at, payload, MERGED)


def updated_at(payload: Mapping[str, Any]) -> datetime:
    """Return the latest instant that a payload knows of; raises ValueError where it has none."""
    instants = [parse_instant(payload.get("at"), "at")]
    sightings = payload.get("sightings")
    for sighting in sightings if isinstance(sightings, list | tuple) else ():
        seen = sighting.get("seen_at") if isinstance(sighting, Mapping) else None
        if seen is not None:
            try:
                instants.append(parse_instant(seen, "seen_at"))
            except TimelineError:
                continue  # a back end's mistake about one sighting does not make the message undated
    return max(instants)
