"""Instants as Jira writes them, and made-up identifiers and chances that follow from a seed."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from random import Random
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def stamp(instant: datetime, zone: ZoneInfo) -> str:
    """Return an instant as the REST API writes it: the account's zone, milliseconds, an offset without a colon."""
    text = instant.astimezone(zone).isoformat(timespec="milliseconds")
    return text[:-3] + text[-2:]


def millis(instant: datetime) -> int:
    """Return an instant as whole milliseconds since 1970."""
    return (instant - _EPOCH) // _MILLISECOND


def instant_of(text: str) -> datetime:
    """Return the instant of an ISO text, cut to milliseconds; without a zone it is UTC. Raises ValueError."""
    read = datetime.fromisoformat(text)
    aware = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    return aware.replace(microsecond=aware.microsecond // 1000 * 1000)


@lru_cache(maxsize=4096)
def ident(*parts: object) -> str:
    """Return the 32 hex digits that always belong to these words."""
    return blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16).hexdigest()


def dice(*parts: object) -> Random:
    """Return chances that depend on these words alone."""
    return Random("\x1f".join(map(str, parts)))  # noqa: S311  made-up history, nothing secret
