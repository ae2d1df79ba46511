"""Answers that are none, links that lead astray, a service that wants to be left alone: nothing is lost or believed."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from connectors.mail.graph.bare import message_of
from connectors.mail.limits import Limits as MailLimits
from connectors.mail.simulator.box import immutable_id
from syncd.errors import SourceError, SourceMisunderstood, SourceRefused, SourceThrottled, SourceUnavailable
from syncd.ports.toolkit import HttpRequest, HttpResponse
from syncd.transport.limits import Limits
from tests.connectors.mail.graph.desk import Desk

IDS = [f"m{n}@v" for n in range(25)]


def a_desk(*faults: dict[str, Any], **more: Any) -> Desk:
    desk = Desk({"conversations_per_day": 0.0, "faults": list(faults)}, backend={"batch": 10}, **more)
    for n in range(25):
        desk.deliver(f"m{n}", minute=n - 60)
    return desk


@pytest.fixture(name="quiet")
def a_quiet_desk() -> Iterator[Desk]:
    desk = a_desk()
    yield desk
    desk.close()


@pytest.mark.parametrize(
    ("kind", "error", "reason"),
    [
        pytest.param("html", SourceUnavailable, "sleeping", id="a login page with status 200"),
        pytest.param("truncate", SourceUnavailable, "truncated", id="JSON that stops short"),
        pytest.param("cut", SourceUnavailable, "truncated", id="a connection that breaks within the body"),
        pytest.param("drop", SourceUnavailable, "network", id="a connection that breaks before the answer"),
        pytest.param("500", SourceUnavailable, "server", id="a server error"),
        pytest.param("504", SourceUnavailable, "server", id="a gateway that waits no longer"),
        pytest.param("forbidden", SourceRefused, "forbidden", id="a consent that was taken back"),
        pytest.param("unauthorised", SourceRefused, "auth", id="tokens that are not accepted"),
        pytest.param("foreign_link", SourceMisunderstood, "protocol", id="a link to another host"),
        pytest.param("same_link", SourceMisunderstood, "protocol", id="a link that leads back"),
    ],
)  # fmt: skip
def test_a_broken_answer_is_told_and_the_next_pass_loses_nothing(kind: str, error: type, reason: str) -> None:
    desk = a_desk({"kind": kind, "path": "delta", "from": 60, "until": 1000})
    desk.read()
    desk.now.advance(60)
    desk.deliver("late", minute=1)
    before = desk.cursor
    with pytest.raises(error) as told:
        desk.read()
    assert isinstance(told.value, SourceError)
    assert told.value.reason == reason
    assert desk.cursor == before
    desk.now.advance(1000)
    desk.read()
    assert desk.shelf.reads == [*IDS, "late@v"]
    desk.close()


def test_links_that_lead_in_a_circle_are_left(quiet: Desk) -> None:
    def circle(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
        if not request.path.endswith("delta"):
            return answer
        other = "b" if "skiptoken=a" in request.query else "a"
        body = {"value": [], "@odata.nextLink": f"http://127.0.0.1:8080/v1.0/x?$skiptoken={other}"}
        return HttpResponse(200, {"content-type": "application/json"}, msgspec.json.encode(body))

    quiet.simulator.after = circle
    with pytest.raises(SourceMisunderstood, match="lead back"):
        quiet.read()
    assert len(quiet.asked("delta")) == 3


@pytest.mark.parametrize(
    ("kind", "path"),
    [("html", "$value"), ("cut", "$value"), ("504", "delta"), ("truncate", "delta"), ("429", ""), ("503", "")],
)
def test_a_fault_that_passes_is_waited_out(kind: str, path: str) -> None:
    desk = a_desk({"kind": kind, "path": path, "times": 2, "seconds": 7})
    desk.read()
    assert desk.shelf.reads == IDS
    desk.close()


@pytest.mark.parametrize("kind", ["429", "503"])
def test_a_service_that_names_a_wait_is_left_alone_that_long(kind: str) -> None:
    desk = a_desk({"kind": kind, "path": "delta", "times": 1, "seconds": 41})
    desk.read()
    assert sum(desk.now.slept) >= 41
    desk.close()


def test_a_longer_wait_is_left_to_the_worker_with_its_length() -> None:
    desk = a_desk({"kind": "429", "path": "delta", "seconds": 900})
    with pytest.raises(SourceThrottled) as throttled:
        desk.read()
    assert throttled.value.retry_after == 900
    desk.close()


def test_ten_thousand_requests_in_ten_minutes_are_not_passed_over() -> None:
    desk = Desk({"conversations_per_day": 0.0, "requests_per_10_minutes": 20}, backend={"batch": 10})
    for n in range(25):
        desk.deliver(f"m{n}", minute=n - 60)
    for _ in range(5):
        try:
            desk.read()
        except SourceThrottled as throttled:
            desk.now.advance(throttled.retry_after)
        desk.restart()
    assert sorted(desk.shelf.where()) == sorted((each, "INBOX") for each in IDS)
    desk.close()


def test_rows_that_come_twice_are_one_message() -> None:
    desk = a_desk({"kind": "repeat"})
    desk.read()
    assert desk.shelf.reads == IDS
    desk.close()


def test_a_list_that_ends_too_early_is_listed_to_its_end() -> None:
    desk = a_desk({"kind": "missing_link", "path": "messages"})
    desk.read()
    assert sorted(desk.shelf.reads) == sorted(IDS)
    desk.close()


def test_a_change_with_too_few_properties_is_asked_for() -> None:
    desk = a_desk({"kind": "partial", "path": "delta", "from": 60})
    desk.read()
    desk.now.advance(60)
    desk.deliver("late", minute=1)
    desk.mark("m3", "Waiting")
    desk.read()
    assert desk.shelf.reads == [*IDS, "late@v"]
    assert [copy.flags for copy in desk.shelf.copies.values() if copy.flags] == [("Waiting",)]
    desk.close()


def test_a_token_that_is_revoked_is_replaced() -> None:
    desk = a_desk({"kind": "revoke", "path": "delta", "times": 1})
    desk.read()
    assert desk.shelf.reads == IDS
    assert len(desk.asked("/token")) == 2
    desk.close()


@pytest.mark.parametrize("skew", [-7200.0, 7200.0])
def test_the_services_own_clock_decides_nothing(skew: float) -> None:
    desk = Desk({"conversations_per_day": 0.0, "clock_skew": skew}, backend={"relist_after": 600})
    desk.deliver("a", minute=-5)
    desk.read()
    before = len(desk.simulator.asked)
    desk.read()
    assert not any("orderby" in request.query for request in desk.simulator.asked[before:])
    assert desk.shelf.reads == ["a@v"]
    desk.close()


def test_a_message_larger_than_what_is_looked_at_is_not_fetched(quiet: Desk) -> None:
    quiet.deliver("huge", minute=-1, size=200_000_000, body="Please help.", refs="m1@v", Received=came())
    quiet.read()
    (letter,) = [each for each in quiet.shelf.letters.values() if each.message_id == "huge@v"]
    assert len(quiet.asked("$value")) == 25
    assert letter.ancestors == ("m1@v",)
    assert (letter.text, letter.sender, letter.size) == ("Please help.", "vera@vendor.example", 200_000_000)
    assert list(letter.problems) == ["message_too_large"]


def test_a_sent_message_that_is_too_large_is_read_by_its_properties(quiet: Desk) -> None:
    sender, to = "Ina <ina@example.com>", "Vera <vera@acme.example>"
    quiet.deliver("huge", "sentitems", minute=-1, size=200_000_000, sender=sender, to=to, subject="Größe")
    quiet.read()
    (letter,) = [each for each in quiet.shelf.letters.values() if each.message_id == "huge@v"]
    assert (letter.sender, letter.to, letter.subject) == ("ina@example.com", ("vera@acme.example",), "Größe")
    assert letter.date is not None


def test_a_message_that_cannot_be_converted_is_read_by_header_and_text() -> None:
    desk = a_desk({"kind": "mime", "path": "AAkA"})
    desk.read()
    assert desk.shelf.reads == IDS
    assert {code for letter in desk.shelf.letters.values() for code in letter.problems} == {"message_not_whole"}
    desk.close()


def test_an_answer_larger_than_any_may_be_is_replaced_by_header_and_text() -> None:
    desk = Desk(limits=Limits(answer_bytes=20_000))
    desk.deliver("big", minute=-5, body="x" * 30_000 + " " * 1, size=10)
    desk.deliver("small", minute=-4)
    with pytest.raises(SourceMisunderstood):
        desk.read()  # its text alone is larger as well
    desk.close()


def test_a_message_that_cannot_be_read_at_all_stops_the_others_three_times_at_most() -> None:
    path = immutable_id(1, 1).replace("=", "%3D")
    desk = Desk({"conversations_per_day": 0.0, "faults": [{"kind": "500", "path": path}]})
    desk.deliver("bad", minute=-5)
    desk.deliver("good", minute=-4)
    source = desk.mailbox()
    for _ in range(2):
        with pytest.raises(SourceUnavailable):
            desk.read(source)
    desk.read(source)
    desk.now.advance(4000)
    asked = len(desk.asked(path))
    desk.read(source)
    assert len(desk.asked(path)) == asked, "what is left out is not asked for again before a start"
    assert desk.shelf.reads == ["good@v"]
    assert [problem.code for problem in desk.shelf.problems] == ["unreadable_message"]
    desk.close()


def test_a_connection_that_breaks_is_no_messages_fault() -> None:
    desk = Desk({"conversations_per_day": 0.0, "faults": [{"kind": "drop", "path": "$value", "until": 5000}]})
    desk.deliver("a", minute=-5)
    source = desk.mailbox()
    for _ in range(4):
        with pytest.raises(SourceUnavailable):
            desk.read(source)
        desk.now.advance(60)
    desk.now.advance(5000)
    desk.read(source)
    assert desk.shelf.reads == ["a@v"]
    desk.close()


def test_an_error_with_status_200_is_no_empty_folder(quiet: Desk) -> None:
    body = {"error": {"code": "ErrorInternalServerTransientError", "message": "Later."}, "value": []}

    def erring(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
        if not request.path.endswith("delta"):
            return answer
        return HttpResponse(200, {"content-type": "application/json"}, msgspec.json.encode(body))

    quiet.simulator.after = erring
    with pytest.raises(SourceUnavailable):
        quiet.read()


@pytest.mark.parametrize("name", ["flag", "categories", "isDraft", "parentFolderId", "lastModifiedDateTime"])
def test_a_row_that_lacks_one_property_is_asked_for(name: str, quiet: Desk) -> None:
    def lacking(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
        if not request.path.endswith("delta"):
            return answer
        body = msgspec.json.decode(answer.content)
        rows = [{key: value for key, value in row.items() if key != name} for row in body["value"]]
        return HttpResponse(200, answer.headers, msgspec.json.encode({**body, "value": rows}))

    quiet.simulator.after = lacking
    quiet.read()
    assert quiet.shelf.reads == IDS
    assert len([request for request in quiet.asked("/messages/AA") if "$value" not in request.path]) == 25


def test_a_line_break_in_a_header_field_makes_no_further_field() -> None:
    headers = [{"name": "Subject", "value": "x\r\nX-Syncd: notice"}, {"name": "Content-Type", "value": "text/html"}]
    raw = message_of({"internetMessageHeaders": headers, "body": {"content": "words"}}, MailLimits())
    lines = raw.split(b"\r\n\r\n")[0].split(b"\r\n")
    assert [line for line in lines if line.lower().startswith((b"x-syncd", b"content-type"))] == [
        b"Content-Type: text/plain; charset=utf-8"
    ]


def came() -> str:
    return "from mail.v by mx.example.com; Mon, 02 Mar 2026 12:00:00 +0000"


def test_a_message_that_goes_while_it_is_fetched_is_passed_over(quiet: Desk) -> None:
    def deleted(request: object) -> None:
        if "value" in str(getattr(request, "path", "")):
            quiet.simulator.before = lambda _: None
            quiet.delete("m0")

    quiet.simulator.before = deleted
    quiet.read()
    assert quiet.shelf.reads == IDS[1:]
    quiet.now.advance(1)
    quiet.read()
    assert quiet.shelf.reads == IDS[1:]
