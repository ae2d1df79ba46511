"""The HTTP server, in a thread of its own."""

import asyncio
import socket
from threading import Event, Thread

import uvicorn
from starlette.types import ASGIApp

START_SECONDS = 10.0
"""How long the server may take to accept connections."""

GRACE_SECONDS = 2
"""How long requests in flight may take to end once the server stops."""


class WebServer:
    """Serves an application until stopped; HTTP/1.1 only, without signal handlers and access logs.

    The address is bound by `start`, port 0 for any free one, unless a socket is given that listens already; `url` says
    where it is.
    """

    def __init__(
        self, app: ASGIApp, host: str = "127.0.0.1", port: int = 0, *, listening: socket.socket | None = None
    ) -> None:
        self._app = app
        self._host = host
        self._port = port
        self._socket = listening
        self._server: _Announcing | None = None
        self._thread: Thread | None = None

    @property
    def url(self) -> str:
        """The address to reach it at, without a slash at the end."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self.port}"

    @property
    def port(self) -> int:
        """The port that is bound, once it is."""
        return self._port

    @property
    def alive(self) -> bool:
        """Whether it is serving."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Bind and serve; returns when connections are accepted. Raises OSError when the address cannot be bound."""
        if self._thread is not None:
            raise RuntimeError("a server is started once")
        if self._socket is None:
            self._socket = self._bind()
        self._port = self._socket.getsockname()[1]
        config = uvicorn.Config(
            self._app, http="h11", ws="none", lifespan="off", loop="asyncio", log_config=None, access_log=False,
            server_header=False, proxy_headers=False, timeout_graceful_shutdown=GRACE_SECONDS,
        )  # fmt: skip
        self._server = _Announcing(config)
        self._thread = Thread(target=self._serve, args=(self._server, self._socket), name="web", daemon=True)
        self._thread.start()
        if not self._server.accepting.wait(START_SECONDS):
            self.stop()
            raise OSError(f"the HTTP server did not start on {self.url}")

    def listening(self) -> socket.socket | None:
        """Return the socket once more, to be kept open though the server stops; None where nothing is bound."""
        return None if self._socket is None else self._socket.dup()

    def stop(self) -> None:
        """Refuse new connections, let requests in flight end for a moment, and return; harmless when not running."""
        if self._server is None or self._thread is None or self._socket is None:
            return
        self._server.should_exit = True
        self._thread.join(GRACE_SECONDS + 1)
        self._server.force_exit = True
        self._thread.join(1)
        self._socket.close()

    def _bind(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        bound = socket.socket(family, socket.SOCK_STREAM)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind((self._host, self._port))
            bound.listen(128)
        except BaseException:
            bound.close()
            raise
        return bound

    @staticmethod
    def _serve(server: "_Announcing", bound: socket.socket) -> None:
        asyncio.run(server.serve(sockets=[bound]))


class _Announcing(uvicorn.Server):
    """A server that says when it accepts connections."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.accepting = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.accepting.set()
