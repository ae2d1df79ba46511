"""Everything is listed again from time to time: what no change tells is found, and nothing is called gone in haste."""

from datetime import timedelta

from connectors.mail.graph.api import GraphApi
from connectors.mail.simulator.box import Change
from syncd.ports.toolkit import HttpRequest, HttpResponse
from tests.connectors.mail.graph.desk import FOLDERS, NOON, Desk, three
from tests.connectors.mail.letters import mail


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
