"""`/api/v1`: what the pages show, as JSON."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from syncd.web.bodies import OpenClocksBody, ScorecardBody, account_body, clock_body, row_body
from syncd.web.months import MONTH, month_of
from syncd.web.sources import Facts, Status

MOST_CLOCKS = 500
"""The longest page of open clocks."""


def api(facts: Facts, now: Callable[[], datetime]) -> APIRouter:
    """Return the API's routes."""
    router = APIRouter(prefix="/api/v1", tags=["v1"])

    @router.get("/status", summary="How this process, its sources and its store stand")
    def status() -> Status:
        return facts.status()

    @router.get("/open-clocks", summary="Open clocks, nearest deadline first, paused ones last")
    def open_clocks(
        limit: Annotated[int, Query(ge=1, le=MOST_CLOCKS, description="how many at most")] = 100,
        offset: Annotated[int, Query(ge=0, le=10_000_000, description="how many to pass over")] = 0,
    ) -> OpenClocksBody:
        at = now()
        clocks = [clock_body(clock, at) for clock in facts.open_clocks(limit, offset)]
        return OpenClocksBody(as_of=at, limit=limit, offset=offset, clocks=clocks)

    @router.get("/scorecard", summary="What came of every promise in a month")
    def scorecard(
        period: Annotated[
            str | None, Query(pattern=MONTH, description="a month, as 2026-03; else the current one")
        ] = None,
    ) -> ScorecardBody:
        at = now()
        month = period or month_of(at)
        rows = facts.scorecard(month)
        return ScorecardBody(
            as_of=at,
            period=month,
            rows=[row_body(row) for row in rows],
            accounts=[account_body(account) for account in facts.accounts(rows)],
        )

    return router
