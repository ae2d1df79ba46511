import gzip
from collections.abc import Iterator
from email.utils import format_datetime

import httpx
import pytest

from syncd import __version__
from syncd.errors import (
    SourceError,
    SourceMisunderstood,
    SourceReason,
    SourceRefused,
    SourceThrottled,
    SourceUnavailable,
)
from syncd.ports.toolkit import HttpApi, HttpResponse, Toolkit
from syncd.testing.virtual_now import VirtualNow
from syncd.transport.hooks import RequestFinished, Throttled
from syncd.transport.limits import Limits
from tests.transport.scripted import BASE, START, Line, LongestDraw, Scripted, body, desk, said, status


@pytest.mark.parametrize(
    ("lines", "error", "reason", "requests"),
    [
        pytest.param([status(401)], SourceRefused, "auth", 1, id="401"),
        pytest.param([status(403)], SourceRefused, "forbidden", 1, id="403"),
        pytest.param([status(404)], SourceRefused, "gone", 1, id="404"),
        pytest.param([status(400)], SourceRefused, "configuration", 1, id="400"),
        pytest.param([lambda _: status(500)], SourceUnavailable, "server", 5, id="500 five times"),
        pytest.param([lambda _: status(429)], SourceThrottled, "rate_limited", 5, id="429 five times"),
        pytest.param([httpx.ConnectError("no")], SourceUnavailable, "network", 5, id="no connection five times"),
        pytest.param([httpx.ReadTimeout("no")], SourceUnavailable, "timeout", 5, id="no answer five times"),
    ],
)
def test_what_is_not_answered_raises(
    lines: list[Line], error: type[SourceError], reason: SourceReason, requests: int
) -> None:
    script = Scripted(*lines)
    source = desk(script)
    with pytest.raises(error) as caught:
        source.toolkit.http(BASE).get("/api", read=body)
    source.toolkit.close()
    assert caught.value.reason == reason
    assert len(script.requests) == requests


def test_an_answer_after_failures_is_the_answer() -> None:
    script = Scripted(status(503), httpx.ReadTimeout("no"), status(429), said("at last"))
    source = desk(script)
    assert source.toolkit.http(BASE).get("/api", read=body) == b"at last"
    source.toolkit.close()
    assert [detail.outcome for detail in source.hooks.finished] == ["5xx", "error", "4xx", "2xx"]
    assert [detail.reason for detail in source.hooks.retries] == ["server", "timeout", "rate_limited"]


def test_what_is_sent() -> None:
    script = Scripted(said("{}"))
    source = desk(script)
    source.toolkit.http(f"{BASE}/jira/").get("/rest", params={"jql": "a = b"}, headers={"X-One": "1"}, read=body)
    source.toolkit.close()
    (request,) = script.requests
    assert (request.method, str(request.url)) == ("GET", f"{BASE}/jira/rest?jql=a%20%3D%20b")
    assert request.headers["accept"] == "application/json"
    assert request.headers["accept-encoding"] == "gzip"
    assert request.headers["user-agent"] == f"syncd/{__version__}"
    assert request.headers["x-one"] == "1"
    assert "authorization" not in request.headers
    assert "cookie" not in request.headers


def test_a_call_overrides_the_services_headers_and_these_the_usual_ones_whatever_their_case() -> None:
    script = Scripted(said("{}"))
    source = desk(script)
    api = source.toolkit.http(BASE, headers={"Accept": "text/csv", "X-A": "service"})
    api.get("/api", headers={"x-a": "call"}, read=body)
    source.toolkit.close()
    assert script.requests[0].headers["accept"] == "text/csv"
    assert script.requests[0].headers.get_list("x-a") == ["call"]


@pytest.mark.parametrize(
    ("json", "form", "sent", "kind"),
    [
        pytest.param({"ids": [1, 2]}, None, b'{"ids":[1,2]}', "application/json", id="JSON"),
        pytest.param([], None, b"[]", "application/json", id="an empty list"),
        pytest.param(None, {"a": "b c", "d": "é&="}, b"a=b+c&d=%C3%A9%26%3D", "application/x-www-form-urlencoded",
                     id="a form"),
        pytest.param(None, None, b"", None, id="nothing"),
    ],
)  # fmt: skip
def test_a_post_carries(json: object, form: dict[str, str] | None, sent: bytes, kind: str | None) -> None:
    script = Scripted(said("{}"))
    source = desk(script)
    source.toolkit.http(BASE).post("/api", json=json, form=form, read=body)
    source.toolkit.close()
    assert script.requests[0].method == "POST"
    assert script.requests[0].content == sent
    assert script.requests[0].headers.get("content-type") == kind


def test_a_post_with_two_bodies_is_a_bug() -> None:
    source = desk(Scripted(said("{}")))
    with pytest.raises(ValueError, match="not both"):
        source.toolkit.http(BASE).post("/api", json={}, form={}, read=body)
    source.toolkit.close()


def test_cookies_are_never_sent_back() -> None:
    script = Scripted(
        lambda _: said("{}", headers={"set-cookie": "JSESSIONID=1; Path=/; Domain=source.example"}),
    )
    source = desk(script)
    for path in ("/api", "/api/other", "/"):
        source.toolkit.http(BASE).get(path, read=body)
    source.toolkit.close()
    assert ["cookie" in request.headers for request in script.requests] == [False] * 3


@pytest.mark.parametrize("location", ["https://sso.example/login?token=canary", "/elsewhere"])
def test_a_redirect_is_not_followed_not_retried_and_told(location: str) -> None:
    script = Scripted(status(302, location=location))
    source = desk(script)
    with pytest.raises(SourceMisunderstood, match="login page") as caught:
        source.toolkit.http(BASE).get("/api", read=body)
    source.toolkit.close()
    assert caught.value.reason == "protocol"
    assert location.partition("?")[0] in str(caught.value)
    assert "canary" not in str(caught.value)
    assert len(script.requests) == 1


def test_read_sees_names_in_lower_case_and_the_body_decompressed() -> None:
    packed = gzip.compress(b'{"result":[]}')
    script = Scripted(httpx.Response(203, headers={"Content-Encoding": "gzip", "X-Total-Count": "7"}, content=packed))
    source = desk(script)
    answer: HttpResponse = source.toolkit.http(BASE).get("/api", read=lambda answer: answer)
    source.toolkit.close()
    assert answer.status == 203
    assert answer.headers["x-total-count"] == "7"
    assert answer.content == b'{"result":[]}'


def test_a_body_that_is_no_gzip_is_asked_for_again() -> None:
    broken = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"no gzip"))
    source = desk(Scripted(broken, said("fine")))
    assert source.toolkit.http(BASE).get("/api", read=body) == b"fine"
    source.toolkit.close()
    assert [detail.reason for detail in source.hooks.retries] == ["truncated"]


class Endless(httpx.SyncByteStream):
    """A body that never ends; each kilobyte of it takes so many virtual seconds."""

    def __init__(self, now: VirtualNow, seconds: float = 0.0) -> None:
        self.taken = 0
        self.closed = False
        self._now = now
        self._seconds = seconds

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self.taken += 1024
            self._now.advance(self._seconds)
            yield b"x" * 1024

    def close(self) -> None:
        self.closed = True


def test_an_answer_larger_than_the_bound_is_dropped_and_not_asked_for_again() -> None:
    now = VirtualNow(START)
    endless = Endless(now)
    script = Scripted(httpx.Response(200, stream=endless))
    source = desk(script, now=now, limits=Limits(answer_bytes=200_000))
    with pytest.raises(SourceMisunderstood, match="larger than 200000 bytes"):
        source.toolkit.http(BASE).get("/api", read=body)
    source.toolkit.close()
    assert endless.taken < 400_000
    assert endless.closed
    assert len(script.requests) == 1


def test_an_answer_that_drips_for_longer_than_an_answer_may_take_is_given_up() -> None:
    now = VirtualNow(START)
    script = Scripted(lambda _: httpx.Response(200, stream=Endless(now, 0.5)))
    source = desk(script, now=now, limits=Limits(answer_timeout=40, tries=1))
    with pytest.raises(SourceUnavailable, match="not complete after 40 s") as caught:
        source.toolkit.http(BASE).get("/api", read=body)
    source.toolkit.close()
    assert caught.value.reason == "timeout"
    assert now.monotonic() <= 41


def test_an_answer_of_exactly_the_bound_is_taken() -> None:
    source = desk(Scripted(said("x" * 1000)), limits=Limits(answer_bytes=1000))
    assert len(source.toolkit.http(BASE).get("/api", read=body)) == 1000
    source.toolkit.close()


def test_read_may_call_an_answer_no_answer() -> None:
    script = Scripted(said("<html>hibernating</html>"), said("", 202), said("{}"))
    source = desk(script, jitter=LongestDraw())

    def read(answer: HttpResponse) -> bytes:
        if answer.status == 202:
            raise SourceThrottled("snow", 50)
        if answer.content.startswith(b"<"):
            raise SourceUnavailable("snow", "sleeping")
        return answer.content

    assert source.toolkit.http(BASE).get("/api", read=read) == b"{}"
    source.toolkit.close()
    assert source.now.monotonic() == 51
    assert [detail.reason for detail in source.hooks.retries] == ["sleeping", "rate_limited"]


def test_a_page_that_is_no_answer_may_say_when_to_ask_again() -> None:
    script = Scripted(said("<html>", headers={"retry-after": "70"}), said("{}"))
    source = desk(script)

    def read(answer: HttpResponse) -> bytes:
        if answer.content.startswith(b"<"):
            raise SourceUnavailable("snow", "sleeping")
        return answer.content

    assert source.toolkit.http(BASE).get("/api", read=read) == b"{}"
    source.toolkit.close()
    assert source.now.monotonic() == 70


def test_anything_else_that_read_raises_leaves_at_once() -> None:
    script = Scripted(said("{}"))
    source = desk(script)

    def read(_: HttpResponse) -> bytes:
        raise KeyError

    with pytest.raises(KeyError):
        source.toolkit.http(BASE).get("/api", read=read)
    source.toolkit.close()
    assert len(script.requests) == 1


def test_read_may_itself_call_the_source() -> None:
    source = desk(Scripted(said("{}")))
    api = source.toolkit.http(BASE)
    assert api.get("/a", read=lambda _: api.get("/b", read=body)) == b"{}"
    source.toolkit.close()


@pytest.mark.parametrize(
    "retry_after",
    [
        pytest.param("90", id="seconds"),
        pytest.param("90.0", id="a float"),
        pytest.param(format_datetime(START.replace(minute=1, second=30), usegmt=True), id="a date"),
    ],
)
@pytest.mark.parametrize("number", [429, 503])
def test_retry_after_is_obeyed_exactly_once_and_never_jittered_down(number: int, retry_after: str) -> None:
    script = Scripted(status(number, retry_after=retry_after), said("{}"))
    source = desk(script)
    source.toolkit.http(BASE).get("/api", read=body)
    assert source.now.monotonic() == 90
    source.toolkit.http(BASE).get("/api", read=body)
    source.toolkit.close()
    assert source.now.monotonic() == 90
    assert len(script.requests) == 3
    assert source.hooks.waits == []


def test_a_longer_wait_than_our_patience_leaves_at_once_and_holds_every_call_until_it_is_over() -> None:
    script = Scripted(status(429, retry_after="1847"), said("{}"))
    source = desk(script)
    api = source.toolkit.http(BASE)
    with pytest.raises(SourceThrottled) as caught:
        api.get("/api", read=body)
    assert caught.value.retry_after == 1847
    source.now.advance(1000)
    with pytest.raises(SourceThrottled) as caught:
        source.toolkit.http(f"{BASE}/other").get("/api", read=body)
    assert caught.value.retry_after == 847
    assert len(script.requests) == 1
    source.now.advance(847)
    assert api.get("/api", read=body) == b"{}"
    source.toolkit.close()
    assert source.now.slept == []


def test_a_budget_that_is_used_up_is_waited_for_before_the_next_request() -> None:
    script = Scripted(said("{}", headers={"x-ratelimit-remaining": "0", "x-ratelimit-reset": "45"}), said("{}"))
    source = desk(script)
    api = source.toolkit.http(BASE)
    api.get("/api", read=body)
    assert source.now.monotonic() == 0
    api.get("/api", read=body)
    source.toolkit.close()
    assert source.now.monotonic() == 45
    assert source.hooks.waits == [Throttled("snow", "source", 45)]


def test_the_pace_holds_over_the_services_of_a_source() -> None:
    source = desk(Scripted(said("{}")), limits=Limits(requests_per_second=2))
    one, other = source.toolkit.http(BASE), source.toolkit.http("https://other.example")
    one.get("/api", read=body)
    other.get("/api", read=body)
    one.get("/api", read=body)
    source.toolkit.close()
    assert source.now.monotonic() == 1


def test_every_request_is_measured_without_the_wait_before_it() -> None:
    def slow(_: httpx.Request) -> httpx.Response:
        source.now.advance(3)
        return said("{}")

    source = desk(Scripted(slow), limits=Limits(requests_per_second=0.1))
    api = source.toolkit.http(BASE)
    api.get("/api", read=body)
    api.get("/api", read=body)
    source.toolkit.close()
    assert source.hooks.finished == [RequestFinished("snow", "2xx", 3)] * 2
    assert source.hooks.waits == [Throttled("snow", "pace", 7)]


def test_the_sources_clock_is_measured_on_good_and_bad_answers() -> None:
    ahead = format_datetime(START.replace(minute=2), usegmt=True)
    source = desk(Scripted(status(404, date=ahead)))
    assert source.toolkit.source_time() is None
    with pytest.raises(SourceRefused):
        source.toolkit.http(BASE).get("/api", read=body)
    source.toolkit.close()
    assert [detail.seconds for detail in source.hooks.skews] == [120]
    assert source.toolkit.source_time() == START.replace(minute=2)


def test_messages_name_the_call_but_not_its_query() -> None:
    source = desk(Scripted(status(404)))
    with pytest.raises(SourceRefused, match="GET /api/now: status 404") as caught:
        source.toolkit.http(BASE).get("/api/now", params={"q": "canary"}, read=body)
    source.toolkit.close()
    assert "canary" not in str(caught.value)


def test_closing_the_toolkit_closes_its_connections_and_may_be_done_twice() -> None:
    script = Scripted(said("{}"))
    source = desk(script)
    source.toolkit.close()
    source.toolkit.close()
    assert script.closed


def test_it_is_what_the_port_promises() -> None:
    source = desk(Scripted(said("{}")))
    toolkit: Toolkit = source.toolkit
    api: HttpApi = toolkit.http(BASE)
    source.toolkit.close()
    assert (toolkit.source, toolkit.now) == ("snow", source.now)
    assert callable(api.get)
