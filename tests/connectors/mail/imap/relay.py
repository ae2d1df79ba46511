"""A wire with an ear: between a reader and a server, noting every command, and cutting the line where it is told to."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Self


class Relay:
    """Listens on loopback and passes on; `commands` is what clients sent, line by line."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.sent = b""
        self.answered = 0
        """Bytes that the server sent so far."""
        self.cut_at: int | None = None
        """The line is cut once, when the server has sent so many bytes."""
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._closed = False
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        for each in (self._listener, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    @property
    def commands(self) -> list[bytes]:
        """Every command without its tag, logins without what is secret in them."""
        return [line.partition(b" ")[2] for line in self.sent.split(b"\r\n") if b" " in line]

    def _serve(self) -> None:
        while not self._closed:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                return
            self._open += [client, server]
            threading.Thread(target=self._up, args=(client, server), daemon=True).start()
            threading.Thread(target=self._down, args=(client, server), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                self.sent += data
                server.sendall(data)
        _end(client, server)

    def _down(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                with self._lock:
                    cut = None if self.cut_at is None else self.cut_at - self.answered
                    if cut is not None and cut <= len(data):
                        self.cut_at = None
                        data = data[: max(0, cut)]
                        self.answered += len(data)
                        client.sendall(data)
                        break
                    self.answered += len(data)
                client.sendall(data)
        _end(client, server)


def _end(*ends: socket.socket) -> None:
    for each in ends:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


@contextmanager
def relayed(port: int) -> Iterator[Relay]:
    """Yield a wire to a port."""
    with Relay(port) as relay:
        yield relay
