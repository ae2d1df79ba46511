"""One message's events in its ticket."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.mail.authorship import Author
from connectors.mail.judging import Judged
from connectors.mail.places import Place
from connectors.mail.settings import MailOptions, SignalRule
from syncd.domain.events import (
    Absorbed,
    HandedOver,
    Linked,
    Message,
    Notified,
    Opened,
    PhaseChanged,
    PriorityChanged,
    Split,
    TicketEvent,
    Workaround,
)
from syncd.domain.instant_text import parse_instant
from syncd.domain.names import US, Awaiting, LinkRole, Party, Phase, Visibility
from syncd.domain.timeline import Gap
from syncd.domain.timeline_error import TimelineError

_OPENED, _SPLIT, _ABSORBED, _NOTIFIED, _PRIORITY, _MESSAGE, _PHASE, _RETURNED, _LINKED = range(9)
"""The order of one message's events at its instant."""

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_OVER = frozenset({Phase.RESOLVED, Phase.CLOSED, Phase.CANCELLED})
_STATE = frozenset({"opened", "notified", "message", "priority", "phase"})


def gap_of(place: Place) -> tuple[Gap, ...]:
    """Return the hole before the first message that is known, of a ticket whose start was never seen."""
    if not place.inferred or place.since is None:
        return ()
    return (Gap(_BEGINNING, place.since + timedelta(microseconds=1), _STATE),)


def events_of(
    judged: Judged, place: Place, sightings: Sequence[Mapping[str, Any]], options: MailOptions
) -> Iterator[TicketEvent]:
    """Yield what a message, its place in its ticket and its fate in the mailbox say."""
    at, part = judged.stamp.at, judged.letter.fingerprint
    signals = [rule for rule in options.signals if _applies(rule, judged)]
    tagged = next((rule.priority for rule in signals if rule.priority is not None), None)
    if place.opens:
        yield Opened(
            id=f"{part}:opened", at=at, by=judged.party, seq=_OPENED, priority=tagged or options.priority,
            vendor=place.vendor if judged.vendor == place.vendor else None, attributes=dict(options.attributes),
        )  # fmt: skip
    elif place.infers and options.priority is not None and tagged is None:
        tagged = options.priority
    if place.split_from is not None:
        yield Split(id=f"{part}:split", at=at, by=judged.party, seq=_SPLIT, source_ticket=place.split_from)
    for ticket, started_at in place.absorbs:
        yield Absorbed(
            id=f"{part}:absorbed:{ticket}", at=at, by=judged.party, seq=_ABSORBED, vendor=judged.vendor,
            source_ticket=ticket, started_at=started_at,
        )  # fmt: skip
    if place.tells or place.infers:
        yield Notified(
            id=f"{part}:notified", at=at, by=judged.party if place.tells else Party.SYSTEM, seq=_NOTIFIED,
            vendor=place.vendor, at_earliest=_BEGINNING if place.infers else None,
            original="inferred: the message that told the vendor was not seen" if place.infers else None,
        )  # fmt: skip
    if tagged is not None and not place.opens:
        yield PriorityChanged(id=f"{part}:priority", at=at, by=judged.party, seq=_PRIORITY, to=tagged)
    yield _message(judged, place)
    for rule in signals:
        yield from _signalled(rule, f"{part}:{rule.name}", at, judged.party, judged.vendor, None)
    if place.returns:
        yield HandedOver(
            id=f"{part}:returned", at=at, by=Party.SYSTEM, seq=_RETURNED, to=US, original="the message came back"
        )
    for name in place.names:
        yield Linked(
            id=f"{part}:names:{name}", at=at, by=judged.party, seq=_LINKED, vendor=judged.vendor, to=name,
            role=LinkRole.SAME_INCIDENT,
        )  # fmt: skip
    yield from _moved(part, sightings, options, at)


def _message(judged: Judged, place: Place) -> Message:
    author, kind, reason, _, _ = judged.authorship
    ours = judged.party in (Party.CUSTOMER, Party.SYSTEM)
    told = place.vendor is None or not ours or place.vendor in place.told
    original = None if author is Author.HUMAN else f"{kind.value if kind else author.value}: {reason}"
    return Message(
        id=judged.letter.fingerprint,
        at=judged.stamp.at,
        by=judged.party,
        seq=_MESSAGE,
        vendor=judged.vendor,
        visibility=Visibility.PUBLIC if told else Visibility.INTERNAL,
        automated=not judged.authorship.speaks or bool(judged.doubt),
        relayed=author is Author.RELAYED or bool(judged.authorship.relay),
        original=judged.doubt or original,
    )


def _applies(rule: SignalRule, judged: Judged) -> bool:
    if judged.doubt or judged.party not in _BY[rule.by]:
        return False
    if judged.authorship.topic in rule.topics and judged.party in (Party.VENDOR, Party.UNKNOWN):
        return True
    return judged.authorship.speaks and rule.name in judged.hints.signals


_BY: Mapping[str, frozenset[Party]] = {
    "vendor": frozenset({Party.VENDOR}),
    "customer": frozenset({Party.CUSTOMER}),
    "anyone": frozenset(Party),
}


def _signalled(
    rule: SignalRule, key: str, at: datetime, by: Party, vendor: str | None, earliest: datetime | None
) -> Iterator[TicketEvent]:
    if rule.phase is not None:
        awaiting = rule.awaiting or (Awaiting.NOBODY if rule.phase in _OVER else Awaiting.VENDOR)
        yield PhaseChanged(
            id=key, at=at, by=by, seq=_PHASE, vendor=vendor, to=rule.phase, awaiting=awaiting, original=rule.name,
            at_earliest=earliest,
        )  # fmt: skip
    elif rule.workaround:
        yield Workaround(id=key, at=at, by=by, seq=_PHASE, vendor=vendor, original=rule.name, at_earliest=earliest)


def _moved(
    part: str, sightings: Sequence[Mapping[str, Any]], options: MailOptions, at: datetime
) -> Iterator[TicketEvent]:
    """What our staff did to the message in the mailbox; only that it was between two looks is known."""
    seen: set[str] = set()
    for sighting in sightings:
        noticed = max(_instant(sighting.get("seen_at")) or at, at)
        earliest = max(_instant(sighting.get("seen_after")) or at, at)
        flags = {str(flag).casefold() for flag in sighting.get("flags") or ()}
        folder = str(sighting.get("folder") or "").casefold()
        for rule in options.signals:
            named = {each.casefold() for each in rule.flags} & flags
            named |= {each.casefold() for each in rule.folders} & {folder}
            key = f"{part}:{rule.name}:{sighting.get('n') or 0}"
            if not named or key in seen:
                continue
            seen.add(key)
            known = earliest if earliest < noticed else None
            if rule.priority is not None:
                yield PriorityChanged(
                    id=key, at=noticed, by=Party.CUSTOMER, seq=_PRIORITY, to=rule.priority, at_earliest=known,
                    original=rule.name,
                )  # fmt: skip
            else:
                yield from _signalled(rule, key, noticed, Party.CUSTOMER, None, known)


def _instant(value: object) -> datetime | None:
    try:
        return None if value is None else parse_instant(value, "sighting")
    except TimelineError:
        return None
