"""The pages for people."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path
from fastapi.responses import HTMLResponse, Response

from syncd.web.board import board
from syncd.web.cards import cards
from syncd.web.months import MONTH, month_of, shifted
from syncd.web.sources import Facts
from syncd.web.templating import Asset, Templates

REFRESH_SECONDS = 15
"""How often the status page asks again, by itself and without a script."""

_A_DAY = "public, max-age=86400"


def pages(
    facts: Facts, now: Callable[[], datetime], templates: Templates, files: Mapping[str, Asset]
) -> APIRouter:  # fmt: skip
    """Return the routes of pages and of what they load."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def status() -> HTMLResponse:
        return templates.page("status.html", board=board(facts, now()), refresh=REFRESH_SECONDS)

    def card_page(month: str, at: datetime) -> HTMLResponse:
        rows = facts.scorecard(month)
        return templates.page(
            "scorecards.html",
            at=at,
            month=month,
            before=shifted(month, -1),
            after=shifted(month, 1) if month < month_of(at) else None,
            running=month >= month_of(at),
            cards=cards(rows, facts.status().vendors, facts.accounts(rows)),
        )

    @router.get("/scorecards")
    def this_month() -> HTMLResponse:
        at = now()
        return card_page(month_of(at), at)

    @router.get("/scorecards/{month}")
    def one_month(month: Annotated[str, Path(pattern=MONTH)]) -> HTMLResponse:
        return card_page(month, now())

    @router.get("/tickets/{source}/{ticket:path}")
    def ticket(source: str, ticket: str) -> HTMLResponse:
        explanation = facts.explain(source, ticket)
        if explanation is None:
            raise HTTPException(404, f"no ticket {ticket} of {source} is known here")
        return templates.page("ticket.html", source=source, ticket=ticket, explanation=explanation, at=now())

    @router.get("/static/{name}")
    def file(name: str) -> Response:
        if name not in files:
            raise HTTPException(404, "no such file")
        asset = files[name]
        return Response(asset.content, media_type=asset.media_type, headers={"cache-control": _A_DAY})

    return router
