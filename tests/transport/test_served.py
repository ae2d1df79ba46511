import http.client
import socket
import threading
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

import httpx
import pytest

from syncd.errors import SourceReason, SourceUnavailable
from syncd.ports.toolkit import HttpRequest, HttpResponse
from syncd.testing.virtual_now import VirtualNow
from syncd.transport.limits import Limits
from syncd.transport.served import ServedSimulator
from syncd.transport.simulated import serve
from tests.transport.playground import TEN, Playground
from tests.transport.scripted import START, body, desk


@pytest.fixture
def playground() -> Playground:
    return Playground()


@pytest.fixture
def server(playground: Playground) -> Iterator[ServedSimulator]:
    with serve(playground, now=VirtualNow(START)) as running:
        yield running


def connection(server: ServedSimulator) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)


def test_the_simulator_sees_the_request_as_it_was_sent(playground: Playground, server: ServedSimulator) -> None:
    source = desk(None)
    source.toolkit.http(f"{server.url}/jira").post("/a%2Fb", json={"x": 1}, headers={"X-Some": "Thing"}, read=body)
    source.toolkit.http(server.url).get("/plain", params={"q": "a b"}, read=body)
    source.toolkit.close()
    (posted, at), (got, _) = playground.asked
    assert (posted.method, posted.path, posted.query, posted.content) == ("POST", "/jira/a%2Fb", "", b'{"x":1}')
    assert posted.headers["x-some"] == "Thing"
    assert (got.path, got.query) == ("/plain", "q=a%20b")
    assert at == START


def test_its_answer_arrives_whole_with_the_clocks_date(server: ServedSimulator) -> None:
    source = desk(None)
    answer: HttpResponse = source.toolkit.http(server.url).post("/echo", form={"a": "b"}, read=lambda answer: answer)
    source.toolkit.close()
    assert (answer.status, answer.content) == (200, b"a=b")
    assert answer.headers == {
        "content-type": "text/plain", "content-length": "3", "date": "Mon, 02 Mar 2026 09:00:00 GMT",
    }  # fmt: skip


def test_one_connection_serves_many_requests(server: ServedSimulator) -> None:
    link = connection(server)
    link.connect()
    port = link.sock.getsockname()
    for _ in range(3):
        link.request("GET", "/")
        assert link.getresponse().read() == b"{}"
        assert link.sock.getsockname() == port
    link.close()


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
def test_every_method_reaches_the_simulator(playground: Playground, server: ServedSimulator, method: str) -> None:
    link = connection(server)
    link.request(method, "/")
    answer = link.getresponse()
    assert (answer.status, answer.headers["content-length"]) == (200, "2")
    assert answer.read() == (b"" if method == "HEAD" else b"{}")
    link.close()
    assert playground.asked[0][0].method == method


def test_the_answer_to_head_is_a_head(server: ServedSimulator) -> None:
    heard = bytearray()
    where = urlsplit(server.url)
    with socket.create_connection((where.hostname, where.port), timeout=10) as link:
        link.sendall(b"HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        while piece := link.recv(4096):
            heard += piece
    assert b"content-length: 2\r\n" in heard
    assert heard.endswith(b"\r\n\r\n")


def test_repeated_headers_are_joined(playground: Playground, server: ServedSimulator) -> None:
    link = connection(server)
    link.putrequest("GET", "/")
    link.putheader("X-Many", "a")
    link.putheader("x-many", "b")
    link.endheaders()
    link.getresponse().read()
    link.close()
    assert playground.asked[0][0].headers["x-many"] == "a, b"


@pytest.mark.parametrize(
    ("headers", "status"), [({"Transfer-Encoding": "chunked"}, 411), ({"Content-Length": "some"}, 400)]
)
def test_a_body_whose_length_is_not_told_is_refused(
    playground: Playground, server: ServedSimulator, headers: dict[str, str], status: int
) -> None:
    link = connection(server)
    link.putrequest("POST", "/")
    for name, value in headers.items():
        link.putheader(name, value)
    link.endheaders()
    assert link.getresponse().status == status
    link.close()
    assert playground.asked == []


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("drop", "network"), ("truncate", "truncated"), ("delay:600", "timeout"), ("drip:600", "timeout")],
)
def test_a_fault_breaks_the_call(server: ServedSimulator, fault: str, reason: SourceReason) -> None:
    source = desk(None, limits=Limits(tries=1, read_timeout=0.2))
    with pytest.raises(SourceUnavailable) as caught:
        source.toolkit.http(server.url).get(f"/fault/{fault}", read=body)
    source.toolkit.close()
    assert caught.value.reason == reason


@pytest.mark.parametrize("fault", ["delay:0.01", "drip:0.1"])
def test_a_fault_that_only_takes_time(server: ServedSimulator, fault: str) -> None:
    source = desk(None)
    answer: HttpResponse = source.toolkit.http(server.url).get(f"/fault/{fault}", read=lambda answer: answer)
    source.toolkit.close()
    assert answer.content == TEN
    assert "x-simulate" not in answer.headers


def test_half_a_body_is_declared_whole(server: ServedSimulator) -> None:
    link = connection(server)
    link.request("GET", "/fault/truncate")
    answer = link.getresponse()
    assert answer.headers["content-length"] == "100"
    with pytest.raises(http.client.IncompleteRead) as caught:
        answer.read()
    link.close()
    assert len(caught.value.partial) == 50


def test_after_a_fault_the_next_connection_is_served(server: ServedSimulator) -> None:
    source = desk(None, limits=Limits(tries=1))
    api = source.toolkit.http(server.url)
    with pytest.raises(SourceUnavailable):
        api.get("/fault/drop", read=body)
    assert api.get("/", read=body) == b"{}"
    source.toolkit.close()


def test_a_fault_of_the_simulator_itself_is_shown(server: ServedSimulator, capfd: pytest.CaptureFixture[str]) -> None:
    link = connection(server)
    link.request("GET", "/broken")
    with pytest.raises(http.client.RemoteDisconnected):
        link.getresponse()
    link.close()
    server.close()
    assert "a fault of the simulator itself" in capfd.readouterr().err


def test_a_client_that_goes_away_is_not(server: ServedSimulator, capfd: pytest.CaptureFixture[str]) -> None:
    link = connection(server)
    link.request("GET", "/fault/drip:0.2")
    link.getresponse().close()
    link.sock.shutdown(socket.SHUT_RDWR)
    link.close()
    server.close()
    assert capfd.readouterr().err == ""


class Strict(Playground):
    """Fails when it is asked while it answers."""

    def __init__(self) -> None:
        super().__init__()
        self.inside = threading.Lock()

    def respond(self, request: HttpRequest, now: datetime) -> HttpResponse:
        assert self.inside.acquire(blocking=False), "two at once"
        try:
            threading.Event().wait(0.01)  # long enough for another thread to come in, if one can
            return super().respond(request, now)
        finally:
            self.inside.release()


def test_the_simulator_is_asked_by_one_thread_at_a_time() -> None:
    with serve(Strict(), now=VirtualNow(START)) as strict:
        source = desk(None, limits=Limits(concurrency=8, tries=1))
        api = source.toolkit.http(strict.url)
        assert source.toolkit.gather([lambda: api.get("/", read=body)] * 16) == [b"{}"] * 16
        source.toolkit.close()


def test_closing_ends_faults_in_progress_and_idle_connections_at_once(playground: Playground) -> None:
    running = serve(playground, now=VirtualNow(START))
    idle, waiting = connection(running), connection(running)
    idle.request("GET", "/")
    idle.getresponse().read()
    waiting.request("GET", "/fault/drip:3600")
    answer = waiting.getresponse()
    before = {thread for thread in threading.enumerate() if thread.is_alive()}
    running.close()
    running.close()
    assert not [thread for thread in before if "process_request_thread" in thread.name and thread.is_alive()]
    with pytest.raises(http.client.IncompleteRead):
        answer.read()
    assert idle.sock.recv(1) == b""
    idle.close()
    waiting.close()
    with pytest.raises(httpx.ConnectError):
        httpx.get(running.url, trust_env=False)


def test_a_port_in_use_is_told(server: ServedSimulator, playground: Playground) -> None:
    port = urlsplit(server.url).port
    assert port is not None
    with pytest.raises(OSError, match="in use"):
        serve(playground, port=port, now=VirtualNow(START))


def loopbacks() -> list[str]:
    """Return the loopback addresses that this machine has."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return ["127.0.0.1", "::1"]
    except OSError:
        return ["127.0.0.1"]


@pytest.mark.parametrize("host", loopbacks())
def test_its_address_is_one_that_clients_understand(playground: Playground, host: str) -> None:
    with serve(playground, host=host, now=VirtualNow(START)) as running:
        assert httpx.URL(running.url).host == host
        source = desk(None)
        assert source.toolkit.http(running.url).get("/", read=body) == b"{}"
        source.toolkit.close()
