"""A server that says what it is told to, bytes and silences, one connection after another."""

import socket
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

Turn = Callable[[socket.socket], None]


class RawServer:
    """Serves each connection with the next turn of a script, then closes it; `heard` holds the requests' heads."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = list(turns)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(10)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.heard: list[bytes] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.join(10)
        self._socket.close()

    def _serve(self) -> None:
        for turn in self._turns:
            connection, _ = self._socket.accept()
            with connection:
                connection.settimeout(10)
                self.heard.append(connection.recv(65536))
                turn(connection)


def says(data: bytes) -> Turn:
    """Return a turn that sends these bytes."""

    def turn(connection: socket.socket) -> None:
        connection.sendall(data)

    return turn


def stays_silent_after(data: bytes) -> Turn:
    """Return a turn that sends these bytes and then waits until the client hangs up."""

    def turn(connection: socket.socket) -> None:
        connection.sendall(data)
        while connection.recv(65536):
            continue

    return turn
