"""A mailbox in Graph is read whole, once, the oldest message first, whatever moves, goes, or is forgotten meanwhile."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from syncd.ports.toolkit import HttpRequest, HttpResponse
from tests.connectors.mail.graph.desk import FOLDERS, NOON, Desk, three


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


def test_a_message_lies_where_it_is_shown_whatever_it_says_of_its_folder(desk: Desk) -> None:
    three(desk)

    def elsewhere(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
        if not request.path.endswith("delta"):
            return answer
        return rewritten(answer, [{**row, "parentFolderId": "AQMkAnotherWord"} for row in rows_of(answer)])

    desk.simulator.after = elsewhere
    desk.read()
    assert desk.shelf.where() == [("a@v", "sentitems"), ("b@v", "inbox"), ("c@v", "inbox")]
