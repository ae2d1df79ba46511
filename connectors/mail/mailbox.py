"""What a back end over a living mailbox is: it tells which copies of which messages are there, and nothing else.

The reader (`live.LiveReader`) does the rest for every such back end: conversations, records, what changed since, the
cursor, the memory of a restart. A back end is `build(site, options, toolkit) -> Mailbox` and one line in
`client.BACKENDS`: `"imap": live(ImapMailbox)`.

- **A copy** is one message in one folder, under a `key` that the server never gives to another one (IMAP: folder,
  UIDVALIDITY, UID; Graph: folder and immutable id). Of a copy that `Known` holds a back end need not read the message
  again: it leaves `letter` out and tells only where the copy is now and which flags it has.
- **A look** is one page: copies, the oldest message first as far as the back end can, from all folders together; a
  question should not come later than its answer, or the answer is taken for one to a message that was never seen.
- **The cursor** is `{"v": 1, "kind": <backend.kind>, "place": place()}`. `place` holds JSON values, small, asked for
  after the reader took a look in; it must be such that reading on from it loses nothing. It need not name the copies
  that were read: those the reader remembers, also after a restart (its own records, `Toolkit.stored`), and if it does
  not then all is read again, which changes nothing. Copies that were read and make no record (our own alerts, in a
  person's mailbox mail without a vendor) are `Known.unstored`: a place may keep those, so that they are not read again.
- **Nothing that goes deletes.** `gone` only ends that a copy is where it was: a message that comes back is then seen
  anew, as a move. What it was, and when, stays.
- **Facts** about a message (its sightings) are made by the reader: for each entry into a folder and each flag set,
  `{"folder", "flags", "internal_date", "seen_at", "seen_after", "n"}`. `seen_after` is the look before, of copies that
  were not there then; `n` counts how often that happened before, so that a second move is a second event.
- **Errors** are `syncd.errors.SourceError`s only; a look that raises leaves the cursor where it was.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from connectors.mail.letter import Letter
from syncd.domain.problem import Problem
from syncd.ports.connector import CheckLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A message in one folder; `internal_date` is when our server took it."""

    key: str
    folder: str
    flags: tuple[str, ...] = ()
    """Flags, keywords, categories; only those that a configured signal names are remembered."""
    internal_date: datetime | None = None
    letter: Letter | None = None
    """What it says; None of a copy that the reader knows."""
    unwatched: bool = False
    """Whether its folder was not looked at before, so that it may have been there for long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One page of what a mailbox holds."""

    copies: Sequence[Copy] = ()
    gone: Collection[str] = ()
    """Keys of copies that are where they were no longer."""
    problems: Sequence[Problem] = ()
    """What is wrong with the mailbox as a whole."""


class Known(Protocol):
    """What the reader remembers of copies."""

    def holds(self, key: str) -> bool:
        """Tell whether the message behind a copy was read, and is remembered or was passed over by this process."""
        ...

    def keys(self, folder: str) -> Collection[str]:
        """Return the keys of the remembered copies in a folder."""
        ...

    def unstored(self, folder: str) -> Collection[str]:
        """Return the keys of a folder's copies that this process read and that made no record."""
        ...


class Mailbox(Protocol):
    """One mailbox on one server; everything here may use the network. Never used by two threads at once."""

    def check(self) -> Sequence[CheckLine]:
        """Try the login, and every folder that is to be read; one line each."""
        ...

    def looks(self, place: Mapping[str, Any] | None, known: Known) -> Iterator[Look]:
        """Yield what is new or changed since a place, until nothing is left; None is the first time ever."""
        ...

    def place(self) -> Mapping[str, Any]:
        """Return where reading stands, once the look that came last was taken in."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
