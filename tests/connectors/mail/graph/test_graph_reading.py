"""A mailbox in Graph is read whole, once, the oldest message first, whatever moves, goes, or is forgotten meanwhile."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from connectors.mail.graph.sweep import key_of
from connectors.mail.letter import Letter
from tests.connectors.mail.graph.desk import NOON, Desk

FOLDERS = {"folders": ["inbox", "inbox/Done"]}


@pytest.fixture(name="desk")
def a_desk() -> Iterator[Desk]:
    desk = Desk(options=FOLDERS)
    yield desk
    desk.close()


def three(desk: Desk) -> None:
    desk.deliver("b", minute=-20)
    desk.deliver("a", "sentitems", minute=-30)
    desk.deliver("c", minute=-10)


def test_all_folders_are_read_together_the_oldest_message_first(desk: Desk) -> None:
    three(desk)
    desk.read()
    assert desk.shelf.reads == ["a@v", "b@v", "c@v"]
    assert desk.shelf.where() == [("a@v", "sentitems"), ("b@v", "inbox"), ("c@v", "inbox")]
    received = [copy.internal_date for copy in desk.shelf.copies.values()]
    assert received == [NOON - timedelta(minutes=each) for each in (30, 20, 10)]


def test_a_second_pass_reads_only_what_is_new(desk: Desk) -> None:
    three(desk)
    desk.read()
    asked = len(desk.asked("$value"))
    desk.now.advance(120)
    desk.deliver("d", minute=1)
    desk.read()
    assert desk.shelf.reads == ["a@v", "b@v", "c@v", "d@v"]
    assert len(desk.asked("$value")) == asked + 1


def test_a_pass_that_finds_nothing_asks_for_nothing_but_folders_and_changes(desk: Desk) -> None:
    three(desk)
    desk.read()
    before = len(desk.simulator.asked)
    (look,) = desk.read()
    assert (look.copies, look.gone) == ((), ())
    paths = {request.path.rpartition("/")[2] for request in desk.simulator.asked[before:]}
    assert paths <= {"delta", "token", "inbox", "sentitems", "childFolders"}


def test_drafts_are_not_mail_until_they_are_sent(desk: Desk) -> None:
    desk.deliver("d", minute=-5, draft=True)
    desk.read()
    assert desk.shelf.reads == []
    desk.mark("d")
    desk.read()
    assert desk.shelf.reads == ["d@v"]


def test_what_lies_before_the_beginning_is_not_fetched() -> None:
    desk = Desk(backfill_from=NOON - timedelta(minutes=15))
    three(desk)
    desk.read()
    assert desk.shelf.reads == ["c@v"]
    assert len(desk.asked("$value")) == 1
    desk.close()


def test_categories_and_flags_are_told_without_reading_again(desk: Desk) -> None:
    three(desk)
    desk.read()
    desk.mark("b", "Waiting", flag="flagged")
    desk.read()
    assert [copy.flags for copy in desk.shelf.copies.values() if copy.flags] == [("Waiting", "\\Flagged")]
    assert len(desk.asked("$value")) == 3


def test_a_message_moved_between_folders_that_are_read_ends_here_and_begins_there(desk: Desk) -> None:
    three(desk)
    desk.read()
    desk.move("b", "inbox/Done")
    desk.read()
    assert desk.shelf.where() == [("a@v", "sentitems"), ("b@v", "inbox/Done"), ("c@v", "inbox")]


def test_a_message_moved_out_and_back_between_two_looks_is_neither_lost_nor_doubled(desk: Desk) -> None:
    three(desk)
    desk.read()
    before = desk.shelf.where()
    desk.move("b", "archive")
    desk.move("b", "inbox")
    looks = desk.read()
    assert desk.shelf.where() == before
    assert desk.shelf.reads == ["a@v", "b@v", "c@v"]
    assert not any(look.gone for look in looks)


def test_a_message_moved_to_a_folder_that_is_not_read_is_gone_and_comes_back_as_a_move(desk: Desk) -> None:
    three(desk)
    desk.read()
    desk.move("b", "archive")
    desk.read()
    assert ("b@v", "inbox") not in desk.shelf.where()
    desk.move("b", "inbox")
    desk.now.advance(4000)  # nothing tells of it before all is listed
    desk.read()
    assert ("b@v", "inbox") in desk.shelf.where()


def test_a_deleted_message_only_ends_where_it_was(desk: Desk) -> None:
    three(desk)
    desk.read()
    (gone,) = [key for key, copy in desk.shelf.copies.items() if desk.shelf.letters[key].message_id == "b@v"]
    desk.delete("b")
    looks = desk.read()
    assert [look.gone for look in looks if look.gone] == [(gone,)]
    assert gone in desk.shelf.letters


def test_removed_and_then_shown_again_in_the_same_round_is_there() -> None:
    desk = Desk({"conversations_per_day": 0.0, "silent_moves": False}, FOLDERS)
    three(desk)
    desk.read()
    desk.move("b", "archive")
    desk.move("b", "inbox")
    desk.read()
    assert ("b@v", "inbox") in desk.shelf.where()
    assert desk.shelf.gone == []
    desk.close()


@pytest.mark.parametrize("kind", ["state_gone", "state_refused"])
def test_a_state_that_is_forgotten_means_reading_all_again_and_changes_nothing(kind: str) -> None:
    desk = Desk({"conversations_per_day": 0.0, "faults": [{"kind": kind, "from": 60, "until": 120}]}, FOLDERS)
    three(desk)
    desk.read()
    desk.delete("c")
    desk.now.advance(60)
    desk.deliver("d", minute=1)
    desk.read()
    assert desk.shelf.reads == ["a@v", "b@v", "c@v", "d@v"]
    assert desk.shelf.where() == [("a@v", "sentitems"), ("b@v", "inbox"), ("d@v", "inbox")]
    assert len(desk.asked("$value")) == 4
    desk.close()


def test_a_state_that_the_service_forgot_for_good_is_replaced(desk: Desk) -> None:
    three(desk)
    desk.read()
    desk.box.forget_states("inbox")
    desk.read()
    before = len(desk.asked("delta"))
    desk.read()
    assert len(desk.asked("delta")) == before + 3
    assert desk.shelf.reads == ["a@v", "b@v", "c@v"]


def test_a_service_that_forgets_every_state_at_once_is_read_by_listings() -> None:
    desk = Desk({"conversations_per_day": 0.0, "faults": [{"kind": "state_gone"}]}, backend={"batch": 10})
    for n in range(25):
        desk.deliver(f"m{n}", minute=n - 60)
    desk.read()
    assert sorted(desk.shelf.reads) == sorted(f"m{n}@v" for n in range(25))
    desk.read()
    assert len(desk.asked("$value")) == 25
    desk.close()


def test_a_full_listing_finds_what_no_change_told() -> None:
    desk = Desk(options=FOLDERS, backend={"relist_after": 600})
    three(desk)
    desk.deliver("x", "archive", minute=-15)
    desk.read()
    desk.move("x", "inbox")  # with immutable ids nothing is told of it
    desk.now.advance(300)
    desk.read()
    assert "x@v" not in desk.shelf.reads
    desk.now.advance(300)
    desk.read()
    assert ("x@v", "inbox") in desk.shelf.where()
    desk.close()


def test_a_listing_that_lacks_a_message_asks_for_it_before_it_is_called_gone(desk: Desk) -> None:
    three(desk)
    desk.read()
    desk.now.advance(4000)

    def moved_while_listed(request: object) -> None:
        if "%24orderby" in str(getattr(request, "query", "")) and "b" in desk.box.names:
            desk.simulator.before = lambda _: None
            desk.move("b", "inbox/Done")
            desk.move("b", "inbox")

    desk.simulator.before = moved_while_listed
    desk.read()
    assert ("b@v", "inbox") in desk.shelf.where()
    assert desk.shelf.gone == []


def test_a_clock_set_back_means_listing_now(desk: Desk) -> None:
    three(desk)
    desk.read()
    desk.now.set_wall(NOON - timedelta(days=2))
    before = len(desk.simulator.asked)
    desk.read()
    assert any("orderby" in request.query for request in desk.simulator.asked[before:])


def test_reading_goes_on_behind_the_last_page_that_was_taken_in() -> None:
    desk = Desk(backend={"batch": 10})
    for n in range(35):
        desk.deliver(f"m{n}", minute=n - 60)
    desk.read(looks=2)
    assert len(desk.shelf.reads) == 20
    desk.restart()
    del desk.simulator.asked[:]
    desk.read()
    assert desk.asked("delta")[0].query.startswith("%24skiptoken")
    assert sorted(desk.shelf.where()) == sorted((f"m{n}@v", "INBOX") for n in range(35))
    assert len(desk.shelf.reads) == 15, "what was taken in is not read again"
    desk.close()


def test_a_store_that_lost_what_was_read_is_filled_again(desk: Desk) -> None:
    three(desk)
    desk.read()
    desk.shelf.copies.clear()
    desk.shelf.letters.clear()
    desk.read()
    assert sorted(desk.shelf.where()) == [("a@v", "sentitems"), ("b@v", "inbox"), ("c@v", "inbox")]


def private(letter: Letter) -> bool:
    return letter.subject == "Dinner"


def test_what_makes_no_record_is_not_read_again_after_a_start() -> None:
    desk = Desk(options={"mailbox": "personal", "folders": ["inbox"]})
    desk.shelf.silent = private
    three(desk)
    desk.deliver("p", minute=-5, subject="Dinner")
    desk.read()
    desk.restart()
    desk.now.advance(4000)
    desk.mark("p", "Red")
    desk.read()
    assert desk.shelf.reads == []
    desk.close()


def test_new_rules_about_whose_mail_counts_mean_reading_the_rest_again() -> None:
    desk = Desk(options={"mailbox": "personal", "folders": ["inbox"]})
    desk.shelf.silent = private
    three(desk)
    desk.deliver("p", minute=-5, subject="Dinner")
    desk.read()
    desk.restart()
    desk.options = {**desk.options, "vendors": [{"id": "home", "domains": ["home.example"]}]}
    desk.read()
    assert desk.shelf.reads == ["p@v"]
    desk.close()


def test_keys_tell_folder_and_message(desk: Desk) -> None:
    three(desk)
    desk.read()
    inbox = desk.box.folder("inbox").id
    expected = {key_of(inbox, each.immutable) for each in desk.box.inside(inbox)}
    assert desk.shelf.keys("inbox") == expected


def test_the_place_is_small(desk: Desk) -> None:
    three(desk)
    desk.read()
    assert len(desk.cursor or "") < 3000
