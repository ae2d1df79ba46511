"""When a message happened: our own server's word; what the sender's `Date` says is a claim."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from connectors.mail.letter import Letter
from syncd.domain.instant_text import parse_instant
from syncd.domain.timeline_error import TimelineError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATE = timedelta(minutes=10)
_SENT = timedelta(minutes=15)


class Stamp(NamedTuple):
    """An instant and where it is from: internal_date, received, date, file, or none."""

    at: datetime
    source: str


def stamp_of(letter: Letter, sightings: Sequence[Mapping[str, Any]], *, ours: bool, hosts: Collection[str]) -> Stamp:
    """Return when a message was accepted by our server.

    Inbound: the mailbox's internal date, unless that is more than ten minutes after one of `hosts` took the message (an
    import, a migration). Sent by us: `Date` if the copy was filed within fifteen minutes of it. From a file without
    either, the topmost Received, then `Date`, then what the file system says.
    """
    filed = min((at for each in sightings if (at := _instant(each.get("internal_date"))) is not None), default=None)
    taken = [at for host, at in letter.received if _ours(host, hosts)]
    if filed is not None:
        if ours and letter.date is not None and abs(filed - letter.date) <= _SENT:
            return Stamp(letter.date, "date")
        if taken and filed - taken[0] > _LATE:
            return Stamp(taken[0], "received")
        return Stamp(filed, "internal_date")
    if taken or letter.received:
        return Stamp(taken[0] if taken else letter.received[0][1], "received")
    if letter.date is not None:
        return Stamp(letter.date, "date")
    file = min((at for each in sightings if (at := _instant(each.get("received_at"))) is not None), default=None)
    return Stamp(file, "file") if file is not None else Stamp(_EPOCH, "none")


def _ours(host: str, hosts: Collection[str]) -> bool:
    return any(host == each.lower() or host.endswith(f".{each.lower()}") for each in hosts)


def _instant(value: object) -> datetime | None:
    if value is None:
        return None
    try:
        return parse_instant(value, "internal_date")
    except TimelineError:
        return None
