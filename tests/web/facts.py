"""Facts to show, made up: a busy morning with two vendors, three sources and every kind of clock."""

import http.client
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from urllib.parse import urlsplit

from fastapi import FastAPI

from syncd.domain.account import Account
from syncd.domain.credit import Credit, Credits
from syncd.domain.names import Metric, Stage, Verdict
from syncd.domain.score import Part, Score
from syncd.domain.scorecard import ScorecardRow
from syncd.errors import StoreBusy
from syncd.ports.outbox import QueueState
from syncd.ports.readings import OpenClock, OpenCount
from syncd.web.app import build_app
from syncd.web.sources import Status, StoreStatus, WorkerStatus

NOW = datetime(2026, 3, 20, 9, 30, 12, tzinfo=UTC)
HOUR_US = 3_600_000_000

A_CLOCK = OpenClock(
    ticket_no=1,
    source="snow",
    ticket="INC0012345",
    url="https://snow.example/INC0012345",
    title="Branch office without network",
    vendor="acme",
    contract="acme-msp",
    target="fix",
    metric=Metric.RESOLUTION,
    priority="P1",
    stage=Stage.RUNNING,
    verdict=Verdict.PENDING,
    due_at=NOW + timedelta(minutes=72),
    at_risk_at=NOW - timedelta(minutes=5),
    breached_at=None,
    goal_us=4 * HOUR_US,
    elapsed_us=3 * HOUR_US,
)

A_BREACH = replace(
    A_CLOCK,
    ticket_no=2,
    ticket="INC0012001",
    url="https://snow.example/INC0012001",
    title="VPN gateway down in Pune",
    verdict=Verdict.MISSED,
    due_at=NOW - timedelta(hours=26),
    breached_at=NOW - timedelta(hours=26),
)

CLOCKS = (
    A_BREACH,
    replace(
        A_BREACH, ticket_no=3, ticket="<c0ffee/7@mail.example>", source="mail-acme", url="javascript:alert(1)",
        title="<script>alert('title')</script>", target="response", due_at=NOW - timedelta(minutes=4),
        breached_at=NOW - timedelta(minutes=4),
    ),
    A_CLOCK,
    replace(
        A_CLOCK, ticket_no=4, ticket="OPS-61", source="jira", url="https://jira.example/browse/OPS-61", vendor="globex",
        contract="globex-wan", title="Replace access switch, building 4", priority="P3", target="response",
        due_at=NOW + timedelta(hours=5), at_risk_at=NOW + timedelta(hours=3),
    ),
    replace(
        A_CLOCK, ticket_no=5, ticket="INC0012388", url="https://snow.example/INC0012388", priority="P2", title=None,
        due_at=NOW + timedelta(days=3, hours=4), at_risk_at=NOW + timedelta(days=2),
    ),
    replace(
        A_CLOCK, ticket_no=6, ticket="INC0011900", priority=None, stage=Stage.PAUSED, due_at=None, at_risk_at=None,
        title="Waits for the customer",
    ),
)  # fmt: skip

COUNTS = (
    OpenCount("acme", "acme-msp", "fix", "P1", "breached", 1, NOW - timedelta(hours=26)),
    OpenCount("acme", "acme-msp", "response", "P1", "breached", 1, NOW - timedelta(minutes=4)),
    OpenCount("acme", "acme-msp", "fix", "P1", "at_risk", 1, NOW + timedelta(minutes=72)),
    OpenCount("acme", "acme-msp", "fix", "P2", "ok", 1, NOW + timedelta(days=3, hours=4)),
    OpenCount("acme", "acme-msp", "fix", None, "paused", 1, None),
    OpenCount("globex", "globex-wan", "response", "P3", "ok", 1, NOW + timedelta(hours=5)),
)

A_WORKER = WorkerStatus(
    name="snow", kind="servicenow", state="waiting", stale=False, last_success_at=NOW - timedelta(seconds=24),
    last_attempt_at=NOW - timedelta(seconds=31), failures=0, last_error=None, watermark=NOW - timedelta(minutes=3),
    next_pass_at=NOW + timedelta(seconds=36), backfill="complete",
)  # fmt: skip

WORKERS = (
    A_WORKER,
    replace(
        A_WORKER, name="mail-acme", kind="mail", state="failing", stale=True, failures=7, backfill="none",
        last_success_at=NOW - timedelta(hours=2), last_error="timeout: no answer within 30 s",
    ),
    replace(
        A_WORKER, name="jira", kind="jira", state="refused", failures=1, last_success_at=None, watermark=None,
        next_pass_at=None, backfill="running", last_error="auth: the token was refused",
    ),
)  # fmt: skip

A_STATUS = Status(
    leading=True,
    started_at=NOW - timedelta(days=2),
    workers=WORKERS,
    store=StoreStatus(engine="SQLite", ready=True, schema="0001", expected_schema="0001"),
    versions={"syncd": "0.1.0", "tzdata": "2026.1"},
    vendors={"acme": "ACME Managed Services", "globex": "Globex & Sons"},
    tickets=14_203,
    quarantined=3,
    uncovered=41,
    queues=(QueueState("oncall", 2, NOW - timedelta(seconds=8), 0), QueueState("chat", 0, None, 1)),
)

A_ROW = ScorecardRow(
    vendor="acme", contract="acme-msp", target="response", metric=Metric.FIRST_RESPONSE, priority=None,
    period="2026-03", met=2374, missed=126, pending=12, unverifiable=3, excluded=9, objective=Fraction(95, 100),
)  # fmt: skip

ROWS = (
    A_ROW,
    replace(A_ROW, target="fix", metric=Metric.RESOLUTION, met=190, missed=10, objective=Fraction(9, 10)),
    replace(A_ROW, target="fix", metric=Metric.RESOLUTION, priority="P1", met=0, missed=0, objective=Fraction(1)),
    replace(A_ROW, vendor="globex", contract="globex-wan", met=40, missed=0, objective=None),
)


AN_ACCOUNT = Account(
    "acme",
    "acme-msp",
    "2026-03",
    Credits(
        currency="EUR",
        fee=Fraction(12_000),
        cap=Fraction(2_400),
        total=Fraction(600),
        claim_until=datetime(2026, 4, 30, 22, tzinfo=UTC),
        items=(Credit("response", Fraction(2374, 2500), Fraction(95, 100), Fraction(1, 20), Fraction(600)),),
    ),
    Score(Fraction(97, 100), (Part("response", Fraction(30), Fraction(9, 10)),)),
)


@dataclass
class FixedFacts:
    """Facts that stand still; `broken` makes the store fail."""

    clocks: Sequence[OpenClock] = CLOCKS
    counts: Sequence[OpenCount] = COUNTS
    rows: Sequence[ScorecardRow] = ROWS
    state: Status = A_STATUS
    come_to: Sequence[Account] = (AN_ACCOUNT,)
    missing: Sequence[str] = ()
    broken: bool = False
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def unready(self) -> Sequence[str]:
        return self.missing

    def status(self) -> Status:
        self._look()
        return self.state

    def open_clocks(self, limit: int, offset: int) -> Sequence[OpenClock]:
        self._look()
        return self.clocks[offset : offset + limit]

    def open_counts(self) -> Sequence[OpenCount]:
        self._look()
        return self.counts

    def scorecard(self, period: str) -> Sequence[ScorecardRow]:
        self._look()
        self.asked.append(("scorecard", period))
        return [row for row in self.rows if row.period == period]

    def accounts(self, rows: Sequence[ScorecardRow]) -> Sequence[Account]:
        return [account for account in self.come_to if account.contract in {row.contract for row in rows}]

    def explain(self, source: str, ticket: str) -> str | None:
        self._look()
        self.asked.append(("explain", source, ticket))
        if ticket not in {clock.ticket for clock in self.clocks}:
            return None
        return f"{ticket}: fix 4h on <always>\n  08:00 opened    P1\n  12:00 breached  missed"

    def _look(self) -> None:
        if self.broken:
            raise StoreBusy


class FixedPage:
    """A metrics page that says what was asked for."""

    def page(self, accept: str, accept_encoding: str, now: datetime) -> tuple[bytes, Mapping[str, str]]:
        body = f"{accept}|{accept_encoding}|{now.isoformat()}\n".encode()
        return body, {"content-type": "text/plain; version=0.0.4; charset=utf-8", "vary": "Accept"}


def an_app(facts: FixedFacts) -> FastAPI:
    """Return the application over fixed facts."""
    return build_app(facts, FixedPage(), lambda: NOW, version="0.1.0")


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> dict[str, object]:
        parsed: dict[str, object] = json.loads(self.body)
        return parsed


def ask(url: str, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None) -> Answer:
    """Return what a server answers."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=10)
    try:
        connection.request(method, path, headers=dict(headers or {}))
        answer = connection.getresponse()
        return Answer(
            answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        )  # fmt: skip
    finally:
        connection.close()
