"""A breach on its way, and a receiver with a script."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx

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
    due_at=BREACHED,
)  # fmt: skip


def envelope(notice: Notice = NOTICE, *, attempt: int = 1, confirmed: bool = True) -> Envelope:
    """Return a notice on its way."""
    return Envelope(notice.key.text(), notice, attempt, BREACHED + timedelta(seconds=2), confirmed)


def without_optional() -> Envelope:
    """Return a notice that lacks whatever it may lack."""
    return envelope(replace(NOTICE, url=None, due_at=None, late=True), attempt=3, confirmed=False)


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
