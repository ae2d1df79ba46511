"""Messages as letters: header and size first, then only the words; by a few commands for many messages."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from connectors.mail.imap.answers import Value, internal_date, number, words
from connectors.mail.imap.parts import (
    NONE,
    TEXT,
    WHOLE,
    WHOLE_BYTES,
    Composed,
    Leaf,
    composed,
    joined,
    leaves,
    wanted,
    words_part,
)
from connectors.mail.imap.session import Fetched, FetchRefused, Session
from connectors.mail.imap.survey import Survey
from connectors.mail.imap.uids import batches, uids_in
from connectors.mail.imap.wire import LyingServer
from connectors.mail.limits import Limits
from connectors.mail.mailbox import Copy
from connectors.mail.parsing import parse
from connectors.mail.rules import Rules
from syncd.domain.problem import Problem
from syncd.errors import SourceUnavailable

TRIES = 3
"""Passes in which a message is asked for that the server will not show."""

_ENCODED = 3
"""Bytes of text as it is sent for one byte of it, at most."""

Rows = dict[int, dict[str, Value]]


class Reader:
    """Reads messages of one mailbox."""

    def __init__(self, session: Session, rules: Rules, limits: Limits) -> None:
        self._session = session
        self._rules = rules
        self._limits = limits
        self._refused: defaultdict[str, int] = defaultdict(int)
        self._ended: defaultdict[tuple[str, str], int] = defaultdict(int)

    def copies(self, found: Survey, uids: Sequence[int]) -> list[Copy]:
        """Return what some messages of a folder say; one that went meanwhile is left out.

        One that the server will not show is a problem, and left alone after `TRIES` passes.
        """
        header = b"BODY.PEEK[HEADER]<0.%d>" % (self._limits.header_bytes + 1)
        heads = self._rows(found, uids, b"UID FLAGS INTERNALDATE RFC822.SIZE " + header)
        bodies = self._bodies(found, heads)
        copies = []
        for uid in uids:
            row = heads.get(uid)
            if row is None or uid not in bodies:
                continue
            size = number(row.get("RFC822.SIZE"), most=2**63 - 1, least=0)
            letter = parse(bodies[uid].raw, self._rules, self._limits, size=size, head=bodies[uid].head)
            copies.append(
                Copy(
                    key=found.key(uid), folder=found.folder, flags=words(row.get("FLAGS")),
                    internal_date=internal_date(row.get("INTERNALDATE")), letter=letter,
                    unwatched=found.begins,
                )
            )  # fmt: skip
        return copies

    def _bodies(self, found: Survey, heads: Mapping[int, Mapping[str, Value]]) -> dict[int, Composed]:
        """Return each message as far as it is to be read."""
        plans: defaultdict[str, list[int]] = defaultdict(list)
        structured: list[int] = []
        for uid, row in heads.items():
            header = row.get("BODY[HEADER]")
            want = wanted(header, self._limits) if isinstance(header, bytes) else TEXT
            if want is None:
                structured.append(uid)
            else:
                plans[want].append(uid)
        parts = self._parts(found, structured)
        plans[WHOLE] += [uid for uid in structured if uid not in parts]
        chosen = {uid: words_part(each) for uid, each in parts.items()}
        for uid, part in chosen.items():
            if part is not None:
                plans[part.section].append(uid)
        out: dict[int, Composed] = {}
        texts: dict[int, bytes] = {}
        plans.pop(NONE, None)
        whole = frozenset(plans[WHOLE])
        for section, uids in sorted(plans.items()):
            texts |= self._texts(found, uids, section)
        for uid, row in heads.items():
            header, text = row.get("BODY[HEADER]"), texts.get(uid, b"")
            if not isinstance(header, bytes):
                continue
            if uid in parts:
                out[uid] = composed(header, parts[uid], chosen[uid], text)
            else:
                out[uid] = Composed(text) if uid in whole and text else joined(header, text)
        return out

    def _parts(self, found: Survey, uids: Sequence[int]) -> dict[int, list[Leaf]]:
        """Return the structure of messages; without those whose structure the server cannot tell."""
        out: dict[int, list[Leaf]] = {}
        for uid, row in self._rows(found, uids, b"UID BODYSTRUCTURE", excused=True).items():
            try:
                out[uid] = leaves(row.get("BODYSTRUCTURE"), self._limits)
            except LyingServer:
                continue  # what broken mail is, servers tell in many ways; it is read as a whole
        return out

    def _texts(self, found: Survey, uids: Sequence[int], section: str) -> dict[int, bytes]:
        size = WHOLE_BYTES if section == WHOLE else self._limits.text_bytes * _ENCODED + 1
        items = b"UID BODY.PEEK[%b]<0.%d>" % (section.encode(), size)
        name = f"BODY[{section}]"
        rows = self._rows(found, uids, items, excused=True)
        return {uid: row[name] for uid, row in rows.items() if isinstance(row.get(name), bytes)}

    def _rows(self, found: Survey, uids: Sequence[int], items: bytes, *, excused: bool = False) -> Rows:
        """Return one row for each message that is there; where one spoils an answer, the others are asked alone."""
        out: Rows = {}
        for some in batches(uids):
            for row in self._asked(found, some, sorted(uids_in(some)), items, excused=excused).rows:
                out.setdefault(row["UID"], {}).update(row)
        wanted_uids = set(uids)
        return {uid: row for uid, row in out.items() if uid in wanted_uids}

    def _asked(self, found: Survey, some: str, uids: Sequence[int], items: bytes, *, excused: bool) -> Fetched:
        try:
            return self._session.fetch(found.folder, found.examined, some, items)
        except FetchRefused:
            return self._one_by_one(found, uids, items, excused=excused)
        except SourceUnavailable as ended:
            # Some servers end the connection over one message that they cannot read, whenever it is asked for.
            self._ended[found.folder, some] += 1
            if ended.reason != "server" and self._ended[found.folder, some] < TRIES:
                raise
            return self._one_by_one(found, uids, items, excused=excused)

    def _one_by_one(self, found: Survey, uids: Sequence[int], items: bytes, *, excused: bool) -> Fetched:
        rows: list[dict[str, Value]] = []
        in_a_row = 0
        for uid in uids:
            try:
                rows += self._session.fetch(found.folder, found.examined, str(uid), items).rows
                in_a_row = 0
            except (FetchRefused, SourceUnavailable) as refused:
                in_a_row += 1
                if isinstance(refused, SourceUnavailable) and (in_a_row > TRIES or refused.reason != "server"):
                    raise  # it is not about this message
                if not excused:
                    self._give_up(found, uid)
        return Fetched(rows)

    def _give_up(self, found: Survey, uid: int) -> None:
        key = found.key(uid)
        self._refused[key] += 1
        detail = f"folder {found.folder!r}: the server will not show the message with UID {uid}"
        found.problems.append(Problem("unreadable_message", detail))
        if self._refused[key] >= TRIES:
            found.skipped.add(uid)
