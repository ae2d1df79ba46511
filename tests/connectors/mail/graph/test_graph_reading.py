"""A mailbox in Graph is read whole, once, the oldest message first, whatever moves, goes, or is forgotten meanwhile."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from connectors.mail.graph.api import GraphApi
from connectors.mail.graph.sweep import key_of
from connectors.mail.letter import Letter
from connectors.mail.simulator.box import Change
from syncd.ports.toolkit import HttpRequest, HttpResponse
from tests.connectors.mail.graph.desk import NOON, Desk
from tests.connectors.mail.letters import mail

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


def rows_of(answer: HttpResponse) -> list[dict[str, Any]]:
    return list(msgspec.json.decode(answer.content)["value"])


def rewritten(answer: HttpResponse, rows: list[dict[str, Any]]) -> HttpResponse:
    body = {**msgspec.json.decode(answer.content), "value": rows}
    return HttpResponse(answer.status, answer.headers, msgspec.json.encode(body))


def test_of_a_message_that_stands_on_a_page_twice_the_last_word_counts(desk: Desk) -> None:
    three(desk)
    shown: dict[str, Any] = {}

    def note(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
        if request.path.endswith("delta"):
            shown.update((row["id"], row) for row in rows_of(answer))
        return answer

    def stale_first(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
        if not request.path.endswith("delta"):
            return answer
        rows = rows_of(answer)
        return rewritten(answer, [*(shown[row["id"]] for row in rows if "@removed" in row), *rows])

    desk.simulator.after = note
    desk.read()
    desk.simulator.after = stale_first
    desk.delete("b")
    desk.read()
    assert desk.shelf.where() == [("a@v", "sentitems"), ("c@v", "inbox")]


def test_where_changes_are_not_offered_everything_is_listed(desk: Desk) -> None:
    three(desk)

    def not_offered(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
        return HttpResponse(400, {}, b"{}") if request.path.endswith("delta") else answer

    desk.simulator.after = not_offered
    desk.read()
    desk.delete("c")
    desk.read()
    assert desk.shelf.where() == [("a@v", "sentitems"), ("b@v", "inbox")]
    assert desk.shelf.reads == ["a@v", "b@v", "c@v"]
    changes = next(line for line in desk.mailbox().check() if line.subject == "changes")
    assert not changes.ok


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


def test_what_was_told_as_removed_is_asked_for_once_though_all_is_listed(desk: Desk) -> None:
    three(desk)
    desk.read()
    desk.now.advance(4000)
    desk.delete("a")
    desk.delete("b")
    del desk.simulator.asked[:]
    desk.read()
    assert len([request for request in desk.asked("/messages/AA") if "$value" not in request.path]) == 2
    assert desk.shelf.where() == [("c@v", "inbox")]


def test_many_messages_of_one_second_are_all_listed() -> None:
    desk = Desk(backend={"batch": 10})
    raws = {f"m{n}": NOON - timedelta(seconds=9, microseconds=n * 31_000) for n in range(30)}
    for name, at in raws.items():
        desk.box.plan(Change(at, "deliver", name, "inbox", mail(f"{name}@v")))
    desk.box.advance(NOON)
    settings = desk.settings()
    api = GraphApi(settings.backend, desk.toolkit(), settings.caps())  # type: ignore[arg-type]  # of kind graph
    pages = list(api.listing(desk.box.folder("inbox").id, None))
    assert sorted(item.id for page in pages for item in page) == sorted(
        each.immutable for each in desk.box.messages.values()
    )
    desk.close()


def test_a_listing_does_not_reach_before_the_beginning() -> None:
    desk = Desk(backfill_from=NOON - timedelta(minutes=15), backend={"relist_after": 60})
    three(desk)
    desk.read()
    desk.now.advance(60)
    desk.read()
    listings = [request.query for request in desk.simulator.asked if "orderby" in request.query]
    assert listings
    assert all("receivedDateTime%20ge%202026-03-02T11%3A45%3A00Z" in query for query in listings)
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


def test_a_stop_among_changes_loses_none_of_them_before_all_is_listed_again() -> None:
    desk = Desk(backend={"batch": 10})
    desk.deliver("m", minute=-90)
    desk.read()
    desk.now.advance(60)
    for n in range(35):
        desk.deliver(f"m{n}", minute=n - 60)
    for _ in range(3):
        desk.read(looks=1)
        desk.restart()
    desk.read()
    assert desk.shelf.where() == sorted([("m@v", "INBOX"), *((f"m{n}@v", "INBOX") for n in range(35))])
    assert not any("orderby" in request.query for request in desk.simulator.asked)
    desk.close()


def test_a_message_lies_where_it_is_shown_whatever_it_says_of_its_folder(desk: Desk) -> None:
    three(desk)

    def elsewhere(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
        if not request.path.endswith("delta"):
            return answer
        return rewritten(answer, [{**row, "parentFolderId": "AQMkAnotherWord"} for row in rows_of(answer)])

    desk.simulator.after = elsewhere
    desk.read()
    assert desk.shelf.where() == [("a@v", "sentitems"), ("b@v", "inbox"), ("c@v", "inbox")]


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


def test_what_made_no_record_and_is_gone_is_remembered_no_longer() -> None:
    desk = Desk(options={"mailbox": "personal", "folders": ["inbox"]})
    desk.shelf.silent = private
    desk.deliver("p", minute=-5, subject="Dinner")
    desk.read()
    assert json.loads(desk.cursor or "")["passed"]
    desk.delete("p")
    desk.now.advance(4000)
    desk.read()
    assert not json.loads(desk.cursor or "")["passed"]
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
