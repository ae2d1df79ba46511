"""The simulated service: one request in, one answer out, in the order in which its layers act."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime
from threading import Lock
from urllib.parse import unquote, urlsplit

from connectors.mail.simulator.answers import Refused, answer, denied, failure
from connectors.mail.simulator.arrivals import Arrivals
from connectors.mail.simulator.auth import LISTS, READS, Gate
from connectors.mail.simulator.box import Box
from connectors.mail.simulator.breaking import broken_body, refusing, unwell
from connectors.mail.simulator.changes_api import ChangesApi
from connectors.mail.simulator.faults import Fault, Faults
from connectors.mail.simulator.messages_api import MessagesApi
from connectors.mail.simulator.query import params_of, preferences
from connectors.mail.simulator.quota import Quota
from connectors.mail.simulator.stories import MAILBOX
from syncd.ports.toolkit import HttpRequest, HttpResponse

_VERSION = "/v1.0"
_TOKEN = re.compile(r"(?:/v1\.0/users/[^/]+)?/([^/]+)/oauth2/v2\.0/token")
"""Clients on this machine ask for tokens below the mailbox; elsewhere tokens have a host of their own."""
_PATH = re.compile(r"/v1\.0/users/([^/]+)(/.*)")
_KEYED = re.compile(r"\('([^']+)'\)")
_TEXT = frozenset({"body", "uniqueBody", "bodyPreview", "internetMessageHeaders"})


class GraphSimulator:
    """One tenant with one mailbox; `box` may be changed between requests, `violations` lists what was not a read."""

    def __init__(
        self, box: Box, arrivals: Arrivals, *, gate: Gate, faults: Faults, quota: Quota, silent_moves: bool,
        skew: timedelta, options: Mapping[str, object],
    ) -> None:  # fmt: skip
        self.box = box
        self.gate = gate
        self.violations: list[str] = []
        self.requests = 0
        self._arrivals = arrivals
        self._faults = faults
        self._quota = quota
        self._skew = skew
        self._options = options
        self._changes = ChangesApi(box, silent_moves=silent_moves)
        self._messages = MessagesApi(box)
        self._started: datetime | None = None
        self._lock = Lock()

    def respond(self, request: HttpRequest, now: datetime) -> HttpResponse:
        """Answer one request as the service would at that instant."""
        with self._lock:
            self.requests += 1
            self.advance(now)
            elapsed = (now - (self._started or now)).total_seconds()
            struck = self._faults.striking(elapsed, request.path, self.requests)
            try:
                response = self._answer(request, now, struck)
            except Refused as refused:
                response = refused.answer
            return self._finished(response, now, struck)

    def advance(self, now: datetime) -> None:
        """Let the mailbox live up to an instant without a request."""
        self._started = self._started or now
        self._arrivals.reach(self.box, now)
        self.box.advance(now)

    def heal(self) -> None:
        """Let nothing go wrong any more."""
        self._faults = Faults(0, ())

    def options(self, base_url: str) -> Mapping[str, object]:
        """Return source options that read this mailbox at an address."""
        base = base_url.rstrip("/")
        backend = {
            "kind": "graph", "url": f"{base}{_VERSION}", "login_url": base, "mailbox": MAILBOX,
            "tenant": self.gate.tenant, "client_id": {"env": "GRAPH_CLIENT_ID"},
            "client_secret": {"env": "GRAPH_CLIENT_SECRET"},
        }  # fmt: skip
        return {**self._options, "backend": backend}

    def credentials(self) -> Mapping[str, str]:
        """Return every secret that `options` refers to."""
        return {"GRAPH_CLIENT_ID": self.gate.client_id, "GRAPH_CLIENT_SECRET": self.gate.client_secret}

    def _answer(self, request: HttpRequest, now: datetime, struck: Mapping[str, Fault]) -> HttpResponse:
        token = _TOKEN.fullmatch(request.path)
        if request.method != ("GET" if token is None else "POST") or "x-http-method-override" in request.headers:
            self.violations.append(f"{request.method} {request.path}")
            return failure(405, "BadRequest", "The method is not allowed here.")
        if "revoke" in struck:
            self.gate.revoke()
        sick = unwell(struck)
        if sick is not None:
            return sick
        if token is not None:
            return self.gate.token(request, unquote(token[1]), now)
        if "unauthorised" in struck:
            self.gate.revoke()
        self.gate.admit(request, now)
        found = _PATH.fullmatch(request.path)
        if found is None:
            raise Refused(400, "BadRequest", "Resource not found for the segment.")
        self._quota.spend(now)
        if "forbidden" in struck:
            raise denied()
        self.gate.may(LISTS)
        if unquote(found[1]).lower() != MAILBOX:
            raise Refused(404, "ErrorInvalidUser", f"The requested user '{unquote(found[1])}' is invalid.")
        refusing(struck, params_of(request))
        return self._read(request, found, struck)

    def _read(self, request: HttpRequest, found: re.Match[str], struck: Mapping[str, Fault]) -> HttpResponse:
        wish = preferences(request)
        base = f"https://{request.headers.get('host', 'graph.example')}{_VERSION}/users/{found[1]}"
        if urlsplit(f"//{request.headers.get('host', '')}").hostname in ("127.0.0.1", "localhost", "::1"):
            base = base.replace("https:", "http:", 1)
        segments = [unquote(each) for each in _KEYED.sub(r"/\1", found[2]).strip("/").split("/")]
        if _TEXT & set(params_of(request).get("$select", "").split(",")):
            self.gate.may(READS)
        match segments:
            case ["mailFolders"]:
                body = self._messages.folders(request, "", base, found[2])
            case ["mailFolders", name]:
                body = self._messages.one_folder(request, name)
            case ["mailFolders", name, "childFolders"]:
                body = self._messages.folders(request, self._messages.folder(name).id, base, found[2])
            case ["mailFolders", name, "messages"]:
                body = self._messages.messages(request, self._messages.folder(name), wish, base)
            case ["mailFolders", name, "messages", "delta"]:
                short = "missing_link" in struck
                body = self._changes.page(request, self._messages.folder(name), wish, base, short=short)
            case ["messages", key]:
                body = self._messages.one_message(request, key, wish)
            case ["messages", key, "$value"]:
                self.gate.may(READS)
                raw = self._messages.mime(key, broken="mime" in struck)
                return HttpResponse(200, {"content-type": "text/plain"}, raw)
            case _:
                raise Refused(400, "BadRequest", "Resource not found for the segment.")
        applied = {"preference-applied": 'IdType="ImmutableId"'} if wish.immutable else {}
        return answer(200, broken_body(body, struck, request, base), applied)

    def _finished(self, response: HttpResponse, now: datetime, struck: Mapping[str, Fault]) -> HttpResponse:
        """Return the answer with the headers that every answer has, broken as the faults want it."""
        skew = self._skew + timedelta(seconds=struck["skew"].seconds if "skew" in struck else 0.0)
        headers = {"date": format_datetime(now + skew, usegmt=True), **response.headers}
        content = response.content
        if "truncate" in struck and "json" in response.headers.get("content-type", ""):
            content = content[: len(content) // 2]
        for kind, says in (("slow", "delay"), ("drip", "drip")):
            if kind in struck:
                headers["x-simulate"] = f"{says}:{struck[kind].seconds:g}"
        for kind, says in (("cut", "truncate"), ("drop", "drop")):
            if kind in struck:
                headers["x-simulate"] = says
        return HttpResponse(response.status, headers, content)
