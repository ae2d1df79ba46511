"""The server starts when it says so and stops in time."""

import signal
import socket
import threading
from time import monotonic

import pytest
from starlette.types import Receive, Scope, Send

from syncd.web.server import WebServer
from tests.web.facts import FixedFacts, an_app, ask


def a_server(host: str = "127.0.0.1", port: int = 0) -> WebServer:
    return WebServer(an_app(FixedFacts()), host, port)


def test_a_started_server_answers_at_its_address() -> None:
    server = a_server()
    server.start()
    try:
        assert server.url == f"http://127.0.0.1:{server.port}"
        assert server.port > 0
        assert server.alive
        assert ask(server.url, "/-/healthy").status == 200
    finally:
        server.stop()


def test_a_stopped_server_lets_go_of_its_address() -> None:
    server = a_server()
    server.start()
    port = server.port
    server.stop()
    assert not server.alive
    with pytest.raises(ConnectionRefusedError):
        ask(server.url, "/-/healthy")
    again = a_server(port=port)
    again.start()
    again.stop()


def test_an_address_in_use_is_an_error_at_the_start() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = a_server(port=taken.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            server.start()
        server.stop()
        assert not server.alive


def test_a_request_that_does_not_end_does_not_hold_up_the_stop() -> None:
    entered, released = threading.Event(), threading.Event()

    class Stuck(FixedFacts):
        def explain(self, source: str, ticket: str) -> str | None:
            entered.set()
            released.wait(30)
            return super().explain(source, ticket)

    server = WebServer(an_app(Stuck()))
    server.start()
    client = socket.create_connection(("127.0.0.1", server.port))
    try:
        client.sendall(b"GET /tickets/snow/INC0012345 HTTP/1.1\r\nHost: x\r\n\r\n")
        assert entered.wait(10)
        begun = monotonic()
        server.stop()
        assert monotonic() - begun < 10
    finally:
        released.set()
        client.close()


def test_an_idle_connection_does_not_hold_up_the_stop() -> None:
    server = a_server()
    server.start()
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 200")
        begun = monotonic()
        server.stop()
        assert monotonic() - begun < 10


def test_signals_stay_with_whoever_had_them() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    server = a_server()
    server.start()
    server.stop()
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


def test_a_server_is_started_once() -> None:
    server = a_server()
    server.start()
    try:
        with pytest.raises(RuntimeError, match="once"):
            server.start()
    finally:
        server.stop()


def test_stopping_what_never_started_is_harmless() -> None:
    a_server().stop()


def test_an_address_of_version_6_is_written_in_brackets() -> None:
    assert a_server("::1", 9465).url == "http://[::1]:9465"


def test_plain_asgi_applications_are_served_too() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": scope["path"].encode()[:0]})

    server = WebServer(app)
    server.start()
    try:
        assert ask(server.url, "/").status == 204
    finally:
        server.stop()
