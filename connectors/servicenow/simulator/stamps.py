"""Instants as ServiceNow writes them, and made-up identifiers and chances that follow from a seed."""

from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from random import Random


@lru_cache(maxsize=256)
def stamp(instant: datetime) -> str:
    """Return an instant as a raw date/time value: UTC, whole seconds, `YYYY-MM-DD HH:MM:SS`."""
    utc = instant.astimezone(UTC)
    return utc.isoformat(sep=" ", timespec="seconds")[:19]


def instant_of(text: str) -> datetime:
    """Return the instant of a raw date/time value or an ISO text; without a zone it is UTC."""
    read = datetime.fromisoformat(text)
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def sys_id_of(*parts: object) -> str:
    """Return the 32 hex digits that always belong to these words."""
    return blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16).hexdigest()


def dice(*parts: object) -> Random:
    """Return chances that depend on these words alone."""
    return Random("\x1f".join(map(str, parts)))  # noqa: S311  made-up history, nothing secret
