"""The acceptance checks of mailboxes, through Graph: the same tickets and events whatever happened on the way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from connectors.mail import plugin
from connectors.mail.graph import GraphMailbox
from connectors.mail.live import LiveReader
from connectors.mail.mapping import MailMapper
from syncd.domain.events import PhaseChanged
from syncd.domain.instant_text import instant_text
from syncd.domain.names import Party
from syncd.errors import SourceError
from syncd.ports.connector import Connector, Page, RawRecord
from syncd.ports.toolkit import HttpRequest
from tests.connectors.mail.graph.desk import NOON, Desk

US = "Ina Ours <ina@example.com>"
THEM = "Vera Vendor <vera@acme.example>"
SIGNALS = [
    {"name": "done", "folders": ["inbox/Done"], "phase": "closed"},
    {"name": "waiting", "flags": ["Waiting"], "phase": "pending", "awaiting": "customer"},
]
OPTIONS = {"folders": ["inbox"], "signals": SIGNALS}


@dataclass
class Kept(Desk):
    """A mailbox, its reader, and a store that keeps what pages hold, as the core would."""

    records: dict[tuple[str, str], RawRecord] = field(default_factory=dict)
    said: int = 0
    """How many records came that differ from what was kept."""

    def connector(self) -> Connector:
        """The connector as after a start."""
        self.mapper = MailMapper(self.site, self.settings())
        toolkit = self.toolkit()
        return LiveReader(GraphMailbox(self.site, self.settings(), toolkit), self.site, self.settings(), toolkit)

    def stored(self) -> list[RawRecord]:
        """What the store keeps."""
        return list(self.records.values())

    def keep(self, page: Page) -> None:
        """Store a page, redacted."""
        for record in page.records:
            redacted = self.mapper.redact(record)
            known = self.records.get((record.ticket, record.part))
            self.said += known is None or self.events_of(known) != self.events_of(redacted)
            self.records[record.ticket, record.part] = redacted
        self.cursor = page.cursor

    def poll(self, connector: Connector | None = None) -> None:
        """One pass, stored."""
        for page in (connector or self.connector()).pages(self.cursor):
            self.keep(page)

    def events_of(self, record: RawRecord) -> list[tuple[object, ...]]:
        """What a record says, without the instants at which we looked."""
        found = self.mapper.map(record).timeline.events
        return [(record.ticket, event.id, type(event).__name__, getattr(event, "to", None)) for event in found]

    def events(self) -> list[tuple[object, ...]]:
        """What all records say."""
        return sorted((each for record in self.records.values() for each in self.events_of(record)), key=repr)

    def phases(self) -> list[PhaseChanged]:
        """The changes of phase that all records tell."""
        events = (event for each in self.records.values() for event in self.mapper.map(each).timeline.events)
        return [event for event in events if isinstance(event, PhaseChanged)]

    def talk(self, minutes: Sequence[int] = (-60, -50, -40, -30)) -> None:
        """A conversation: we ask, they acknowledge and answer, we thank; and another vendor's mail."""
        ask, acknowledged, answered, thanked = minutes
        self.deliver("q", "sentitems", minute=ask, sender=US, to=THEM)
        self.deliver(
            "k", minute=acknowledged, sender=THEM, to=US, subject="Re: Line down [#4711]", answers="q@v",
            body="We have received your request.", Auto_Submitted="auto-replied",
        )  # fmt: skip
        self.deliver("a", minute=answered, sender=THEM, to=US, subject="Re: Line down [#4711]", refs="q@v k@v")
        self.deliver("t", "sentitems", minute=thanked, sender=US, to=THEM, refs="q@v a@v")
        self.deliver("x", minute=-20, sender="Gil <gil@globex.example>", to=US, subject="Offer")


@pytest.fixture(name="desk")
def a_desk() -> Iterator[Kept]:
    desk = Kept(options=OPTIONS)
    yield desk
    desk.close()


def test_a_request_an_acknowledgement_and_an_answer_are_one_ticket_with_one_response(desk: Kept) -> None:
    desk.talk()
    desk.poll()
    assert len({ticket for ticket, _ in desk.records}) == 2
    ours = next(ticket for ticket, *rest in desk.events() if "Notified" in rest)
    timeline = [desk.mapper.map(record).timeline for (ticket, _), record in desk.records.items() if ticket == ours]
    events = sorted((event for each in timeline for event in each.events), key=lambda event: (event.at, event.seq))
    told = [(type(event).__name__, event.by, instant_text(event.at)[11:16]) for event in events]
    assert told == [
        ("Opened", Party.CUSTOMER, "11:00"),
        ("Notified", Party.CUSTOMER, "11:00"),
        ("Message", Party.CUSTOMER, "11:00"),
        ("Message", Party.VENDOR, "11:10"),
        ("Message", Party.VENDOR, "11:20"),
        ("Message", Party.CUSTOMER, "11:30"),
    ]
    automated = [getattr(event, "automated", None) for event in events]
    assert automated == [None, None, False, True, False, False]


def test_a_full_sync_leaves_the_mailbox_as_it_was(desk: Kept) -> None:
    desk.talk()
    desk.box.advance(desk.now.utc())
    before = repr(sorted(desk.box.messages.values(), key=lambda each: each.number))
    changes = desk.box.sequence
    desk.poll()
    desk.now.advance(4000)
    desk.poll()
    assert repr(sorted(desk.box.messages.values(), key=lambda each: each.number)) == before
    assert desk.box.sequence == changes
    assert desk.simulator.inner.violations == []


def test_a_start_says_nothing_anew(desk: Kept) -> None:
    desk.talk()
    desk.poll()
    desk.said = 0
    for seconds in (60, 60, 4000):
        desk.now.advance(seconds)
        desk.poll()
    assert desk.said == 0
    assert len(desk.asked("$value")) == 5


def test_states_and_listings_that_begin_anew_make_no_new_event(desk: Kept) -> None:
    desk.talk()
    desk.poll()
    events, desk.said = desk.events(), 0
    for name in ("inbox", "sentitems"):
        desk.box.forget_states(name)
    desk.poll()
    desk.cursor = None
    desk.poll()
    assert desk.said == 0
    assert desk.events() == events


def test_a_message_moved_out_and_back_between_polls_is_neither_lost_nor_doubled(desk: Kept) -> None:
    desk.talk()
    desk.poll()
    events, desk.said = desk.events(), 0
    source = desk.connector()
    desk.move("a", "archive")
    desk.move("a", "inbox")
    desk.poll(source)
    desk.now.advance(4000)
    desk.poll(source)
    assert desk.said == 0
    assert desk.events() == events


def test_deleting_everything_takes_no_event_away(desk: Kept) -> None:
    desk.talk()
    desk.poll()
    events, desk.said = desk.events(), 0
    for name in ("q", "k", "a", "t", "x"):
        desk.delete(name)
    for seconds in (60, 4000):
        desk.now.advance(seconds)
        desk.poll()
    assert desk.said == 0
    assert desk.events() == events
    assert not desk.connector().recheck([next(iter(desk.records))[0]]).gone


def test_a_move_into_a_folder_that_means_something_is_an_event_between_two_looks(desk: Kept) -> None:
    desk.talk()
    desk.poll()
    desk.now.advance(300)
    desk.move("a", "inbox/Done")
    desk.now.advance(300)
    desk.poll()
    (event,) = desk.phases()
    assert (event.at_earliest, event.at) == (NOON, desk.now.utc())


def test_a_move_that_only_a_listing_shows_may_have_been_at_any_time_since_the_mail_came(desk: Kept) -> None:
    desk.talk()
    desk.box.advance(NOON)
    desk.move("a", "archive")
    desk.poll()
    desk.move("a", "inbox/Done")  # from a folder that is not read: no change tells of it
    for _ in range(3):
        desk.now.advance(2000)
        desk.poll()
    (event,) = desk.phases()
    assert (event.at_earliest, event.at) == (NOON - timedelta(minutes=40), NOON + timedelta(seconds=4000))


@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_arrival_gives_the_same_tickets(seed: int) -> None:
    names = [("q", "sentitems"), ("k", "inbox"), ("a", "inbox"), ("t", "sentitems"), ("x", "inbox")]
    Random(seed).shuffle(names)  # noqa: S311  an order, nothing secret
    desk, plain = Kept(options=OPTIONS), Kept(options=OPTIONS)
    desk.talk()
    plain.talk()
    plain.poll()
    desk.box.advance(desk.now.utc())
    for name, _ in names:
        desk.move(name, "archive")
    for name, folder in names:
        desk.move(name, folder)
        desk.now.advance(4000)
        desk.poll()
    survivors = {each[0] for each in plain.events()}
    assert {ticket for ticket, part in desk.records if part != "merged" and ticket in survivors} == survivors
    ours = {ticket: sorted(part for one, part in plain.records if one == ticket) for ticket in survivors}
    theirs = {ticket: sorted(part for one, part in desk.records if one == ticket) for ticket in survivors}
    assert theirs == ours
    desk.close()
    plain.close()


class Killed(SourceError):
    """The process went."""


def test_a_process_killed_at_any_request_ends_with_the_same_events_none_doubled() -> None:
    plain = Kept(options=OPTIONS, backend={"batch": 10})
    plain.talk()
    plain.poll()
    expected = plain.events()
    requests = len(plain.simulator.asked)
    assert requests > 10
    for victim in range(1, requests + 1):
        desk = Kept(options=OPTIONS, backend={"batch": 10})
        desk.talk()
        left = [victim]

        def count(_: HttpRequest, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise Killed("mail", "network", "killed")

        desk.simulator.before = count
        with pytest.raises(Killed):
            desk.poll()
        desk.poll()
        assert desk.events() == expected, f"killed at request {victim}"
        desk.close()
    plain.close()


def test_our_own_alert_mails_are_never_stored(desk: Kept) -> None:
    desk.talk()
    desk.deliver("n", minute=-10, sender=US, to=US, subject="Breach of [#4711]", X_Syncd="notice")
    desk.poll()
    for seconds in (60, 4000):
        desk.now.advance(seconds)
        desk.poll()
    assert not any("notice" in str(record.payload) for record in desk.records.values())
    assert len(desk.records) == 5
    assert len(desk.asked("$value")) == 6


def test_of_a_persons_mailbox_only_mail_with_vendors_is_stored() -> None:
    desk = Kept(options={**OPTIONS, "mailbox": "personal"})
    desk.talk()
    desk.deliver("p", minute=-10, sender="friend@home.example", to=US, subject="Dinner")
    desk.poll()
    for seconds in (60, 4000):
        desk.now.advance(seconds)
        desk.poll()
    assert len(desk.records) == 5
    assert len(desk.asked("$value")) == 6
    desk.close()


def test_the_plugin_builds_a_reader_and_a_simulator_of_graph(desk: Kept) -> None:
    source: Any = plugin.build(desk.site, desk.settings(), desk.toolkit())
    assert isinstance(source, LiveReader)
    assert plugin.simulator is not None
    simulator = plugin.simulator(7, {})
    options = plugin.options.model_validate(dict(simulator.options("http://127.0.0.1:1234")))
    assert options.backend.kind == "graph"
    assert set(simulator.credentials()) == {"GRAPH_CLIENT_ID", "GRAPH_CLIENT_SECRET"}
