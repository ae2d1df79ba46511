"""Notices on their way, and receivers with a script."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, cast

import httpx

from syncd.domain.names import Metric
from syncd.domain.notice import Notice, NoticeKey, Step
from syncd.ports.notifier import Envelope

BREACHED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

KEY = NoticeKey(
    source_id=3, ticket_id="0f0e/ü", contract="acme-msp", target="fix", started_by="a1", priority="P1",
    step=Step.BREACHED,
)  # fmt: skip

NOTICE = Notice(
    key=KEY, at=BREACHED, source="snow", ticket="INC0012345", url="https://snow.example/INC0012345", vendor="acme",
    vendor_name="ACME Managed Sërvices", priority="P1", goal_us=14_400_000_000, elapsed_us=14_400_500_000,
    due_at=BREACHED, metric=Metric.RESOLUTION, level=1, explain_url="https://syncd.example/tickets/snow/INC0012345",
)  # fmt: skip


def envelope(notice: Notice = NOTICE, *, attempt: int = 1, confirmed: bool = True) -> Envelope:
    """Return a notice on its way."""
    return Envelope(notice.key.text(), notice, attempt, BREACHED + timedelta(seconds=2), confirmed)


def without_optional() -> Envelope:
    """Return a notice that lacks whatever it may lack."""
    return envelope(replace(NOTICE, url=None, due_at=None, explain_url=None, late=True), attempt=3, confirmed=False)


class Receiver(httpx.BaseTransport):
    """Answers every request alike, or fails to; keeps what it was sent."""

    def __init__(self, answer: httpx.Response | Exception) -> None:
        self._answer = answer
        self.requests: list[httpx.Request] = []
        self.closed = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        if isinstance(self._answer, Exception):
            raise self._answer
        return httpx.Response(self._answer.status_code, headers=self._answer.headers, content=b"")

    def close(self) -> None:
        self.closed = True


_OF_NOBODY = Notice(
    key=NoticeKey(
        source_id=0, ticket_id="", contract="", target="", started_by="", priority="", step=Step.TEST, detail="now"
    ),
    at=BREACHED, source="", ticket="", url=None, vendor="", vendor_name="", priority="", goal_us=0, elapsed_us=0,
    due_at=None,
)  # fmt: skip

OWN = {
    step: replace(_OF_NOBODY, key=replace(_OF_NOBODY.key, step=step))
    for step in (Step.SOURCE_BLIND, Step.DIGEST, Step.UNWINNABLE, Step.TEST)
}
"""Notices that are about no ticket, with nothing in them that they may lack."""


class LaterStep(StrEnum):
    """Steps that notices may have one day, as words that are told by already."""

    ACKNOWLEDGED = "acknowledged"
    HANDED_UP = "handed_up"


def of_step(step: Step | LaterStep, notice: Notice = NOTICE) -> Envelope:
    """Return a notice of another step of the same cycle on its way."""
    told = (replace(notice.key, step=each).text() for each in (Step.AT_RISK, Step.BREACHED))
    of = tuple(told) if step in {Step.RECOVERED, LaterStep.ACKNOWLEDGED} else ()
    return envelope(replace(notice, key=replace(notice.key, step=cast(Step, step)), of=of))


def of_ticket(ticket: str, *, priority: str = "P1", vendor: str = "acme") -> Envelope:
    """Return a breach of another ticket."""
    key = replace(KEY, ticket_id=ticket, priority=priority)
    return envelope(replace(NOTICE, key=key, ticket=ticket, priority=priority, vendor=vendor))


class Members(httpx.BaseTransport):
    """A cluster of receivers by host, each with a script: what it answers, or how it fails."""

    def __init__(self, **scripts: Callable[[list[dict[str, Any]]], httpx.Response]) -> None:
        self.scripts = scripts
        self.got: dict[str, list[list[dict[str, Any]]]] = {host: [] for host in scripts}
        self.requests: list[httpx.Request] = []
        self.born = dict.fromkeys(scripts, "2026-03-01T00:00:00Z")
        self.status = answers(200)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            assert request.url.path.endswith("/api/v2/status")
            said = {"cluster": {}, "uptime": self.born[request.url.host]}
            return httpx.Response(self.status([]).status_code, json=said)
        self.requests.append(request)
        alerts = json.loads(request.read())
        self.got[request.url.host].append(alerts)
        return self.scripts[request.url.host](alerts)

    def alerts(self, host: str) -> list[dict[str, Any]]:
        """Return all alerts that a member got, in order."""
        return [alert for batch in self.got[host] for alert in batch]

    def forget(self) -> None:
        """Begin anew."""
        self.requests.clear()
        for batches in self.got.values():
            batches.clear()


def takes(_: list[dict[str, Any]]) -> httpx.Response:
    """Take everything."""
    return httpx.Response(200)


def hangs_up(_: list[dict[str, Any]]) -> httpx.Response:
    """Be unreachable."""
    message = "refused"
    raise httpx.ConnectError(message)


def answers(status: int, **headers: str) -> Callable[[list[dict[str, Any]]], httpx.Response]:
    """Return a script that answers everything alike."""
    return lambda _: httpx.Response(status, headers={key.replace("_", "-"): value for key, value in headers.items()})
