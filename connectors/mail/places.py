"""What each message is to its ticket: the one that opened it, told the vendor, took that back, joined two of them.

A ticket is a conversation with one vendor; one with two vendors is two tickets, each with its own clock.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.mail.authorship import Author, MachineKind
from connectors.mail.conversations import Conversation
from connectors.mail.leaf import Leaf
from syncd.domain.instant_text import instant_text, parse_instant


@dataclass(slots=True, kw_only=True)
class Place:
    """One message's place in one ticket; JSON values by `as_payload`."""

    ticket: str
    shown: str
    title: str | None = None
    vendor: str | None = None
    told: tuple[str, ...] = ()
    """The vendors whom this message reached."""
    inferred: bool = False
    """Whether it is not known when the vendor was told: the message that did was never seen."""
    since: datetime | None = None
    """The first message that is known, of a ticket whose start is inferred."""
    opens: bool = False
    tells: bool = False
    infers: bool = False
    returns: bool = False
    absorbs: list[tuple[str, datetime]] = field(default_factory=list)
    split_from: str | None = None
    names: list[str] = field(default_factory=list)
    """The names of tickets elsewhere that this message is the first of its ticket to say."""

    def as_payload(self) -> dict[str, object]:
        """Return it as JSON values, what is empty left out."""
        out: dict[str, object] = {"ticket": self.ticket, "shown": self.shown}
        if self.vendor is not None:
            out["vendor"] = self.vendor
        for name in ("inferred", "opens", "tells", "infers", "returns"):
            if getattr(self, name):
                out[name] = True
        if self.since is not None:
            out["since"] = instant_text(self.since)
        if self.title is not None:
            out["title"] = self.title
        if self.told:
            out["told"] = list(self.told)
        if self.absorbs:
            out["absorbs"] = [[ticket, instant_text(at)] for ticket, at in self.absorbs]
        if self.split_from is not None:
            out["split_from"] = self.split_from
        if self.names:
            out["names"] = list(self.names)
        return out


def place_from(value: Mapping[str, Any]) -> Place:
    """Return the place that JSON values are; raises ValueError saying what is missing."""
    ticket = value.get("ticket")
    if not isinstance(ticket, str) or not ticket:
        raise ValueError("place.ticket: a text is required")
    absorbs = value.get("absorbs") or []
    since = value.get("since")
    return Place(
        ticket=ticket,
        shown=str(value.get("shown") or ticket),
        vendor=None if value.get("vendor") is None else str(value["vendor"]),
        title=None if not value.get("title") else str(value["title"]),
        told=tuple(map(str, value.get("told") or ())),
        inferred=value.get("inferred") is True,
        since=None if since is None else parse_instant(since, "place.since"),
        opens=value.get("opens") is True,
        tells=value.get("tells") is True,
        infers=value.get("infers") is True,
        returns=value.get("returns") is True,
        absorbs=[(str(ticket), parse_instant(at, "place.absorbs")) for ticket, at in absorbs],
        split_from=None if value.get("split_from") is None else str(value["split_from"]),
        names=list(map(str, value.get("names") or ())),
    )


def places(conversation: Conversation) -> list[tuple[Leaf, Place]]:
    """Return every message of a conversation with its place, once for each ticket that it belongs to."""
    vendors = dict.fromkeys(vendor for leaf in conversation.leaves for vendor in leaf.vendors)
    if not vendors:
        return _placed(conversation, conversation.leaves, None, conversation.id)
    found = []
    for number, vendor in enumerate(vendors):
        # The one with whom it began keeps the bare id.
        ticket = conversation.id if number == 0 else f"{conversation.id}:{vendor}"
        leaves = conversation.leaves
        if len(vendors) > 1:
            own = {leaf.id for leaf in leaves if vendor in leaf.vendors}
            leaves = tuple(
                leaf
                for leaf in leaves
                if vendor in leaf.vendors or (not leaf.vendors and (not leaf.about or own & {*leaf.about}))
            )
        found += _placed(conversation, leaves, vendor, ticket)
    return found


def _placed(
    conversation: Conversation, leaves: Sequence[Leaf], vendor: str | None, ticket: str
) -> list[tuple[Leaf, Place]]:
    shown = _shown(conversation, leaves, vendor)
    found = [(leaf, Place(ticket=ticket, shown=shown, vendor=vendor, told=leaf.vendors)) for leaf in leaves]
    known = {leaf.id for leaf in leaves}
    first, place = found[0]
    unseen = any(each not in known for each in (*first.ancestors, *first.about)) or first.follows
    raised_by_vendor = first.sender_vendor is not None and first.sender_vendor == vendor
    place.opens = first.raises and not unseen
    if vendor is not None and not (place.opens and raised_by_vendor):
        _tell(found, vendor, unseen=unseen)
    if unseen:
        for _, each in found:
            each.inferred, each.since = True, first.at
    _name(found)
    inside = {leaf.fingerprint: each for leaf, each in found}
    for join in conversation.joins:
        if join.by.fingerprint in inside:
            inside[join.by.fingerprint].absorbs.append((join.id, join.first.at))
    if conversation.split_from is not None:
        place.split_from = conversation.split_from
    return found


def _tell(found: Sequence[tuple[Leaf, Place]], vendor: str, *, unseen: bool) -> None:
    """Mark the messages by which the vendor was told, or by which it shows that it had been."""
    returned = {each for leaf, _ in found if leaf.failed for each in leaf.about}
    told = False
    for leaf, place in found:
        if leaf.failed and not told and leaf.about:
            place.returns = True
        elif not told and leaf.ours and leaf.raises and vendor in leaf.vendors and leaf.message_id not in returned:
            place.tells = told = True
            place.infers = unseen
        elif not told and leaf.sender_vendor == vendor:
            # It answers, so it was told at some time before.
            place.infers = told = True


def _name(found: Sequence[tuple[Leaf, Place]]) -> None:
    """Mark the messages that are the first to say a key of ours.

    A number that the vendor says first, and that its own templates fit, is its own, though our keys look the same.
    """
    seen: set[str] = set()
    for leaf, place in found:
        theirs = {token.key for tokens in leaf.tokens.values() for token in tokens} if leaf.sender_vendor else ()
        for reference in leaf.references:
            key = reference.key.casefold()
            if key not in seen and key not in theirs:
                place.names.append(reference.name)
        seen.update(reference.key.casefold() for reference in leaf.references)


def _shown(conversation: Conversation, leaves: Iterable[Leaf], vendor: str | None) -> str:
    """What people call the ticket: the vendor's number for it if there is one."""
    for leaf in leaves:
        for scope, tokens in sorted(leaf.tokens.items()):
            if tokens and (vendor is None or scope == vendor):
                return tokens[0].text
    return f"mail-{conversation.id[:10]}"


def raises(author: Author, kind: MachineKind | None, *, reports_on: bool) -> bool:
    """Tell whether a message can begin a ticket: not if a machine sent it about, or in answer to, another message."""
    return author is not Author.MACHINE or (kind in (None, MachineKind.REPORT) and not reports_on)
