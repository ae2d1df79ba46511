"""A desk in front of a simulated site: asks with good credentials, at an instant of the test's choosing."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec

from connectors.jira.simulator import JiraSimulator, build_simulator
from connectors.jira.simulator.explicit import created
from syncd.ports.toolkit import HttpRequest, HttpResponse

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
ALL = "project in (VND, OPS) ORDER BY updated ASC, id ASC"


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


class Desk:
    """One simulator and a reader of it; `now` moves only when the test says so."""

    def __init__(self, script: Mapping[str, object] | None = None, *, seed: int = 1, **more: object) -> None:
        script = {**(script or {}), **more}
        told = script.keys() & {"tickets_per_day", "plenty", "changes"}
        whole = script if told else {"changes": [], **script}
        self.simulator: JiraSimulator = build_simulator(seed, whole)
        self.world = self.simulator.world
        self.now = MORNING + timedelta(days=1)
        self.cloud = script.get("product", "cloud") == "cloud"
        self.root = "/rest/api/3" if self.cloud else "/rest/api/2"

    def login(self) -> dict[str, str]:
        gate = self.simulator.gate
        if not self.cloud:
            return {"authorization": f"Bearer {gate.pat}"}
        return basic(gate.email, gate.token)

    def send(
        self, method: str, path: str, headers: Mapping[str, str], body: object = None, /, **params: object
    ) -> HttpResponse:
        content = b"" if body is None else msgspec.json.encode(body)
        typed = {"content-type": "application/json", "accept": "application/json", **headers}
        query = urlencode({name: str(value) for name, value in params.items()})
        return self.simulator.respond(HttpRequest(method, path, query, typed, content), self.now)

    def ask(self, path: str, /, **params: object) -> HttpResponse:
        return self.send("GET", self._whole(path), self.login(), **params)

    def get(self, path: str, /, **params: object) -> Any:
        response = self.ask(path, **params)
        assert response.status == 200, response.content
        return msgspec.json.decode(response.content)

    def put(self, path: str, body: object, /, **params: object) -> HttpResponse:
        return self.send("POST", self._whole(path), self.login(), body, **params)

    def post(self, path: str, body: object, /, **params: object) -> Any:
        response = self.put(path, body, **params)
        assert response.status == 200, response.content
        return msgspec.json.decode(response.content)

    def search(self, jql: str = ALL, /, **body: object) -> Any:
        return self.post("search/jql", {"jql": jql, **body})

    def walk(self, jql: str = ALL, /, **body: object) -> Iterator[list[int]]:
        """The pages of a walk by token, as lists of ids."""
        token: dict[str, object] = {}
        while True:
            page = self.search(jql, **body, **token)
            yield [int(issue["id"]) for issue in page["issues"]]
            if "nextPageToken" not in page:
                return
            token = {"nextPageToken": page["nextPageToken"]}

    def found(self, jql: str = ALL, /) -> list[int]:
        return [number for page in self.walk(jql) for number in page]

    def issue(self, number: int, *, after: float = 0, by: str = "mara.adler", **values: str) -> int:
        self.world.create(number, created(number, by, values), at=MORNING + minutes(after), by=by)
        return number

    def _whole(self, path: str) -> str:
        return path if path.startswith("/") else f"{self.root}/{path}"


def basic(user: str, password: str) -> dict[str, str]:
    return {"authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}


def decoded(response: HttpResponse) -> Any:
    return msgspec.json.decode(response.content)


def said(response: HttpResponse) -> str:
    """The message of a refusal."""
    return str(decoded(response)["errorMessages"][0])
