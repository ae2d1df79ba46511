"""A desk in front of a simulated instance: asks with good credentials, at an instant of the test's choosing."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec

from connectors.servicenow.simulator import ServiceNowSimulator, build_simulator
from syncd.ports.toolkit import HttpRequest, HttpResponse

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


class Desk:
    """One simulator and a reader of it; `now` moves only when the test says so."""

    def __init__(self, script: Mapping[str, object] | None = None, *, seed: int = 1, **more: object) -> None:
        whole = {**(script or {}), **more}
        chosen = whole if whole.keys() & {"tickets_per_day", "incident_event_log"} else {"rows": {}, **whole}
        self.simulator: ServiceNowSimulator = build_simulator(seed, chosen)
        self.world = self.simulator.world
        self.now = MORNING + timedelta(days=1)

    def basic(self) -> dict[str, str]:
        word = b64encode(f"{self.simulator.gate.username}:{self.simulator.gate.password}".encode()).decode()
        return {"authorization": f"Basic {word}", "accept": "application/json"}

    def ask(self, path: str, /, **params: str) -> HttpResponse:
        return self.send(path, self.basic(), **params)

    def send(self, path: str, headers: Mapping[str, str], /, **params: str) -> HttpResponse:
        query = urlencode({f"sysparm_{name}": value for name, value in params.items()})
        return self.simulator.respond(HttpRequest("GET", path, query, headers), self.now)

    def table(self, name: str, query: str = "", /, **params: str) -> HttpResponse:
        return self.ask(f"/api/now/table/{name}", query=query, **params)

    def rows(self, name: str, query: str = "", /, **params: str) -> list[dict[str, Any]]:
        response = self.table(name, query, **params)
        assert response.status == 200
        return list(msgspec.json.decode(response.content)["result"])

    def values(self, name: str, column: str, query: str = "", /, **params: str) -> list[Any]:
        return [row[column] for row in self.rows(name, query, fields=column, **params)]

    def incident(self, number: str, *, after: float = 0, by: str = "anna.berg", **values: str) -> str:
        whole = {"number": number, "state": "1", "priority": "3", **values}
        return self.world.insert("incident", whole, at=MORNING + minutes(after), by=by)


def decoded(response: HttpResponse) -> Any:
    return msgspec.json.decode(response.content)
