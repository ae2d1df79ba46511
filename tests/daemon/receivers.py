"""A receiver of webhooks on loopback, that keeps what it was sent."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Posted:
    """One request: where to, what, when it came, and how it was signed."""

    path: str
    body: dict[str, Any]
    at: datetime
    signature: str


@dataclass
class Receiver:
    """A running receiver."""

    url: str
    posted: list[Posted] = field(default_factory=list)

    def bodies(self, path: str) -> list[dict[str, Any]]:
        """What was sent to one path."""
        return [each.body for each in list(self.posted) if each.path == path]


@contextmanager
def a_receiver() -> Iterator[Receiver]:
    """Yield a receiver that takes everything."""
    posted: list[Posted] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            posted.append(Posted(self.path, body, datetime.now(UTC), self.headers.get("x-syncd-signature", "")))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the parent's own name for it
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield Receiver(f"http://127.0.0.1:{server.server_address[1]}", posted)
        server.shutdown()
        thread.join(10)
