"""One look into a folder: what is new there, what changed, what is gone; by the cheapest way that the server offers.

The server's own marks tell most of it. They are not relied on alone: the newest messages are looked at in every pass, a
whole listing is compared once an hour, because messages do come to light behind newer ones.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from connectors.mail.imap.answers import Value, internal_date, words
from connectors.mail.imap.session import Examined, Session
from connectors.mail.imap.uids import batches, ranges, text_of, uids_in
from connectors.mail.mailbox import Copy, Known
from syncd.domain.problem import Problem

RECONCILE_SECONDS = 3600.0
OVERLAP = 200
"""UIDs before the last one that are looked at in every pass."""

_UNKNOWN_DATE = datetime(1970, 1, 1, tzinfo=UTC)


class State(msgspec.Struct, frozen=True):
    """Where reading a folder stands."""

    v: int
    """UIDVALIDITY."""
    u: int
    """The last UID that was seen."""
    r: float
    """When the whole folder was compared last, in seconds since 1970."""
    m: int = 0
    """HIGHESTMODSEQ."""
    s: str = ""
    """UIDs of messages that were read and make no record."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """A message that is not known yet."""

    folder: str
    uid: int
    at: datetime


@dataclass(slots=True)
class Survey:
    """What one look found: messages to read, copies that are known with their flags, keys of copies that are gone."""

    folder: str
    examined: Examined
    state: State
    begins: bool
    """Whether the folder was not looked at before, or is not what it was (another UIDVALIDITY)."""
    skipped: set[int]
    fresh: list[Fresh] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def key(self, uid: int) -> str:
        """Return the key of the copy that a UID of this folder names."""
        return f"{self.examined.validity}/{uid}/{self.folder}"

    def settled(self, known: Known) -> State:
        """Return where reading stands, once all of it was taken in."""
        own = f"{self.examined.validity}/"
        silent = {int(key.split("/", 2)[1]) for key in known.unstored(self.folder) if key.startswith(own)}
        return msgspec.structs.replace(self.state, s=text_of(ranges(self.skipped | silent)))


class Surveyor:
    """Looks into folders. `flags` says whether any signal reads flags; messages older than `since` are left alone."""

    def __init__(self, session: Session, *, flags: bool, since: datetime | None) -> None:
        self._session = session
        self._flags = flags
        self._since = since

    def survey(self, folder: str, state: State | None, known: Known, now: datetime) -> Survey:
        """Return what is to be done about a folder."""
        examined = self._session.examine(folder)
        begins = state is None or state.v != examined.validity
        stood = State(examined.validity, 0, 0.0) if state is None or begins else state
        found = Survey(folder, examined, stood, begins, _skipped(stood))
        if state is not None and begins:
            detail = f"folder {folder!r}: the server gave its messages new UIDs; all of it is read again"
            found.problems.append(Problem("uidvalidity_changed", detail))
        turned = bool(stood.m) and examined.modseq is not None and examined.modseq < stood.m
        if begins or turned or not 0 <= now.timestamp() - stood.r < RECONCILE_SECONDS:
            self._compare(found, known)
            reconciled = now.timestamp()
        else:
            self._follow(found, known)
            reconciled = stood.r
        last = max([found.state.u, *(each.uid for each in found.fresh)])
        found.state = State(examined.validity, last, reconciled, examined.modseq or 0, stood.s)
        return found

    def _compare(self, found: Survey, known: Known) -> None:
        """Compare everything that is there with everything that is known."""
        criteria = b"ALL"
        if self._since is not None:
            criteria = b"SINCE %s" % _day(self._since).encode()
        there = self._session.search(found.folder, found.examined, criteria)
        if not there and found.examined.exists and self._since is None:
            found.problems.append(
                Problem("listing_empty", f"folder {found.folder!r}: not empty, and nothing is listed")
            )
            return
        unknown = {uid for uid in there if uid not in found.skipped and not known.holds(found.key(uid))}
        self._describe(found, batches(unknown), known)
        found.gone |= set(known.keys(found.folder)) - {found.key(uid) for uid in there}
        if self._flags:
            self._changed(found, batches(there - unknown), known, b"")
        found.state = msgspec.structs.replace(found.state, u=max(there, default=found.state.u))

    def _follow(self, found: Survey, known: Known) -> None:
        """Look at what the server says has changed, and at the newest messages in any case."""
        examined, state = found.examined, found.state
        if examined.modseq is not None and examined.modseq == state.m:
            return
        self._describe(found, [f"{max(1, state.u - OVERLAP + 1)}:*"], known)
        if examined.modseq is not None and state.m and state.u:
            vanished = b" VANISHED" if self._session.resyncs else b""
            if self._flags or vanished:
                self._changed(found, [f"1:{state.u}"], known, b"(CHANGEDSINCE %d%b)" % (state.m, vanished))

    def _describe(self, found: Survey, sets: Iterable[str], known: Known) -> None:
        """Learn the date of what is not known yet, and the flags of what is.

        Not the size: to tell it some servers open the message, and a broken one must not spoil the listing.
        """
        items = b"UID INTERNALDATE" + (b" FLAGS" if self._flags else b"")
        seen: set[int] = set()
        for some in sets:
            for row in self._session.fetch(found.folder, found.examined, some, items).rows:
                uid = row["UID"]
                if uid in seen or uid in found.skipped:
                    continue
                seen.add(uid)
                if known.holds(found.key(uid)):
                    self._known(found, row, known)
                    continue
                at = internal_date(row.get("INTERNALDATE")) or _UNKNOWN_DATE
                if self._since is None or at >= self._since:
                    found.fresh.append(Fresh(found.folder, uid, at))

    def _changed(self, found: Survey, sets: Iterable[str], known: Known, modifiers: bytes) -> None:
        for some in sets:
            told = self._session.fetch(found.folder, found.examined, some, b"UID FLAGS", modifiers)
            for row in told.rows:
                self._known(found, row, known)
            found.gone |= {key for uid in told.vanished if known.holds(key := found.key(uid))}

    def _known(self, found: Survey, row: dict[str, Value], known: Known) -> None:
        key = found.key(row["UID"])
        if self._flags and "FLAGS" in row and known.holds(key):
            found.copies.append(Copy(key=key, folder=found.folder, flags=words(row["FLAGS"])))


def _skipped(state: State) -> set[int]:
    try:
        return uids_in(state.s)
    except ValueError:
        return set()  # read again, then


_MONTHS: Sequence[str] = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _day(since: datetime) -> str:
    """The day before, because SINCE looks at the server's own dates, whatever zone they are in (RFC 9051, 6.4.4)."""
    day = datetime.fromtimestamp(since.timestamp() - 86_400, UTC)
    return f"{day.day}-{_MONTHS[day.month - 1]}-{day.year}"
