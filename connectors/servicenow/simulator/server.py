"""The simulated instance: one request in, one answer out, in the order in which the platform's own layers act."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Lock
from typing import Literal, cast
from urllib.parse import parse_qsl

from connectors.servicenow.simulator.answers import cancelled, failure, hibernating, unauthenticated
from connectors.servicenow.simulator.auth import Gate
from connectors.servicenow.simulator.encoded import parse
from connectors.servicenow.simulator.faults import Fault, Faults
from connectors.servicenow.simulator.history import History
from connectors.servicenow.simulator.quota import Quota
from connectors.servicenow.simulator.rights import Rights
from connectors.servicenow.simulator.select import RANGES, Honour
from connectors.servicenow.simulator.stamps import sys_id_of
from connectors.servicenow.simulator.stats_api import stats
from connectors.servicenow.simulator.table_api import Call, TableApi
from connectors.servicenow.simulator.truth import TrueTicket, truth
from connectors.servicenow.simulator.world import World
from syncd.ports.toolkit import HttpRequest, HttpResponse

_PATH = re.compile(r"/api/now(?:/(v1|v2))?/(table|stats)/([^/]+)(?:/([^/]+))?/?")
_TOKEN_PATH = "/oauth_token.do"  # noqa: S105  a path
_SILENT = {"sys_audit": "no_audit", "sys_journal_field": "no_journal"}


class ServiceNowSimulator:
    """One instance; `world` may be changed between requests, `violations` lists what was not a read."""

    def __init__(
        self, seed: int, world: World, history: History, *, gate: Gate, faults: Faults, quota: Quota, rights: Rights,
        api: TableApi, options: Mapping[str, object], skew: timedelta, honour: Honour,
        churn: int,
    ) -> None:  # fmt: skip
        self.world = world
        self.gate = gate
        self.violations: list[str] = []
        self.requests = 0
        self._seed = seed
        self._history = history
        self._faults = faults
        self._quota = quota
        self._rights = rights
        self._api = api
        self._options = options
        self._skew = skew
        self._honour = honour
        self._churn = churn
        self._base_url = ""
        self._started: datetime | None = None
        self._lock = Lock()

    def respond(self, request: HttpRequest, now: datetime) -> HttpResponse:
        """Answer one request as the instance would at that instant."""
        with self._lock:
            return self._respond(request, now)

    def advance(self, now: datetime) -> None:
        """Let the world live up to an instant without a request."""
        instant = now + self._skew
        self._started = self._started or instant
        self._history.reach(self.world, instant)
        self.world.advance(instant)

    def truth(self) -> Mapping[str, TrueTicket]:
        """Return what really happened up to the latest instant answered for, by sys_id."""
        return truth(self.world)

    def options(self, base_url: str) -> Mapping[str, object]:
        """Return source options that read this instance at an address."""
        self._base_url = base_url.rstrip("/")
        return {"url": self._base_url, **self._options}

    def credentials(self) -> Mapping[str, str]:
        """Return every secret of this instance; `options` refers to some of them."""
        return {
            "SNOW_PASSWORD": self.gate.password,
            "SNOW_CLIENT_ID": self.gate.client_id,
            "SNOW_CLIENT_SECRET": self.gate.client_secret,
            "SNOW_API_KEY": self.gate.api_key,
        }

    def _respond(self, request: HttpRequest, now: datetime) -> HttpResponse:
        self.requests += 1
        self.advance(now)
        instant = now + self._skew
        started = self._started or instant
        found = _PATH.fullmatch(request.path)
        table = found.group(3) if found else ""
        struck = self._faults.striking((instant - started).total_seconds(), table, self.requests)
        response = self._answer(request, found, instant, struck)
        if self._churn and self.requests % self._churn == 0:
            self._touch(instant)
        return self._finished(response, instant, struck)

    def _touch(self, instant: datetime) -> None:
        """Let somebody write a note on some incident while the client is still paging."""
        order = self.world.tables["incident"].orders["sys_updated_on"]
        if order:
            sys_id = order[self.requests * 7919 % len(order)][1]
            self.world.comment("incident", sys_id, "Seen.", at=instant, by="system", element="work_notes")

    def _finished(self, response: HttpResponse, instant: datetime, struck: Mapping[str, Fault]) -> HttpResponse:
        """Return the answer with the headers that every answer has, broken as the faults want it."""
        told = instant.astimezone(UTC) + timedelta(seconds=struck["skew"].seconds if "skew" in struck else 0.0)
        cookie = f"JSESSIONID={sys_id_of(self._seed, 'session', self.requests)}; Path=/; Secure; HttpOnly"
        headers = {"date": format_datetime(told, usegmt=True), "set-cookie": cookie, **response.headers}
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

    def _answer(
        self, request: HttpRequest, found: re.Match[str] | None, instant: datetime, struck: Mapping[str, Fault]
    ) -> HttpResponse:
        token = request.path == _TOKEN_PATH
        overridden = request.headers.get("x-http-method-override", request.method).upper()
        if request.method != ("POST" if token else "GET") or overridden != request.method:
            self.violations.append(f"{overridden} {request.path}")
            return failure(405, "Method not supported", f"{overridden} is not supported here")
        if "revoke" in struck:
            self.gate.revoke()
        broken = _broken(struck)
        if broken is not None:
            return broken
        if token:
            return self.gate.token(request, instant)
        if "202" in struck or "cookie" in request.headers:
            return HttpResponse(202)
        if "unauthorised" in struck or not self.gate.admits(request.headers, instant):
            return unauthenticated()
        over, headers = self._quota.spend(instant)
        if over is not None:
            return over
        answered = self._read(request, found, struck)
        return replace(answered, headers={**answered.headers, **headers})

    def _read(self, request: HttpRequest, found: re.Match[str] | None, struck: Mapping[str, Fault]) -> HttpResponse:
        accepted = request.headers.get("accept", "")
        if "application/json" not in accepted and "*/*" not in accepted:
            return failure(406 if accepted else 400, "Invalid Accept header", "application/json is served")
        if found is None:
            return failure(400, "Requested URI does not represent any resource", request.path)
        version, api, table, sys_id = found.groups()
        if table not in self.world.tables:
            return failure(400, f"Invalid table {table}")
        if "forbidden" in struck or self._rights.refusal(table) == "forbidden":
            return failure(403, "User Not Authorized", "Failed API level ACL Validation")
        if "error_body" in struck:
            return cancelled()
        call = self._call(request, table, cast("Literal['v1', 'v2'] | None", version) or "v2", struck)
        if api == "stats":
            return stats(self.world, call)
        return self._api.row(call, sys_id) if sys_id else self._api.rows(call)

    def _call(
        self, request: HttpRequest, table: str, version: Literal["v1", "v2"], struck: Mapping[str, Fault]
    ) -> Call:
        params = dict(parse_qsl(request.query, keep_blank_values=True))
        silent = _SILENT.get(table, "") in struck or self._rights.refusal(table) == "empty"
        honour = replace(self._honour, conditions="query_ignored" not in struck)
        sort = struck.get("sort_refused")
        if sort is not None:
            honour = replace(honour, sorting=False, ranges=sort.effect != "unfiltered")
            silent = silent or (sort.effect == "empty" and _sorts_or_ranges(params.get("sysparm_query", "")))
        base_url = self._base_url or f"https://{request.headers.get('host', 'instance.example')}"
        return Call(table, params, base_url, request.path, version, honour, silent, self.requests)


def _sorts_or_ranges(text: str) -> bool:
    query = parse(text)
    ranged = any(part.operator in RANGES for groups in query.alternatives for group in groups for part in group)
    return ranged or bool(query.order)


def _broken(struck: Mapping[str, Fault]) -> HttpResponse | None:
    """Return the answer of an instance or its front end that does not even look at the request."""
    if "drop" in struck:
        return HttpResponse(503)
    if "hibernate" in struck:
        return hibernating()
    for kind in ("500", "502", "503", "504"):
        if kind in struck:
            return failure(int(kind), "Service unavailable", "the node is being restarted")
    if "429_no_header" in struck:
        return failure(429, "Too many concurrent requests", "API_INT semaphore queue depth reached")
    limited = struck.get("429")
    if limited is not None:
        headers = {"retry-after": f"{limited.seconds:g}", "x-ratelimit-rule": sys_id_of("rate rule")}
        return failure(429, "Rate limit exceeded", "Rejected by rate limit rule", headers)
    return None
