"""A simulator on a loopback port, over real HTTP/1.1: for demos, tests of the whole daemon, and foreign clients.

Delays of faults are real seconds, whatever the clock, because the timeouts of sockets are.
"""

import socket
import socketserver
import sys
import threading
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Self

from syncd.ports.connector import Simulator
from syncd.ports.now import Now
from syncd.ports.toolkit import HttpRequest, HttpResponse
from syncd.transport.faults import PIECES, fault_of, pieces, sent_headers

_LENGTH_REQUIRED = 411
_BAD_REQUEST = 400
_JOIN_SECONDS = 5.0


class ServedSimulator:
    """A running server; `url` is its address. Close it, or use it as a context manager."""

    def __init__(self, server: "_Server") -> None:
        self._server = server
        host, port = server.server_address[:2]
        name = host.decode() if isinstance(host, bytes | bytearray) else str(host)
        self.url = f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
        self._thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="simulator", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering and hang up on whoever is connected; harmless when called again."""
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def serve(simulator: Simulator, *, host: str = "127.0.0.1", port: int = 0, now: Now) -> ServedSimulator:
    """Return a server that answers from a simulator; port 0 takes a free one. Raises OSError for a port in use."""
    return ServedSimulator(_Server((host, port), simulator, now))


class _Server(socketserver.ThreadingTCPServer):
    """One thread a connection; the simulator, a plain object, is asked by one of them at a time.

    Not `http.server.HTTPServer`, which asks the name service for the host's full name.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, address: tuple[str, int], simulator: Simulator, now: Now) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.closing = threading.Event()
        self._simulator = simulator
        self._now = now
        self._asking = threading.Lock()
        self._lock = threading.Lock()
        self._live: dict[socket.socket, threading.Thread] = {}
        super().__init__(address, _Handler)

    def ask(self, request: HttpRequest) -> tuple[HttpResponse, dict[str, str]]:
        """Return the simulator's answer, and the headers as they leave."""
        with self._asking:
            now = self._now.utc()
            answer = self._simulator.respond(request, now)
        return answer, sent_headers(answer, now)

    def joined(self, connection: socket.socket) -> None:
        """Note a connection and the thread that serves it."""
        with self._lock:
            self._live[connection] = threading.current_thread()
        if self.closing.is_set():
            _hang_up(connection)

    def left(self, connection: socket.socket) -> None:
        """Forget a connection."""
        with self._lock:
            self._live.pop(connection, None)

    def hang_up(self) -> None:
        """End every connection, faults in progress included, and await the threads that served them."""
        self.closing.set()
        with self._lock:
            live = dict(self._live)
        for connection in live:
            _hang_up(connection)
        for thread in live.values():
            thread.join(_JOIN_SECONDS)

    def handle_error(self, request: object, client_address: object) -> None:
        """Pass over clients that went away; a fault of the simulator itself is printed."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # typeshed: narrower than it takes


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was faster


class _Handler(BaseHTTPRequestHandler):
    """One connection: any number of requests, one after another."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        """Begin the connection."""
        super().setup()
        self.server.joined(self.connection)

    def finish(self) -> None:
        """End the connection."""
        self.server.left(self.connection)
        super().finish()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the parent's own name for it
        """Keep quiet: the simulator is not the log."""

    def _answer(self) -> None:
        length = self.headers.get("content-length", "0")
        if "transfer-encoding" in self.headers or not length.isdecimal():
            self.send_error(_LENGTH_REQUIRED if "transfer-encoding" in self.headers else _BAD_REQUEST)
            self.close_connection = True
            return
        content = self.rfile.read(int(length))
        path, _, query = self.path.partition("?")
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            known = headers.get(name.lower())
            headers[name.lower()] = value if known is None else f"{known}, {value}"
        self._send(*self.server.ask(HttpRequest(self.command, path, query, headers, content)))

    def _send(self, answer: HttpResponse, headers: dict[str, str]) -> None:
        fault = fault_of(answer)
        kind = None if fault is None else fault.kind
        seconds = 0.0 if fault is None else fault.seconds
        self.close_connection = self.close_connection or kind in {"drop", "truncate"}
        if kind == "drop" or (kind == "delay" and self.server.closing.wait(seconds)):
            return
        self.send_response_only(answer.status)
        for name, value in {**headers, "content-length": str(len(answer.content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if kind == "truncate":
            self.wfile.write(answer.content[: len(answer.content) // 2])
        elif kind == "drip":
            for piece in pieces(answer.content):
                if self.server.closing.wait(seconds / PIECES):
                    return
                self.wfile.write(piece)
        else:
            self.wfile.write(answer.content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer  # noqa: N815  http.server's names
