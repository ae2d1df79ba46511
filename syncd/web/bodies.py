"""What the API answers with: plain values, durations in seconds, instants in UTC, shares as decimals beside their n."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from syncd.domain.account import Account
from syncd.domain.names import Metric, Stage, Verdict
from syncd.domain.scorecard import ScorecardRow, percent_text
from syncd.ports.readings import OpenClock
from syncd.report.accounts import credits_as_json, score_as_json
from syncd.web.wording import ClockState, clock_state, explain_path, link

_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenClockBody:
    """One open clock."""

    source: str
    ticket: str
    url: str | None
    title: str | None
    vendor: str
    contract: str
    target: str
    metric: Metric
    priority: str | None
    stage: Stage
    verdict: Verdict
    state: ClockState
    due_at: datetime | None
    at_risk_at: datetime | None
    breached_at: datetime | None
    goal_seconds: float | None
    elapsed_seconds: float
    explain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenClocksBody:
    """A page of open clocks, nearest deadline first, paused ones last."""

    as_of: datetime
    limit: int
    offset: int
    clocks: Sequence[OpenClockBody]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardRowBody:
    """One target of a contract in one period; `attainment` is met out of n, null where n is 0."""

    vendor: str
    contract: str
    target: str
    metric: Metric
    priority: str | None
    period: str
    n: int
    met: int
    missed: int
    pending: int
    unverifiable: int
    excluded: int
    attainment: float | None
    attainment_text: str | None
    objective: float | None
    attained: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountBody:
    """What a contract's period comes to: `credits` as `syncd scorecard compute` has them, null without any agreed."""

    vendor: str
    contract: str
    period: str
    credits: Mapping[str, object] | None
    score: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardBody:
    """A month's scorecard of every contract."""

    as_of: datetime
    period: str
    rows: Sequence[ScorecardRowBody]
    accounts: Sequence[AccountBody]


def clock_body(clock: OpenClock, now: datetime) -> OpenClockBody:
    """Return an open clock as the API says it."""
    return OpenClockBody(
        source=clock.source,
        ticket=clock.ticket,
        url=link(clock.url),
        title=clock.title,
        vendor=clock.vendor,
        contract=clock.contract,
        target=clock.target,
        metric=clock.metric,
        priority=clock.priority,
        stage=clock.stage,
        verdict=clock.verdict,
        state=clock_state(clock, now),
        due_at=clock.due_at,
        at_risk_at=clock.at_risk_at,
        breached_at=clock.breached_at,
        goal_seconds=None if clock.goal_us is None else clock.goal_us / _MICROSECONDS,
        elapsed_seconds=clock.elapsed_us / _MICROSECONDS,
        explain=explain_path(clock.source, clock.ticket),
    )


def row_body(row: ScorecardRow) -> ScorecardRowBody:
    """Return a scorecard row as the API says it."""
    share = row.attainment
    return ScorecardRowBody(
        vendor=row.vendor,
        contract=row.contract,
        target=row.target,
        metric=row.metric,
        priority=row.priority,
        period=row.period,
        n=row.n,
        met=row.met,
        missed=row.missed,
        pending=row.pending,
        unverifiable=row.unverifiable,
        excluded=row.excluded,
        attainment=None if share is None else float(share),
        attainment_text=None if share is None else percent_text(share, row.objective),
        objective=None if row.objective is None else float(row.objective),
        attained=row.attained,
    )


def account_body(account: Account) -> AccountBody:
    """Return what a contract's period comes to as the API says it."""
    return AccountBody(
        vendor=account.vendor,
        contract=account.contract,
        period=account.period,
        credits=None if account.credits is None else credits_as_json(account.credits),
        score=score_as_json(account.score),
    )
