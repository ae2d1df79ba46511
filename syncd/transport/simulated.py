"""A simulator in place of a source, in the same process: for the seeded driver, where time is virtual."""

import threading
from collections.abc import Iterator

import httpx

from syncd.ports.connector import Simulator
from syncd.ports.now import Now
from syncd.ports.toolkit import HttpRequest
from syncd.transport.faults import PIECES, Fault, fault_of, pieces, sent_headers
from syncd.transport.served import ServedSimulator, serve
from syncd.transport.waiting import wait_out

__all__ = ["ServedSimulator", "SimulatorTransport", "serve"]


class SimulatorTransport(httpx.BaseTransport):
    """Answers httpx's requests from a simulator, one at a time, with the faults it asks for.

    Delays pass on `now`, up to the request's read timeout, which then is over. Nothing waits on a virtual clock.
    """

    def __init__(self, simulator: Simulator, now: Now) -> None:
        self._simulator = simulator
        self._now = now
        self._lock = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the simulator's answer, or raise what httpx raises for its faults."""
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = HttpRequest(request.method, path, query, headers, request.read())
        with self._lock:
            answer = self._simulator.respond(asked, self._now.utc())
        fault = fault_of(answer)
        if fault is not None and fault.kind == "drop":
            message = "Server disconnected without sending a response."
            raise httpx.RemoteProtocolError(message, request=request)
        if fault is not None and fault.kind == "delay":
            _pass(self._now, fault.seconds, request)
        headers = {**sent_headers(answer, self._now.utc()), "content-length": str(len(answer.content))}
        body = _Body(answer.content, fault, self._now, request)
        return httpx.Response(answer.status, headers=headers, stream=body, request=request)


class _Body(httpx.SyncByteStream):
    """An answer's body on its way."""

    def __init__(self, content: bytes, fault: Fault | None, now: Now, request: httpx.Request) -> None:
        self._content = content
        self._fault = fault
        self._now = now
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        if self._fault is not None and self._fault.kind == "truncate":
            half = len(self._content) // 2
            yield self._content[:half]
            message = "peer closed connection without sending complete message body"
            raise httpx.RemoteProtocolError(message, request=self._request)
        if self._fault is not None and self._fault.kind == "drip":
            for piece in pieces(self._content):
                _pass(self._now, self._fault.seconds / PIECES, self._request)
                yield piece
        else:
            yield self._content


def _pass(now: Now, seconds: float, request: httpx.Request) -> None:
    """Let time pass; raises as httpx does when that is longer than the request's read timeout."""
    timeout: float | None = request.extensions.get("timeout", {}).get("read")
    wait_out(now, seconds if timeout is None else min(seconds, timeout))
    if timeout is not None and seconds > timeout:
        message = "The read operation timed out"
        raise httpx.ReadTimeout(message, request=request)
