"""A simulator that answers by path, and remembers what it was asked."""

from collections.abc import Mapping
from datetime import datetime

from syncd.ports.toolkit import HttpRequest, HttpResponse

TEN = b"0123456789" * 10


class Playground:
    """`syncd.ports.connector.Simulator` whose answer to `/fault/VALUE` asks for that fault."""

    def __init__(self) -> None:
        self.asked: list[tuple[HttpRequest, datetime]] = []
        self.once: dict[str, HttpResponse] = {}

    def respond(self, request: HttpRequest, now: datetime) -> HttpResponse:
        self.asked.append((request, now))
        if request.path in self.once:
            return self.once.pop(request.path)
        if request.path.startswith("/fault/"):
            return HttpResponse(200, {"x-simulate": request.path.removeprefix("/fault/")}, TEN)
        if request.path == "/echo":
            return HttpResponse(200, {"content-type": "text/plain"}, request.content)
        if request.path == "/broken":
            message = "a fault of the simulator itself"
            raise ZeroDivisionError(message)
        return HttpResponse(200, {"content-type": "application/json"}, b"{}")

    def options(self, base_url: str) -> Mapping[str, object]:
        return {"url": base_url}

    def credentials(self) -> Mapping[str, str]:
        return {}
