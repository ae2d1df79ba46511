"""A start goes on where reading stopped, with what the store keeps; what makes no record is not read twice for it."""

import json

from connectors.mail.graph.standing import Standing, standing_of
from connectors.mail.graph.sweep import key_of
from connectors.mail.letter import Letter
from tests.connectors.mail.graph.desk import Desk, three


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


def test_a_cursor_remembers_twenty_thousand_copies_without_a_record_at_most() -> None:
    standing = Standing()
    standing.pass_over(f"a{n}" for n in range(15_000))
    standing.pass_over(f"b{n}" for n in range(15_000))
    assert len(standing.passed) == 20_000
    assert standing_of("mail", json.loads(json.dumps(standing.as_place()))) == standing
