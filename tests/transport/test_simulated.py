from datetime import timedelta

import httpx
import pytest

from syncd.errors import SourceReason, SourceUnavailable
from syncd.ports.connector import Simulator
from syncd.ports.toolkit import HttpRequest, HttpResponse
from syncd.testing.virtual_now import VirtualNow
from syncd.transport.faults import fault_of, pieces
from syncd.transport.limits import Limits
from syncd.transport.simulated import SimulatorTransport
from tests.transport.playground import TEN, Playground
from tests.transport.scripted import BASE, START, Desk, body, desk


def mounted(simulator: Simulator, limits: Limits | None = None) -> Desk:
    now = VirtualNow(START)
    return desk(SimulatorTransport(simulator, now), now=now, limits=limits or Limits(tries=1))


def test_the_simulator_sees_the_request_as_it_would_on_the_wire() -> None:
    playground = Playground()
    source = mounted(playground)
    source.toolkit.http(f"{BASE}/jira").post("/a%2Fb", json={"x": 1}, headers={"X-Some": "Thing"}, read=body)
    source.toolkit.http(BASE).get("/plain", params={"q": "a b"}, read=body)
    source.toolkit.close()
    (posted, at), (got, _) = playground.asked
    assert (posted.method, posted.path, posted.query, posted.content) == ("POST", "/jira/a%2Fb", "", b'{"x":1}')
    assert posted.headers["x-some"] == "Thing"
    assert posted.headers["host"] == "source.example"
    assert (got.path, got.query) == ("/plain", "q=a%20b")
    assert at == START


def test_its_answer_arrives_with_the_virtual_date() -> None:
    source = mounted(Playground())
    answer: HttpResponse = source.toolkit.http(BASE).post("/echo", form={"a": "b"}, read=lambda answer: answer)
    source.toolkit.close()
    assert (answer.status, answer.content) == (200, b"a=b")
    assert answer.headers["content-type"] == "text/plain"
    assert answer.headers["date"] == "Mon, 02 Mar 2026 09:00:00 GMT"


def test_a_simulator_with_a_clock_of_its_own_keeps_it() -> None:
    playground = Playground()
    playground.once["/"] = HttpResponse(200, {"date": "Mon, 02 Mar 2026 11:00:00 GMT"}, b"{}")
    source = mounted(playground)
    source.toolkit.http(BASE).get("/", read=body)
    source.toolkit.close()
    assert [detail.seconds for detail in source.hooks.skews] == [7200]


@pytest.mark.parametrize(
    ("fault", "reason", "passed"),
    [
        pytest.param("drop", "network", 0, id="drop is no answer"),
        pytest.param("truncate", "truncated", 0, id="truncate is half a body"),
        pytest.param("delay:76", "timeout", 75, id="a delay beyond the read timeout takes just that long"),
        pytest.param("drip:760", "timeout", 75, id="so does a drip whose pieces are that far apart"),
    ],
)
def test_a_fault_that_breaks_the_call(fault: str, reason: SourceReason, passed: float) -> None:
    source = mounted(Playground())
    with pytest.raises(SourceUnavailable) as caught:
        source.toolkit.http(BASE).get(f"/fault/{fault}", read=body)
    source.toolkit.close()
    assert caught.value.reason == reason
    assert source.now.monotonic() == passed


@pytest.mark.parametrize(
    ("fault", "passed"),
    [
        pytest.param("delay:74", 74, id="a delay within the read timeout"),
        pytest.param("drip:200", 200, id="a drip whose pieces come in time"),
        pytest.param("delay:0", 0, id="no delay"),
    ],
)
def test_a_fault_that_only_takes_time(fault: str, passed: float) -> None:
    source = mounted(Playground())
    assert source.toolkit.http(BASE).get(f"/fault/{fault}", read=body) == TEN
    source.toolkit.close()
    assert source.now.utc() == START + timedelta(seconds=passed)


def test_a_drip_can_take_longer_than_an_answer_may() -> None:
    source = mounted(Playground(), Limits(tries=1, answer_timeout=100))
    with pytest.raises(SourceUnavailable, match="not complete"):
        source.toolkit.http(BASE).get("/fault/drip:200", read=body)
    source.toolkit.close()


def test_the_fault_itself_is_never_sent() -> None:
    source = mounted(Playground())
    headers = source.toolkit.http(BASE).get("/fault/delay:1", read=lambda answer: answer.headers)
    source.toolkit.close()
    assert "x-simulate" not in headers


def test_half_a_body_arrives_of_one_that_was_declared_whole() -> None:
    with (
        httpx.Client(transport=SimulatorTransport(Playground(), VirtualNow(START))) as client,
        client.stream("GET", f"{BASE}/fault/truncate") as answer,
    ):
        arriving = answer.iter_raw()
        assert answer.headers["content-length"] == "100"
        assert next(arriving) == TEN[:50]
        with pytest.raises(httpx.RemoteProtocolError):
            next(arriving)


def test_a_client_without_timeouts_waits_as_long_as_it_takes() -> None:
    now = VirtualNow(START)
    with httpx.Client(transport=SimulatorTransport(Playground(), now), timeout=None) as client:  # noqa: S113  the point
        assert client.get(f"{BASE}/fault/delay:1000").content == TEN
    assert now.monotonic() == 1000


@pytest.mark.parametrize("value", ["", "explode", "delay", "delay:", "delay:-1", "delay:nan", "drip:x", "drop:3"])
def test_a_fault_that_does_not_exist_is_a_bug_of_the_simulator(value: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        fault_of(HttpResponse(200, {"x-simulate": value}))


@pytest.mark.parametrize(("length", "count"), [(0, 0), (1, 1), (9, 9), (10, 10), (11, 6), (100, 10), (1005, 10)])
def test_a_body_is_cut_into_ten_pieces_at_most(length: int, count: int) -> None:
    content = bytes(index % 251 for index in range(length))
    cut = list(pieces(content))
    assert b"".join(cut) == content
    assert len(cut) == count


def test_playgrounds_are_simulators() -> None:
    simulator: Simulator = Playground()
    assert simulator.respond(HttpRequest("GET", "/"), START).status == 200
