"""Where reading stands, as the text that the store keeps; instants are milliseconds since 1970, by the site's clock."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import msgspec

from connectors.jira.stamps import millis
from syncd.errors import SourceMisunderstood
from syncd.ports.connector import Cursor

_VERSION = 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Live(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far live passes came, and when the slower lanes last ended."""

    v: int
    at: int
    """The newest change up to which everything that could be found was read."""
    slow: int = 0
    census: int = 0

    def text(self) -> Cursor:
        """Return the cursor's text."""
        return msgspec.json.encode(self).decode()

    def reaching(self, at: datetime) -> "Live":
        """Return the place moved on, never back."""
        return msgspec.structs.replace(self, at=max(self.at, millis(at)))


class Past(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far back was read: issues created from `until` on, and those of the slice before it from id `below` on."""

    v: int
    until: int
    below: int = 0
    """0: nothing of the slice was read."""
    older: bool = False
    """The slice holds what was created before the bound and changed since."""
    done: bool = False

    def text(self) -> Cursor:
        """Return the cursor's text."""
        return msgspec.json.encode(self).decode()


P = TypeVar("P", Live, Past)


def live(cursor: Cursor | None, now: datetime, source: str) -> Live:
    """Return what a live cursor says; a first pass begins now. Raises `SourceMisunderstood(protocol)`."""
    return Live(_VERSION, millis(now)) if cursor is None else _read(cursor, Live, source, lambda place: place.at)


def past(cursor: Cursor | None, now: datetime, source: str) -> Past:
    """Return what a cursor of the past says; a first one begins just ahead of the present."""
    return (
        Past(_VERSION, millis(now + timedelta(minutes=1)))
        if cursor is None
        else _read(cursor, Past, source, lambda place: place.until)
    )


def moment(count: int) -> datetime:
    """Return the instant of so many milliseconds."""
    return _EPOCH + timedelta(milliseconds=count)


def _read(cursor: Cursor, kind: type[P], source: str, dated: Callable[[P], int]) -> P:
    try:
        written = msgspec.json.decode(cursor, type=kind)
        moment(dated(written))
    except (msgspec.MsgspecError, OverflowError) as broken:
        raise SourceMisunderstood(source, "protocol", "the stored cursor cannot be read") from broken
    if written.v != _VERSION:
        raise SourceMisunderstood(source, "protocol", "the stored cursor is of another release")
    return written
