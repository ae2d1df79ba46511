"""The reading half for mailboxes on servers, whatever they are asked by: looks of a back end to pages of records."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import msgspec

from connectors.mail.judging import Judge
from connectors.mail.mailbox import Mailbox
from connectors.mail.memory import Memory
from connectors.mail.settings import MailOptions
from syncd.domain.names import GoneReason
from syncd.errors import SourceMisunderstood
from syncd.ports.connector import CheckLine, Connector, Cursor, Page, RawRecord, Rechecked, Site
from syncd.ports.toolkit import Toolkit

Build = Callable[[Site, MailOptions, Toolkit], Connector]
Open = Callable[[Site, MailOptions, Toolkit], Mailbox]

_VERSION = 1


class _Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where reading stands: the back end's own word, and when the last pass ended."""

    v: int
    kind: str
    at: datetime | None = None
    place: dict[str, object] | None = None


class LiveReader:
    """Reads a mailbox through a back end; see `syncd.ports.connector.Connector` and `mailbox`.

    It remembers every message, up to two kilobytes each. After a start the memory is what the store keeps of this
    source; whatever the store lacks is read from the mailbox again.
    """

    def __init__(self, mailbox: Mailbox, site: Site, options: MailOptions, toolkit: Toolkit) -> None:
        self._mailbox = mailbox
        self._toolkit = toolkit
        self._options = options
        self._judge = Judge(site, options)
        self._memory: Memory | None = None
        self._unsaid: dict[tuple[str, str], RawRecord] = {}
        """Records that re-reading by id found and that no page held yet."""
        self._stood: _Place | None = None

    def check(self) -> Sequence[CheckLine]:
        """Try the login and every folder."""
        return self._mailbox.check()

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        """Yield what changed since a cursor; the first time, everything there is."""
        begun = self._toolkit.now.utc()
        stood = self._read(since)
        memory = self._remembered()
        if self._unsaid:
            yield from self._given(Page(tuple(self._unsaid.values()), _text(stood)))
            self._unsaid.clear()
        for look in self._mailbox.looks(stood.place, memory):
            records = memory.take(look, self._toolkit.now.utc(), stood.at)
            standing = msgspec.structs.replace(stood, place=dict(self._mailbox.place()))
            yield from self._given(Page(tuple(records), _text(standing), problems=look.problems))
        self._stood = msgspec.structs.replace(stood, at=begun, place=dict(self._mailbox.place()))
        yield from self._given(Page((), _text(self._stood), watermark=begun))

    def recheck(self, ids: Sequence[str]) -> Rechecked:
        """Return tickets as the mailbox has them now; one that never was, or is not tracked, is unreachable.

        A ticket whose messages were all deleted is told as it was remembered: that they went says nothing of it.
        """
        if not ids:
            return Rechecked(())
        memory = self._remembered()
        stood = self._stood or self._read(None)
        for look in self._mailbox.looks(stood.place, memory):
            for record in memory.take(look, self._toolkit.now.utc(), stood.at):
                self._unsaid[record.ticket, record.part] = record
        self._stood = msgspec.structs.replace(stood, place=dict(self._mailbox.place()))
        found = memory.current(set(ids))
        missing = set(ids) - {record.ticket for record in found}
        return Rechecked(tuple(found), dict.fromkeys(sorted(missing), GoneReason.UNREACHABLE))

    def close(self) -> None:
        """Let go of the connection."""
        self._mailbox.close()

    def _given(self, page: Page) -> Iterator[Page]:
        try:
            yield page
        except BaseException:
            # Whoever asked for the page did not keep it: what is known is what the store has.
            self._memory = self._stood = None
            self._unsaid.clear()
            raise

    def _remembered(self) -> Memory:
        if self._memory is None:
            memory = Memory(self._judge, self._options)
            memory.load(self._toolkit.stored())
            self._memory = memory
        return self._memory

    def _read(self, since: Cursor | None) -> _Place:
        kind = self._options.backend.kind
        if since is None:
            return _Place(_VERSION, kind)
        try:
            stood = msgspec.json.decode(since, type=_Place)
        except msgspec.MsgspecError as broken:
            message = "the stored cursor cannot be read"
            raise SourceMisunderstood(self._toolkit.source, "protocol", message) from broken
        if stood.v != _VERSION:
            raise SourceMisunderstood(self._toolkit.source, "protocol", "the stored cursor is of another release")
        # Another back end over the same mail knows nothing of the places of the first: it begins anew.
        return stood if stood.kind == kind else _Place(_VERSION, kind)


def live(build: Open) -> Build:
    """Return how the connector over a back end is built."""

    def built(site: Site, options: MailOptions, toolkit: Toolkit) -> Connector:
        return LiveReader(build(site, options, toolkit), site, options, toolkit)

    return built


def _text(place: _Place) -> Cursor:
    return msgspec.json.encode(place).decode()
