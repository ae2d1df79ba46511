"""Mail that arrives in any order, is copied, moved out and back, marked, expunged, while a reader looks and is killed.

Whatever happened on a real Dovecot, in the end no message is lost and none is doubled: the tickets are those that the
set of messages makes, whenever each was seen, and the copies are those that are there.
"""

from collections import defaultdict
from contextlib import suppress
from itertools import count, islice
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from syncd.domain.events import Message
from tests.connectors.mail.imap.bench import HOUR, Bench, answer, at, question
from tests.connectors.mail.imap.dovecot import EXCHANGE
from tests.connectors.mail.imap.examinee import server_of
from tests.connectors.mail.letters import grouped, mail

SIGNALS = [
    {"name": "done", "folders": ["Done"], "phase": "closed"},
    {"name": "waiting", "flags": ["Waiting"], "phase": "pending", "awaiting": "customer"},
]
READ = ("INBOX", "Done", "Sent")
FOLDERS = (*READ, "Elsewhere")
PLACES = st.sampled_from(FOLDERS)
PICKS = st.integers(0, 1000)
LINES = 8
_users = count()


def both(number: int) -> tuple[Any, bytes]:
    """A mail that speaks of one line and of the next: what was two conversations is one."""
    minute = number * 10 + 7
    line, other = f"q{number}@c", f"q{(number + 1) % LINES}@c"
    return at(minute), mail(f"b{number}@v", minute=minute, refs=f"{line} {other}", subject=f"Both {number}")


MAILS = [each(number) for number in range(LINES) for each in (question, answer)] + [
    both(number) for number in (0, 2, 3, 6)
]


class Desk(RuleBasedStateMachine):
    """A person at a mailbox, and a reader of it."""

    capability = ""

    def __init__(self) -> None:
        super().__init__()
        self.server = server_of(self.capability)
        self.bench = Bench(
            self.server.port, f"at{next(_users)}", backend={"batch": 10}, options={"signals": SIGNALS, "titles": False}
        )
        for folder in FOLDERS:
            self.server.box(self.bench.user, folder)
        self.mine = self.server.client(self.bench.user)
        self.waiting = list(range(len(MAILS)))

    @initialize(number=st.integers(0, 15), folder=PLACES)
    def some_lies_there(self, number: int, folder: str) -> None:
        """The mailbox need not be empty when it is first looked at."""
        self.some_arrive(number, 0, folder)

    @rule(number=st.integers(1, 5), pick=PICKS, folder=PLACES)
    def some_arrive(self, number: int, pick: int, folder: str) -> None:
        """Of all mail that there will be some arrives, an answer perhaps before its question."""
        for _ in range(min(number, len(self.waiting))):
            one = self.waiting.pop(pick % len(self.waiting))
            self.server.deliver(self.bench.user, MAILS[one], folder=folder)

    @rule(pick=PICKS, folder=PLACES, into=PLACES, back=st.booleans())
    def one_is_moved(self, pick: int, folder: str, into: str, back: bool) -> None:
        """Somebody moves a message, and perhaps has second thoughts."""
        if self.done(folder, pick, "MOVE", into) and back:
            self.done(into, -1, "MOVE", folder)

    @rule(pick=PICKS, folder=PLACES, into=PLACES)
    def one_is_copied(self, pick: int, folder: str, into: str) -> None:
        """Somebody copies a message, perhaps to where it is."""
        self.done(folder, pick, "COPY", into)

    @rule(pick=PICKS, folder=PLACES, flag=st.sampled_from(["+FLAGS (Waiting)", "-FLAGS (Waiting)", r"+FLAGS (\Seen)"]))
    def one_is_marked(self, pick: int, folder: str, flag: str) -> None:
        """Somebody marks a message."""
        self.done(folder, pick, "STORE", *flag.split(" ", 1))

    @rule(pick=PICKS, folder=PLACES)
    def one_is_expunged(self, pick: int, folder: str) -> None:
        """Somebody deletes a message for good."""
        if self.done(folder, pick, "STORE", "+FLAGS", r"(\Deleted)"):
            self.mine.expunge()

    @rule(folder=st.sampled_from(READ))
    def uids_are_given_anew(self, folder: str) -> None:
        """The server loses its list: UIDVALIDITY changes."""
        self.mine.logout()
        self.bench.restart()
        self.server.forget_uids(self.bench.user, folder)
        self.mine = self.server.client(self.bench.user)

    @rule()
    def the_reader_looks(self) -> None:
        """A pass gets through."""
        self.bench.look()

    @rule(pages=st.integers(0, 3), kept=st.booleans())
    def the_reader_is_killed(self, pages: int, kept: bool) -> None:
        """A pass ends behind any page, the last of which may be lost, and the process with it."""
        for place, page in enumerate(islice(self.bench.reader.pages(self.bench.cursor), pages)):
            if kept or place + 1 < pages:
                self.bench.keep(page)
        self.bench.restart()

    @rule()
    def an_hour_passes(self) -> None:
        """Folders are compared as a whole again."""
        self.bench.now.ahead += HOUR

    def teardown(self) -> None:
        """In the end, and in peace: nothing is lost and nothing doubled, whatever became known when."""
        self.bench.now.ahead += HOUR
        self.bench.look()
        assert self.bench.look() == []
        there = self.there()
        seen = {identity: raw for identity, raw in _raws().items() if identity in self.known()}
        assert set(there) <= set(seen)
        assert self.bench.standing() == grouped(*seen.values(), signals=SIGNALS).conversation
        left = self.bench.left()
        events = [event for ticket, event in self.bench.events() if ticket not in left and isinstance(event, Message)]
        assert len(events) == len(seen)
        for identity, copies in self.known().items():
            assert copies == there.get(identity, []), identity
        self.bench.restart()
        assert self.bench.look() == []
        self.bench.restart()
        with suppress(OSError):
            self.mine.logout()

    def done(self, folder: str, pick: int, command: str, *words: str) -> bool:
        """Let one message of a folder be changed; tell whether there was any."""
        self.mine.select(folder)
        uids = self.mine.uid("SEARCH", "ALL")[1][0].split()
        if uids:
            self.mine.uid(command, uids[pick % len(uids)].decode(), *words)
        return bool(uids)

    def there(self) -> dict[str, list[tuple[str, bool]]]:
        """Return by message id where its copies are, each with whether it is marked as waiting."""
        found: defaultdict[str, list[tuple[str, bool]]] = defaultdict(list)
        for folder in READ:
            self.mine.select(folder, readonly=True)
            answers = self.mine.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")[1]
            for each in answers:
                if isinstance(each, tuple):
                    found[each[1].decode().partition("<")[2].partition(">")[0]].append((folder, b"Waiting" in each[0]))
        return {identity: sorted(copies) for identity, copies in found.items()}

    def known(self) -> dict[str, list[tuple[str, bool]]]:
        """Return by message id where the store says that its copies are."""
        standing, out = self.bench.standing(), {}
        for (ticket, part), record in self.bench.kept.items():
            payload: Any = record.payload
            if standing.get(part) == ticket:
                where = payload["where"].values()
                out[payload["letter"]["message_id"]] = sorted((one["folder"], bool(one["flags"])) for one in where)
        return out


def _raws() -> dict[str, bytes]:
    return {raw.partition(b"Message-ID: <")[2].partition(b">")[0].decode(): raw for _, raw in MAILS}


class DeskLikeExchange(Desk):
    """The same where the server offers no extension: no CONDSTORE, no QRESYNC, no ESEARCH."""

    capability = EXCHANGE


FEW = settings(
    max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # fmt: skip

TestDesk = Desk.TestCase
TestDesk.settings = FEW
TestDeskLikeExchange = DeskLikeExchange.TestCase
TestDeskLikeExchange.settings = FEW
