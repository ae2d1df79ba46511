"""One mailbox on one server: connects when needed, logs in, examines folders, and asks; every answer is whole."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from connectors.mail.imap.answers import Value, code, number, rows
from connectors.mail.imap.login import login_of
from connectors.mail.imap.names import Folder, listed, wire_name
from connectors.mail.imap.opening import opened, resyncing, trust
from connectors.mail.imap.refusals import PATIENCE, refusal, translated
from connectors.mail.imap.uids import LARGEST, uids_in
from connectors.mail.imap.wire import LyingServer, Untagged, Wire
from connectors.mail.settings import ImapBackend
from syncd.errors import SourceMisunderstood, SourceRefused, SourceUnavailable
from syncd.ports.toolkit import Toolkit

T = TypeVar("T")

_MODSEQ = 2**63 - 1
_SEARCHED = 100_000
"""Messages beyond which a server without ESEARCH is asked in pieces: its answer is one line."""


class FetchRefused(SourceRefused):
    """The server will not show what was asked of one or several messages."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What a server says of a folder as it is opened."""

    validity: int
    exists: int
    next_uid: int | None
    modseq: int | None
    """HIGHESTMODSEQ; None where the server does not keep any (RFC 7162)."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """Rows of FETCH, and UIDs that are no more."""

    rows: list[dict[str, Value]]
    vanished: frozenset[int] = frozenset()


class Session:
    """Asks one server, again after a failure as the toolkit allows; raises `SourceError`s only."""

    def __init__(self, backend: ImapBackend, folder: Path, toolkit: Toolkit) -> None:
        self._backend = backend
        self._toolkit = toolkit
        self._login = login_of(backend, toolkit)
        self._tls = trust(backend, folder)
        self._wire: Wire | None = None
        self._selected: tuple[str, int] | None = None
        self.capabilities: frozenset[str] = frozenset()
        self.resyncs = False
        """Whether the server tells what vanished (QRESYNC)."""

    def examine(self, folder: str) -> Examined:
        """Open a folder for reading only, as it is now."""
        return self._run(f"folder {folder!r}", lambda wire: self._examine(wire, folder))

    def folders(self) -> list[Folder]:
        """Return every folder that the server lists."""

        def ask(wire: Wire) -> list[Folder]:
            more = (b"RETURN", b"(SPECIAL-USE)") if "SPECIAL-USE" in self.capabilities else ()
            untagged = self._told(wire, "the list of folders", "LIST", b'""', b'"*"', *more)
            return list(listed(untagged))

        return self._run("the list of folders", ask)

    def search(self, folder: str, examined: Examined, criteria: bytes) -> set[int]:
        """Return the UIDs of a folder's messages that fit."""
        if "ESEARCH" in self.capabilities:
            return self._within(folder, examined, lambda wire: self._extended(wire, criteria))
        last = examined.next_uid
        if examined.exists <= _SEARCHED or last is None:
            return self._within(folder, examined, lambda wire: self._searched(wire, criteria))
        step = max(_SEARCHED, last // 50)
        found: set[int] = set()
        for start in range(1, last, step):
            piece = b"UID %d:%d %b" % (start, start + step - 1, criteria)
            found |= self._within(folder, examined, partial(self._searched, criteria=piece))
        return found

    def fetch(self, folder: str, examined: Examined, uids: str, items: bytes, modifiers: bytes = b"") -> Fetched:
        """Return rows about some messages; raises `FetchRefused` where the server will not tell."""

        def ask(wire: Wire) -> Fetched:
            words = (b"FETCH", uids.encode(), b"(" + items + b")", *((modifiers,) if modifiers else ()))
            status, untagged, said = wire.ask("UID", *words)
            if status != "OK":
                if code(said) in PATIENCE:
                    raise refusal(self._source, "messages", said)
                raise FetchRefused(self._source, "configuration", "messages: the server refused to show them")
            return Fetched(list(rows(untagged)), _vanished(untagged))

        return self._within(folder, examined, ask)

    def connect(self) -> None:
        """Connect and log in now, if that is not done."""
        self._run("connection", lambda _: None)

    def close(self) -> None:
        """Log out; nothing that happens then matters."""
        wire, self._wire, self._selected = self._wire, None, None
        if wire is not None:
            wire.leave()

    @property
    def _source(self) -> str:
        return self._toolkit.source

    def _within(self, folder: str, examined: Examined, call: Callable[[Wire], T]) -> T:
        def ask(wire: Wire) -> T:
            if self._selected != (folder, examined.validity):
                self._return_to(wire, folder, examined)
            return call(wire)

        return self._run(f"folder {folder!r}", ask)

    def _return_to(self, wire: Wire, folder: str, examined: Examined) -> None:
        """Open a folder again that was looked into before."""
        if self._examine(wire, folder).validity != examined.validity:
            message = f"folder {folder!r}: its UIDs were given anew while it was read"
            raise SourceUnavailable(self._source, "protocol", message)
        wire.allow(self._backend.command_timeout)

    def _run(self, what: str, call: Callable[[Wire], T]) -> T:
        def once() -> T:
            try:
                wire = self._wire or self._connected()
                wire.allow(self._backend.command_timeout)
                return call(wire)
            except SourceRefused:
                raise  # the connection is as good as before
            except BaseException:
                self._drop()
                raise

        def attempt() -> T:
            return self._toolkit.attempt(once, translate=lambda error: translated(self._source, what, error))

        self._login.prepare()
        try:
            return attempt()
        except SourceRefused as refused:
            # A token that was withdrawn before its time; another one is worth one try.
            if refused.reason != "auth" or not self._login.prepare(anew=True):
                raise
            return attempt()

    def _connected(self) -> Wire:
        wire = opened(self._source, self._backend, self._tls, self._login, self._toolkit.now.monotonic)
        self._wire, self._selected = wire, None
        self.capabilities = frozenset(wire.capabilities)
        wire.allow(self._backend.command_timeout)
        self.resyncs = resyncing(wire)
        return wire

    def _examine(self, wire: Wire, folder: str) -> Examined:
        self._selected = None
        keeps_modseq = bool(self.capabilities & {"CONDSTORE", "QRESYNC"})
        condstore = (b"(CONDSTORE)",) if keeps_modseq else ()
        untagged = self._told(wire, f"folder {folder!r}", "EXAMINE", wire_name(folder), *condstore)
        if "READ-WRITE" in untagged and "READ-ONLY" not in untagged:
            raise SourceMisunderstood(self._source, "protocol", "a folder that was examined was opened for writing")
        validity = _last(untagged, "UIDVALIDITY", most=LARGEST)
        if validity is None:
            message = f"folder {folder!r}: the server gives its messages no lasting UIDs"
            raise SourceMisunderstood(self._source, "protocol", message)
        modseq = _last(untagged, "HIGHESTMODSEQ", most=_MODSEQ) if keeps_modseq else None
        exists = _last(untagged, "EXISTS", most=LARGEST, least=0) or 0
        self._selected = folder, validity
        return Examined(validity, exists, _last(untagged, "UIDNEXT", most=LARGEST), modseq)

    def _extended(self, wire: Wire, criteria: bytes) -> set[int]:
        untagged = self._told(wire, "a search", "UID", b"SEARCH", b"RETURN", b"(ALL)", criteria)
        found: set[int] = set()
        for said in untagged.get("ESEARCH", ()):
            words = said.upper().split() if isinstance(said, bytes) else []
            if b"ALL" in words[:-1]:
                found |= _uids(words[words.index(b"ALL") + 1])
        return found

    def _searched(self, wire: Wire, criteria: bytes) -> set[int]:
        untagged = self._told(wire, "a search", "UID", b"SEARCH", criteria)
        found: set[int] = set()
        for said in untagged.get("SEARCH", ()):
            for word in said.split() if isinstance(said, bytes) else ():
                found.add(number(word, most=LARGEST))
        return found

    def _told(self, wire: Wire, what: str, name: str, *words: bytes) -> Untagged:
        status, untagged, said = wire.ask(name, *words)
        if status != "OK":
            raise refusal(self._source, what, said)
        return untagged

    def _drop(self) -> None:
        wire, self._wire, self._selected = self._wire, None, None
        if wire is not None:
            wire.shutdown()


def _last(untagged: Untagged, name: str, *, most: int, least: int = 1) -> int | None:
    said = [each for each in untagged.get(name, ()) if isinstance(each, bytes)]
    if not said or (said[-1] == b"0" and least > 0):
        return None
    return number(said[-1], most=most, least=least)


def _uids(text: bytes) -> set[int]:
    try:
        return uids_in(text.decode("ascii", "replace"))
    except ValueError:
        raise LyingServer("a set of UIDs that is none") from None


def _vanished(untagged: Untagged) -> frozenset[int]:
    gone: set[int] = set()
    for said in untagged.get("VANISHED", ()):
        words = said.split() if isinstance(said, bytes) else []
        if words:
            gone |= _uids(words[-1])
    return frozenset(gone)
