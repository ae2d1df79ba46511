"""Where reading stands, as the text that the store keeps.

One place per stream: a table under one alternative of the filter. A stream is known by the table and a hash of the
filter's text, so that a changed filter begins anew instead of going on at a place that meant something else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

import msgspec

from connectors.servicenow.keyset import Place
from connectors.servicenow.query import Filter
from connectors.servicenow.settings import ServiceNowOptions
from connectors.servicenow.stamps import instant
from syncd.errors import SourceMisunderstood
from syncd.ports.connector import Cursor

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Stream:
    """One table under one alternative of the filter."""

    table: str
    filter: Filter

    @property
    def key(self) -> str:
        """The stream's name in cursors."""
        return f"{self.table}#{sha256(self.filter.text.encode()).hexdigest()[:12]}"


def streams(options: ServiceNowOptions) -> list[Stream]:
    """Return what a source reads, in the order in which it reads."""
    return [Stream(table, each) for table in options.tables for each in options.filters()]


@dataclass(frozen=True, slots=True)
class Places:
    """A cursor, read: how far each stream was read. An empty `at` says that a stream is read to its end."""

    of: Mapping[str, Place] = field(default_factory=dict)

    def at(self, stream: Stream) -> Place | None:
        """Return a stream's place; None for one that was never read."""
        return self.of.get(stream.key)

    def moved(self, stream: Stream, place: Place) -> "Places":
        """Return the places with one stream moved."""
        return replace(self, of={**self.of, stream.key: place})

    def text(self) -> Cursor:
        """Return the cursor's text, the same for the same places."""
        listed = {key: [place.at, place.sys_id] for key, place in sorted(self.of.items())}
        return msgspec.json.encode({"v": _VERSION, "at": listed}).decode()


class _Written(msgspec.Struct, forbid_unknown_fields=True):
    v: int
    at: dict[str, tuple[str, str]]


def parse(cursor: Cursor | None, source: str) -> Places:
    """Return what a cursor says; raises `SourceMisunderstood(protocol)` for a text that no release wrote."""
    if cursor is None:
        return Places()
    try:
        written = msgspec.json.decode(cursor, type=_Written)
    except msgspec.MsgspecError as broken:
        raise SourceMisunderstood(source, "protocol", "the stored cursor cannot be read") from broken
    if written.v != _VERSION or not all(at == "" or instant(at) for at, _ in written.at.values()):
        raise SourceMisunderstood(source, "protocol", "the stored cursor is of another release")
    return Places({key: Place(at, sys_id) for key, (at, sys_id) in written.at.items()})
