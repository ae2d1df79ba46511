"""What every back end over a living mailbox is given: conversations, facts that stay, a memory across starts."""

import random
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from connectors.mail.limits import Limits as MailLimits
from connectors.mail.live import LiveReader
from connectors.mail.mailbox import Copy, Known, Look
from connectors.mail.mapping import MailMapper
from connectors.mail.parsing import parse
from connectors.mail.rules import shipped
from syncd.domain.events import Absorbed, Merged, Message, Notified, Opened, PhaseChanged
from syncd.domain.names import GoneReason
from syncd.errors import SourceMisunderstood, SourceUnavailable
from syncd.ports.connector import CheckLine, Page, RawRecord, Site
from syncd.ports.secret import Secret
from syncd.testing.virtual_now import VirtualNow
from syncd.transport.limits import Limits
from syncd.transport.toolkit import SourceToolkit
from tests.connectors.mail.letters import THEM, US, mail, options

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SIGNALS = [
    {"name": "done", "folders": ["Done"], "phase": "closed"},
    {"name": "waiting", "flags": ["Waiting"], "phase": "pending", "awaiting": "customer"},
]


def copy(
    key: str, raw: bytes | None = None, *, folder: str = "INBOX", minute: int = 0, flags: Sequence[str] = ()
) -> Copy:
    """One copy of a message, filed so many minutes after eight."""
    letter = None if raw is None else parse(raw, shipped(), MailLimits())
    at = MORNING + timedelta(minutes=minute)
    return Copy(key=key, folder=folder, flags=tuple(flags), internal_date=at, letter=letter)


QUESTION = copy("1", mail("a@c", sender=US, to=THEM))
ANSWER = copy("2", mail("b@v", minute=5, answers="a@c"), minute=5)


@dataclass
class Told:
    """A mailbox that shows what it is told, one list of looks a pass."""

    passes: list[list[Look | Exception]]
    places: list[Mapping[str, Any] | None] = field(default_factory=list)
    _looked: int = 0

    def check(self) -> Sequence[CheckLine]:
        return [CheckLine("told", ok=True, detail="by a test")]

    def looks(self, place: Mapping[str, Any] | None, known: Known) -> Iterator[Look]:
        del known
        self.places.append(place)
        for look in self.passes.pop(0) if self.passes else []:
            if isinstance(look, Exception):
                raise look
            self._looked += 1
            yield look

    def place(self) -> Mapping[str, Any]:
        return {"looked": self._looked}

    def close(self) -> None:
        return


@dataclass
class Desk:
    """A reader on a virtual clock, and a store that keeps what its pages hold, as the core would."""

    passes: list[list[Look | Exception]]
    options: Mapping[str, Any] = field(default_factory=dict)
    kept: dict[tuple[str, str], RawRecord] = field(default_factory=dict)
    cursor: str | None = None

    def __post_init__(self) -> None:
        self.now = VirtualNow(MORNING + timedelta(hours=1))
        self.mapper = MailMapper(Site("mail"), options(**self.options))
        self.start()

    def start(self) -> None:
        """Begin as after a start of the process."""
        toolkit = SourceToolkit(
            "mail", now=self.now, limits=Limits(), secrets=lambda _: Secret("x"), inline=True,
            stored=lambda: iter(list(self.kept.values())),
        )  # fmt: skip
        toolkit.close()
        self.mailbox = Told(self.passes)
        self.reader = LiveReader(self.mailbox, Site("mail"), options(**self.options), toolkit)

    def keep(self, page: Page) -> None:
        """Store a page, redacted."""
        for record in page.records:
            self.kept[record.ticket, record.part] = self.mapper.redact(record)
        self.cursor = page.cursor

    def look(self) -> list[RawRecord]:
        """Make one pass; return what it brought."""
        brought: list[RawRecord] = []
        for page in self.reader.pages(self.cursor):
            self.keep(page)
            brought += page.records
        self.now.advance(60)
        return brought

    def events(self, ticket: str | None = None) -> list[Any]:
        """Return all events of the kept records, or of one ticket, in order."""
        records = [each for each in self.kept.values() if ticket in (None, each.ticket)]
        events = [event for record in records for event in self.mapper.map(record).timeline.events]
        return sorted(events, key=lambda event: (event.at, event.seq or 0, event.id))


def desk(*passes: Sequence[Look | Exception], **more: Any) -> Desk:
    return Desk([list(each) for each in passes], more)


def look(*copies: Copy, gone: Sequence[str] = ()) -> Look:
    return Look(copies=copies, gone=gone)


def test_an_answer_joins_its_question_and_leaves_it_as_it_was() -> None:
    it = desk([look(QUESTION)], [look(ANSWER)])
    first, second = it.look(), it.look()
    assert [record.part for record in first] == [QUESTION.letter.fingerprint] if QUESTION.letter else False
    assert [record.part for record in second] == [ANSWER.letter.fingerprint] if ANSWER.letter else False
    assert [type(event) for event in it.events()] == [Opened, Notified, Message, Message]


def test_after_a_start_the_reader_knows_what_the_store_knows() -> None:
    one, other = desk([look(QUESTION)], [look(ANSWER)]), desk([look(QUESTION)], [look(ANSWER)])
    for each in (one, other):
        each.look()
    other.start()
    assert one.look() == other.look()
    assert one.events() == other.events()


def test_what_was_seen_makes_no_record_again_after_a_start() -> None:
    it = desk([look(QUESTION, ANSWER)], [look(copy("1"), copy("2"))])
    it.look()
    it.start()
    assert it.look() == []


@pytest.mark.parametrize("seed", range(12))
def test_any_order_of_arrival_gives_the_same_tickets(seed: int) -> None:
    box = [
        copy("1", mail("a@c", sender=US, to=THEM)),
        copy("2", mail("b@v", minute=5, answers="a@c", subject="Re: Line down [#4711]"), minute=5),
        copy("3", mail("c@c", sender=US, to=THEM, minute=9, answers="b@v", subject="Re: Line down [#4711]"), minute=9),
        copy("4", mail("x@c", sender=US, to=THEM, minute=11, subject="Another line"), minute=11),
        copy("5", mail("y@v", minute=15, refs="q@c x@c", subject="Re: Another line"), minute=15),
        copy("6", mail("z@v", minute=20, subject="Line down [#4711]"), minute=20),
        copy("7", mail("b@v", minute=5, answers="a@c", subject="Re: Line down [#4711]"), folder="All", minute=5),
    ]
    shuffled = box[:]
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - a seed is what makes a test repeatable
    it, whole = desk(*([look(each)] for each in shuffled)), desk([look(*box)])
    for _ in box:
        it.look()
        it.start()
    whole.look()

    def standing(of: Desk) -> dict[str, str]:
        merged = {ticket: of.mapper.map(each) for (ticket, part), each in of.kept.items() if part == "merged"}
        left = {ticket for ticket, mapped in merged.items() if mapped.timeline.events}
        return {part: ticket for ticket, part in of.kept if ticket not in left and part != "merged"}

    assert standing(it) == standing(whole)
    assert len(set(standing(it).values())) == 2


def test_conversations_that_a_later_mail_joins_leave_a_word_where_they_went() -> None:
    other = copy("3", mail("x@c", sender=US, to=THEM, minute=1, subject="Other"), minute=1)
    it = desk([look(QUESTION, other)], [look(copy("4", mail("c@v", minute=9, refs="x@c a@c"), minute=9))])
    before = it.look()
    it.start()
    after = it.look()
    (left,) = [record for record in after if record.part == "merged"]
    (survivor,) = {record.ticket for record in after} - {left.ticket}
    assert {record.ticket for record in before} == {left.ticket, survivor}
    (merged,) = [event for event in it.events(left.ticket) if isinstance(event, Merged)]
    assert (merged.into, merged.at) == (survivor, MORNING + timedelta(minutes=1))
    assert [event.source_ticket for event in it.events(survivor) if isinstance(event, Absorbed)] == [left.ticket]
    assert len([event for event in it.events(survivor) if isinstance(event, Message)]) == 3
    it.start()
    assert it.reader.recheck([left.ticket]).records == (left,)


def test_a_message_moved_out_and_back_is_one_message_and_two_facts() -> None:
    moved, back, again = (copy(f"{n}", QUESTION_RAW, folder=f) for n, f in ((11, "Done"), (12, "INBOX"), (13, "Done")))
    it = desk(
        [look(QUESTION)], [look(moved, gone=["1"])], [look(back, gone=["11"])], [look(again, gone=["12"])],
        signals=SIGNALS,
    )  # fmt: skip
    for _ in range(4):
        it.look()
        it.start()
    events = it.events()
    assert len(it.kept) == 1
    assert len([event for event in events if isinstance(event, Message)]) == 1
    closed = [event for event in events if isinstance(event, PhaseChanged)]
    hour = MORNING + timedelta(hours=1)
    assert [(event.at_earliest, event.at) for event in closed] == [
        (hour, hour + timedelta(minutes=1)), (hour + timedelta(minutes=2), hour + timedelta(minutes=3)),
    ]  # fmt: skip


QUESTION_RAW = mail("a@c", sender=US, to=THEM)


def test_what_lay_in_a_folder_that_was_not_looked_at_may_have_come_at_any_time() -> None:
    there = replace(copy("9", QUESTION_RAW, folder="Done"), unwatched=True)
    it = desk([look(QUESTION)], [look(there)], signals=SIGNALS)
    it.look()
    it.look()
    (closed,) = [event for event in it.events() if isinstance(event, PhaseChanged)]
    assert closed.at_earliest == MORNING
    assert closed.at == MORNING + timedelta(hours=1, minutes=1)


def test_a_merge_that_more_mail_undoes_is_taken_back_and_may_come_again() -> None:
    """The id follows the earliest message that is known; each of these comes before the others."""
    last = copy("1", mail("t@v", minute=70, refs="q0@c q2@c", subject="Both"), minute=70)
    middle = copy("2", mail("a2@v", minute=25, answers="q2@c"), minute=25)
    first = copy("3", mail("a0@v", minute=5, answers="q0@c"), minute=5)
    it = desk([look(last)], [look(middle)], [look(first)])
    words = [[record for record in it.look() if record.part == "merged"] for _ in range(3)]
    assert [len(each) for each in words] == [0, 1, 2]
    (gone,) = words[1]
    merged = {record.ticket: record.payload["merged"] for record in words[2]}
    assert merged == {gone.ticket: {"into": None}, gone.payload["merged"]["into"]: {"into": gone.ticket}}  # type: ignore[index]  # JSON
    assert it.mapper.map(it.kept[gone.ticket, "merged"]).timeline.events == ()
    assert it.mapper.map(it.kept[gone.ticket, "merged"]).complete


def test_a_copy_in_another_folder_is_the_same_message() -> None:
    it = desk([look(QUESTION, copy("9", QUESTION_RAW, folder="Archive"))])
    (record,) = it.look()
    assert [each["folder"] for each in record.payload["sightings"]] == ["INBOX", "Archive"]  # type: ignore[attr-defined]  # JSON


def test_a_flag_set_twice_is_two_events_and_one_that_no_signal_names_is_none() -> None:
    it = desk(
        [look(QUESTION)], [look(copy("1", flags=["waiting", "\\Seen"]))], [look(copy("1"))],
        [look(copy("1", flags=["\\Seen"]))], [look(copy("1", flags=["Waiting"]))], signals=SIGNALS,
    )  # fmt: skip
    brought = []
    for _ in range(5):
        brought.append(len(it.look()))
        it.start()
    assert brought == [1, 1, 1, 0, 1]
    assert len([event for event in it.events() if isinstance(event, PhaseChanged)]) == 2


def test_what_is_expunged_keeps_its_facts_and_comes_back_as_what_it_was() -> None:
    it = desk([look(QUESTION, ANSWER)], [look(gone=["1", "2"])], [look(copy("3", QUESTION_RAW))])
    first = it.look()
    before = it.events()
    it.look()
    assert it.events() == before
    assert {record.ticket for record in it.reader.recheck([first[0].ticket]).records} == {first[0].ticket}
    it.look()
    assert it.events() == before


def test_the_same_copies_under_new_keys_make_no_event() -> None:
    renewed = [copy("n1", QUESTION_RAW), copy("n2", mail("b@v", minute=5, answers="a@c"), minute=5)]
    it = desk([look(QUESTION, ANSWER)], [look(*renewed), look(gone=["1", "2"])], signals=SIGNALS)
    it.look()
    before = it.events()
    assert len(it.look()) == 4
    assert it.events() == before
    assert {key for record in it.kept.values() for key in record.payload["where"]} == {"n1", "n2"}  # type: ignore[attr-defined]  # JSON


def test_a_page_that_was_not_kept_is_brought_again() -> None:
    it = desk([look(QUESTION)], [look(QUESTION)])
    pages = it.reader.pages(None)
    next(pages)
    assert isinstance(pages, Generator)
    pages.close()
    assert [record.part for record in it.look()] == [each.fingerprint for each in [QUESTION.letter] if each]


def test_a_pass_that_breaks_off_goes_on_with_what_was_read() -> None:
    it = desk([look(QUESTION), SourceUnavailable("mail", "network")], [look(copy("1"), ANSWER)])
    with pytest.raises(SourceUnavailable):
        it.look()
    assert it.mailbox.places == [None]
    it.look()
    assert it.mailbox.places == [None, {"looked": 1}]
    assert [type(event) for event in it.events()] == [Opened, Notified, Message, Message]


def test_what_re_reading_by_id_found_is_in_the_next_pass() -> None:
    it = desk([look(QUESTION)], [look(ANSWER)], [])
    (first,) = it.look()
    assert len(it.reader.recheck([first.ticket]).records) == 2
    assert len(it.look()) == 1
    assert it.look() == []


def test_a_ticket_that_never_was_is_unreachable() -> None:
    it = desk()
    assert it.reader.recheck(["none"]).gone == {"none": GoneReason.UNREACHABLE}
    assert it.reader.recheck([]).gone == {}


def test_our_own_alert_is_read_once_and_never_stored() -> None:
    it = desk([look(copy("1", mail("n@c", X_Syncd="notice")))])
    assert it.look() == []
    memory = it.reader._remembered()  # noqa: SLF001 - what the reader shows its back end
    assert memory.holds("1")
    assert memory.unstored("INBOX") == {"1"}


def test_of_a_persons_mailbox_only_mail_with_vendors_is_stored() -> None:
    private = copy("7", mail("p@f", sender="friend@home.example", subject="Dinner"))
    it = desk([look(private, QUESTION)], mailbox="personal")
    assert len(it.look()) == 1


def test_subjects_join_across_a_start_where_that_is_asked_for() -> None:
    later = copy("2", mail("b@v", minute=30, subject="Re: Line to Pune is down"), minute=30)
    first = copy("1", mail("a@c", sender=US, to=THEM, subject="Line to Pune is down"))
    it = desk([look(first)], [look(later)], join_by_subject=True)
    it.look()
    it.start()
    it.look()
    assert len({ticket for ticket, _ in it.kept}) == 1


def test_an_own_ticket_number_joins_across_a_start() -> None:
    first = copy("1", mail("a@c", sender=US, to=THEM, subject="Please look at [#4711]"))
    later = copy("2", mail("b@v", minute=30, subject="News of [#4711]"), minute=30)
    it = desk([look(first)], [look(later)])
    it.look()
    it.start()
    it.look()
    assert len({ticket for ticket, _ in it.kept}) == 1


def test_no_text_and_no_address_is_kept_in_memory() -> None:
    it = desk([look(QUESTION)], titles=False)
    it.look()
    memory = it.reader._remembered()  # noqa: SLF001 - what lies there is the question
    assert all(
        "we look into it" not in text and "ina@" not in text
        for text in map(repr, memory.current({*[t for t, _ in it.kept]}))
    )


def test_another_back_ends_cursor_begins_anew_and_another_programs_is_refused() -> None:
    it = desk([look(QUESTION)])
    it.cursor = '{"v":1,"kind":"graph","at":null,"place":{"x":1}}'
    it.look()
    assert it.mailbox.places == [None]
    for foreign in ("17", '{"v":2,"kind":"maildir"}', '{"files":"","tickets":{}}'):
        with pytest.raises(SourceMisunderstood):
            list(it.reader.pages(foreign))


def test_a_pass_says_when_it_began() -> None:
    it = desk([look(QUESTION)])
    pages = list(it.reader.pages(None))
    assert pages[-1].watermark == it.now.utc()
    assert [one.cursor != other.cursor for one, other in pairwise(pages)] == [True]
