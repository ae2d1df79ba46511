"""The simulated site: one request in, one answer out, in the order in which the platform's own layers act."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Lock
from urllib.parse import unquote

from connectors.jira.simulator.answers import Refusal, answer, failure, no_resource, unauthenticated
from connectors.jira.simulator.auth import Gate
from connectors.jira.simulator.broken import CAPTCHA, broken
from connectors.jira.simulator.call import Call, Habits
from connectors.jira.simulator.cast import AUTOMATION
from connectors.jira.simulator.faults import Fault, Faults
from connectors.jira.simulator.history import History
from connectors.jira.simulator.operations import check
from connectors.jira.simulator.quota import Quota
from connectors.jira.simulator.rights import NOBODY, Rights
from connectors.jira.simulator.routes import Found, Routes
from connectors.jira.simulator.truth import TrueTicket, truth
from connectors.jira.simulator.world import World
from syncd.ports.toolkit import HttpRequest, HttpResponse

TOKEN_PATH = "/oauth/token"  # noqa: S105  a path
TENANT_PATH = "/_edge/tenant_info"
RESOURCES_PATH = "/oauth/token/accessible-resources"
_GATEWAY = re.compile(r"/ex/jira/([^/]+)(/.*)")


@dataclass(frozen=True, slots=True)
class _Door:
    """Where a request came in, and what it wants there."""

    route: Found | None
    path: str
    gateway: bool = False


class JiraSimulator:
    """One site; `world` may be changed between requests.

    `violations` lists what was not a read, `operations` what was asked as its document has it.
    """

    def __init__(
        self, seed: int, world: World, history: History, *, gate: Gate, faults: Faults, quota: Quota, rights: Rights,
        habits: Habits, options: Mapping[str, object], skew: timedelta, churn: int, context: str,
    ) -> None:  # fmt: skip
        self.world = world
        self.gate = gate
        self.violations: list[str] = []
        self.operations: set[str] = set()
        self.requests = 0
        self._seed = seed
        self._history = history
        self._faults = faults
        self._quota = quota
        self._rights = rights
        self._habits = habits
        self._options = options
        self._skew = skew
        self._churn = churn
        self._context = context
        self._routes = Routes(cloud=habits.cloud)
        self._base_url = ""
        self._started: datetime | None = None
        self._lock = Lock()

    def respond(self, request: HttpRequest, now: datetime) -> HttpResponse:
        """Answer one request as the site would at that instant."""
        with self._lock:
            return self._respond(request, now)

    def advance(self, now: datetime) -> None:
        """Let the world live up to an instant without a request."""
        instant = now.astimezone(UTC) + self._skew
        self._started = self._started or instant
        self._history.reach(self.world, instant)
        self.world.advance(instant)

    def truth(self) -> Mapping[int, TrueTicket]:
        """Return what really happened up to the latest instant answered for, by issue id."""
        return truth(self.world)

    def options(self, base_url: str) -> Mapping[str, object]:
        """Return source options that read this site at an address."""
        self._base_url = base_url.rstrip("/") + self._context
        return {"url": self._base_url, **self._options}

    def credentials(self) -> Mapping[str, str]:
        """Return every secret of this site; `options` refers to some of them."""
        gate = self.gate
        return {
            "JIRA_TOKEN": gate.token, "JIRA_SCOPED_TOKEN": gate.scoped_token, "JIRA_CLIENT_ID": gate.client_id,
            "JIRA_CLIENT_SECRET": gate.client_secret, "JIRA_PAT": gate.pat, "JIRA_PASSWORD": gate.password,
        }  # fmt: skip

    def _respond(self, request: HttpRequest, now: datetime) -> HttpResponse:
        self.requests += 1
        self.advance(now)
        instant = now.astimezone(UTC) + self._skew
        door = self._enter(unquote(request.path))
        elapsed = instant - (self._started or instant)
        route = door.route.name if door.route else door.path
        struck = self._faults.striking(elapsed.total_seconds(), route, self.requests)
        try:
            response = self._answer(request, door, instant, elapsed, struck)
        except Refusal as refusal:
            response = refusal.response
        if self._churn and self.requests % self._churn == 0:
            self._touch(instant)
        return self._finished(response, instant, struck)

    def _enter(self, path: str) -> _Door:
        """Return the door behind a path: the gateway's, the site's, or none."""
        if path in (TOKEN_PATH, TENANT_PATH, RESOURCES_PATH) and self._habits.cloud:
            return _Door(None, path)
        through = _GATEWAY.fullmatch(path) if self._habits.cloud else None
        if through is not None:
            known = through.group(1) == self.gate.cloud_id
            return _Door(self._routes.find(through.group(2)) if known else None, path, gateway=True)
        inner = path.removeprefix(self._context)
        return _Door(self._routes.find(inner) if path.startswith(self._context + "/") else None, path)

    def _answer(
        self, request: HttpRequest, door: _Door, instant: datetime, elapsed: timedelta, struck: Mapping[str, Fault]
    ) -> HttpResponse:
        methods = door.route.methods if door.route else ("POST",) if door.path == TOKEN_PATH else ("GET",)
        overridden = request.headers.get("x-http-method-override", request.method).upper()
        if request.method not in methods or overridden != request.method:
            self.violations.append(f"{overridden} {request.path}")
            return failure(405, f"{overridden} is not supported here")
        if door.route is not None:
            self.operations.add(check(request, door.route.name, cloud=self._habits.cloud).id)
        if "revoke" in struck:
            self.gate.revoke()
        spoilt = broken(struck, instant)
        if spoilt is not None:
            return spoilt
        if door.route is None:
            return self._elsewhere(request, door, instant)
        standing = self.gate.standing(request.headers, instant, gateway=door.gateway)
        if "anonymous" in struck and standing == "known":
            standing = "failed"
        desk = "/rest/servicedeskapi/" in door.path
        if self.gate.wants_captcha:
            return failure(403, "Basic Authentication Failure - Reason : AUTHENTICATION_DENIED", headers=CAPTCHA)
        if (
            standing != "known"
            and (door.gateway or desk or not self._habits.cloud)
            and door.route.name != "server_info"
        ):
            return _unknown(gateway=door.gateway, failed=standing == "failed")
        over, headers = self._quota.spend(door.route.name, instant)
        if over is not None:
            return over
        known = standing == "known"
        rights = self._rights if known else NOBODY
        call = Call(
            request, door.route.version, self.world, self._habits, rights, known, instant, elapsed,
            self._address(request), self.requests, struck,
        )  # fmt: skip
        answered = door.route.answer(call)
        if standing == "failed":
            headers = {**headers, "x-seraph-loginreason": "AUTHENTICATED_FAILED"}
        elif known and not self._habits.cloud:
            headers = {**headers, "x-seraph-loginreason": "OK", "x-ausername": self.gate.username}
        return replace(answered, headers={**answered.headers, **headers})

    def _elsewhere(self, request: HttpRequest, door: _Door, instant: datetime) -> HttpResponse:
        if door.path == TOKEN_PATH:
            return self.gate.access_token(request, instant)
        if door.path == TENANT_PATH:
            return answer(200, {"cloudId": self.gate.cloud_id})
        if door.path == RESOURCES_PATH:
            if self.gate.standing(request.headers, instant, gateway=True) != "known":
                return _unknown(gateway=True, failed=True)
            site = {
                "id": self.gate.cloud_id,
                "url": self._address(request),
                "name": "example",
                "scopes": ["read:jira-work"],
            }
            return answer(200, [site])
        return no_resource(door.path)

    def _address(self, request: HttpRequest) -> str:
        return self._base_url or f"https://{request.headers.get('host', 'example.atlassian.net')}{self._context}"

    def _touch(self, instant: datetime) -> None:
        """Let an automation write on some issue while the client is still paging."""
        numbers = sorted(self.world.issues)
        if numbers:
            number = numbers[self.requests * 7919 % len(numbers)]
            self.world.comment(number, "Seen.", at=instant, by=AUTOMATION.login, internal=True)

    def _finished(self, response: HttpResponse, instant: datetime, struck: Mapping[str, Fault]) -> HttpResponse:
        """Return the answer with the headers that every answer has, broken as the faults want it."""
        told = instant + timedelta(seconds=struck["skew"].seconds if "skew" in struck else 0.0)
        headers = {"date": format_datetime(told, usegmt=True), "x-arequestid": str(self.requests), **response.headers}
        content = response.content
        if "truncate" in struck and len(content) > 1:
            content = content[: len(content) // 2]
        for kind, says in (("slow", "delay"), ("drip", "drip")):
            if kind in struck:
                headers["x-simulate"] = f"{says}:{struck[kind].seconds:g}"
        for kind, says in (("cut", "truncate"), ("drop", "drop")):
            if kind in struck:
                headers["x-simulate"] = says
        return HttpResponse(response.status, headers, content)


def _unknown(*, gateway: bool, failed: bool) -> HttpResponse:
    if gateway:
        return answer(401, {"code": 401, "message": "Unauthorized"}, {"www-authenticate": 'Bearer realm="Jira"'})
    return unauthenticated(failed=failed)
