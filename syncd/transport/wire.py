"""One exchange with a source: sent in turn, read within bounds, measured, its faults in our words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import cast

import httpx

from syncd import __version__
from syncd.errors import SourceMisunderstood, SourceUnavailable
from syncd.ports.now import Now
from syncd.ports.toolkit import HttpResponse
from syncd.transport.budgets import budget_of
from syncd.transport.hooks import Hooks, Outcome, RequestFinished, WatchesBudgets
from syncd.transport.limits import Limits
from syncd.transport.policy import translated
from syncd.transport.rate_headers import TOO_MANY_REQUESTS, wanted_pause
from syncd.transport.refusals import of_one_endpoint
from syncd.transport.skew import SkewMeter
from syncd.transport.throttle import Throttle

_ID = re.compile(r"/(?:[A-Z][A-Z0-9_]*-)?\d+(?=/|$)")
"""Of a ticket: a number, or a key such as VND-7."""

_LOOPBACK: dict[str, httpx.BaseTransport | None] = {
    "all://localhost": None, "all://127.0.0.1": None, "all://[::1]": None,
}  # fmt: skip
"""Hosts that no proxy of the environment can reach: they mean another machine there."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One request, ready to leave, with the credential already among its headers."""

    method: str
    url: str = field(repr=False)
    subject: str
    """How messages call it: method and path, no query."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes = field(default=b"", repr=False)

    @property
    def endpoint(self) -> str:
        """The call without the ids in its path: what a source counts bursts by."""
        return _ID.sub("/*", self.subject)


def client(limits: Limits, mount: httpx.BaseTransport | None) -> httpx.Client:
    """Return an HTTP/1.1 client that keeps no cookies and follows no redirects.

    ServiceNow queues requests of one session one behind another, hence a cookie policy that accepts nothing (httpx
    keeps cookies by default). Proxies and certificate bundles come from the environment as usual.
    """
    return httpx.Client(
        headers={"accept": "application/json", "accept-encoding": "gzip", "user-agent": f"syncd/{__version__}"},
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        follow_redirects=False,
        http2=False,
        timeout=httpx.Timeout(limits.read_timeout, connect=limits.connect_timeout),
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=limits.concurrency),
        transport=mount,
        mounts=_LOOPBACK,
    )


class Wire:
    """Sends one source's requests."""

    def __init__(
        self, source: str, *, client: httpx.Client, now: Now, limits: Limits, throttle: Throttle, hooks: Hooks,
        skew: SkewMeter,
    ) -> None:  # fmt: skip
        self._source = source
        self._client = client
        self._now = now
        self._limits = limits
        self._throttle = throttle
        self._hooks = hooks
        self._skew = skew

    def exchange(self, parcel: Parcel, *, dated: bool = True) -> HttpResponse:
        """Return the answer, whatever its status; raises `SourceError`s for want of one. Tries once.

        What the answer says about pace holds for every further call. `dated` False keeps the clock of another host
        than the source's out of the measured skew.
        """
        with self._throttle.admission(parcel.endpoint):
            started, sent = self._now.monotonic(), self._now.utc()
            outcome: Outcome = "error"
            try:
                answer = self._answer(parcel, started)
                outcome = _status_class(answer.status)
            finally:
                self._hooks.request_finished(RequestFinished(self._source, outcome, self._now.monotonic() - started))
            if dated:
                self._skew.observe(answer.headers, sent=sent)
            burst = answer.status == TOO_MANY_REQUESTS and of_one_endpoint(answer.headers)
            self._throttle.hold(wanted_pause(answer, at=self._now.utc()), parcel.endpoint if burst else None)
            budget = budget_of(self._source, answer)
            if budget is not None and isinstance(self._hooks, WatchesBudgets):
                self._hooks.budget_told(budget)
            return answer

    def _answer(self, parcel: Parcel, started: float) -> HttpResponse:
        request = self._client.build_request(
            parcel.method, parcel.url, headers=dict(parcel.headers), content=parcel.content
        )
        answering = False
        try:
            response = self._client.send(request, stream=True)
            answering = True
            try:
                content = self._body(response, parcel.subject, started)
            finally:
                response.close()
        except httpx.LocalProtocolError as error:
            # Not chained: its text quotes the header that cannot be sent, and that may be the credential.
            raise translated(self._source, parcel.subject, error, answering=answering) from None
        except httpx.RequestError as error:
            raise translated(self._source, parcel.subject, error, answering=answering) from error
        headers = {name.lower(): value for name, value in response.headers.items()}
        return HttpResponse(response.status_code, headers, content)

    def _body(self, response: httpx.Response, subject: str, started: float) -> bytes:
        parts = bytearray()
        for (
            part
        ) in response.iter_bytes():  # as it comes: filling up pieces of one size would hide a drip from the clock
            parts += part
            if len(parts) > self._limits.answer_bytes:
                message = f"{subject}: the answer is larger than {self._limits.answer_bytes} bytes"
                raise SourceMisunderstood(self._source, "protocol", message)
            if self._now.monotonic() - started > self._limits.answer_timeout:
                message = f"{subject}: the answer was not complete after {self._limits.answer_timeout:.0f} s"
                raise SourceUnavailable(self._source, "timeout", message)
        return bytes(parts)


def _status_class(status: int) -> Outcome:
    name = f"{status // 100}xx"
    return cast("Outcome", name) if name in {"2xx", "3xx", "4xx", "5xx"} else "error"
