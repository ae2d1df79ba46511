"""Events become rows and come back; the numbers that rows hold never change their meaning."""

from dataclasses import dataclass, fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.domain.events import KINDS, Fact, Message, TicketEvent
from syncd.domain.timeline import in_order
from syncd.store import codes
from syncd.store.rows import EventRow, event_row, events_of, withdrawn_of
from syncd.store.session import ReadRow
from syncd.store.tables import ticket_event
from tests.store.samples import NOON, opened
from tests.store.strategies import events, events_of_kind

NUMBERED = {
    "kinds": "opened notified handed_over phase priority message acknowledged workaround attribute merged split "
    "absorbed linked rated gone unlinked",
    "parties": "vendor customer third_party system unknown",
    "qualities": "full partial snapshot customer_view",
    "metrics": "first_response acknowledgement next_response update resolution restoration",
    "stages": "running paused completed cancelled",
    "verdicts": "met missed pending excluded unverifiable",
}
"""What is stored under 0, 1, 2 and so on. Words are added at the end of a line, nothing else ever changes here."""


def test_stored_numbers_mean_what_they_always_meant() -> None:
    assert {
        "kinds": " ".join(KINDS),
        "parties": " ".join(codes.PARTIES),
        "qualities": " ".join(codes.QUALITIES),
        "metrics": " ".join(codes.METRICS),
        "stages": " ".join(codes.STAGES),
        "verdicts": " ".join(codes.VERDICTS),
    } == NUMBERED
    assert tuple(KINDS.values()) == codes.KIND_TYPES


def as_read(row: EventRow) -> ReadRow:
    """Return a stored row as it is selected."""
    at, seq, _, withdrawn_at, ticket, _, kind, party, key, payload = row
    return (at, seq, key, ticket, kind, party, payload, withdrawn_at)


def stored(event: TicketEvent, position: int = 0) -> ReadRow:
    return as_read(event_row(event, ticket=1, generation=0, position=position, recorded_at=5))


def test_a_row_has_the_columns_of_the_table() -> None:
    row = event_row(opened("x", seq=8), ticket=3, generation=2, position=0, recorded_at=9)
    named = dict(zip(ticket_event.columns.keys(), row, strict=True))
    assert named == {
        "at": 1772452800000000, "seq": 8, "recorded_at": 9, "withdrawn_at": None, "ticket": 3, "generation": 2,
        "kind": 0, "party": 4, "id": "x", "payload": None,
    }  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_of_every_kind_comes_back_as_it_was(kind: str) -> None:
    @given(events_of_kind(kind))
    def comes_back(event: TicketEvent) -> None:
        (back,) = events_of([stored(event)])
        assert back == event
        assert type(back) is type(event)
        assert [type(getattr(back, one.name)) for one in fields(event)] == [
            type(getattr(event, one.name)) for one in fields(event)
        ]

    comes_back()


@given(st.lists(events, unique_by=lambda event: event.id), st.randoms())
def test_sorted_rows_give_events_in_the_order_of_the_domain(given_: list[TicketEvent], shuffle: st.DataObject) -> None:
    rows = [stored(event) for event in given_]
    shuffle.shuffle(rows)  # type: ignore[attr-defined]  # st.randoms() gives a random.Random
    assert events_of(sorted(rows)) == in_order(given_)


def test_where_there_is_no_seq_the_position_is_kept() -> None:
    (back,) = events_of([stored(opened(seq=None), position=7)])
    assert back.seq == 7


def test_only_events_that_are_not_all_default_take_room_for_a_payload() -> None:
    assert stored(Message(id="a", at=NOON))[6] is None
    assert stored(Message(id="a", at=NOON, automated=True))[6] == b'{"automated":true}'


def test_withdrawn_events_are_named() -> None:
    gone: ReadRow = (*stored(opened("a"))[:7], 5)
    assert withdrawn_of([gone, stored(opened("b"))]) == {"a"}


def test_an_event_type_with_work_in_its_constructor_is_refused() -> None:
    from syncd.store.rows import _Kind  # noqa: PLC0415  # what the refusal is about

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Counting(Fact):
        def __post_init__(self) -> None: ...

    with pytest.raises(TypeError, match="Counting has a __post_init__"):
        _Kind(Counting)  # type: ignore[arg-type]  # not one of the kinds, on purpose
