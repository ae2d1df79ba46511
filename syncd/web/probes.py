"""What machines ask: metrics, is it alive, is it ready."""

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from syncd.web.sources import Facts, MetricsPage


def probes(
    facts: Facts, metrics: MetricsPage, now: Callable[[], datetime], tickets: MetricsPage | None = None
) -> APIRouter:  # fmt: skip
    """Return the routes for Prometheus and for process supervisors; no page of tickets unless there is one."""
    router = APIRouter(include_in_schema=False)

    def served(page: MetricsPage, request: Request) -> Response:
        asked = request.headers
        body, headers = page.page(
            ",".join(asked.getlist("accept")), ",".join(asked.getlist("accept-encoding")), now()
        )  # fmt: skip
        return Response(body, headers=dict(headers))

    @router.get("/metrics")
    def all_metrics(request: Request) -> Response:
        return served(metrics, request)

    if tickets is not None:

        @router.get("/metrics/tickets")
        def ticket_metrics(request: Request) -> Response:
            return served(tickets, request)

    @router.get("/-/healthy")
    def healthy() -> PlainTextResponse:
        return PlainTextResponse("healthy\n")

    @router.get("/-/ready")
    def ready() -> PlainTextResponse:
        missing = facts.unready()
        if missing:
            return PlainTextResponse("".join(f"{reason}\n" for reason in missing), status_code=503)
        return PlainTextResponse("ready\n")

    return router
