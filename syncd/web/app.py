"""The HTTP application: metrics, health, JSON and pages, from this process alone; only a reload changes anything."""

from collections.abc import Callable, Sequence
from datetime import datetime
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.exceptions import HTTPException

from syncd.errors import StoreError
from syncd.web.api import api
from syncd.web.documentation import documentation
from syncd.web.middleware import Guarded, HeadAsGet
from syncd.web.pages import pages
from syncd.web.probes import probes
from syncd.web.reloading import reloading
from syncd.web.sources import Facts, MetricsPage
from syncd.web.templating import Templates, assets

_FOR_MACHINES = ("/api/", "/-/", "/metrics")


def build_app(
    facts: Facts,
    metrics: MetricsPage,
    now: Callable[[], datetime],
    *,
    version: str = "unknown",
    tickets: MetricsPage | None = None,
    reload: Callable[[], Sequence[str]] | None = None,
) -> FastAPI:
    """Return the application; `now` gives this instant, aware UTC.

    `tickets` is the page of single tickets and `reload` takes on a changed configuration, if there are such.
    """
    app = FastAPI(
        title="syncd",
        version=version,
        summary="What vendors promised and what became of it.",
        docs_url=None,  # these two load scripts from elsewhere
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    files = assets()
    templates = Templates(files)
    app.include_router(probes(facts, metrics, now, tickets))
    if reload is not None:
        app.include_router(reloading(reload))
    app.include_router(api(facts, now))
    app.include_router(documentation(app.openapi, templates, now))
    app.include_router(pages(facts, now, templates, files))
    _answer_errors(app, templates, now)
    app.add_middleware(HeadAsGet)
    app.add_middleware(Guarded)
    return app


def _answer_errors(app: FastAPI, templates: Templates, now: Callable[[], datetime]) -> None:
    def answer(request: Request, code: int, sentence: str) -> Response:
        path = request.url.path
        if path.startswith("/api/"):
            return JSONResponse({"detail": sentence}, status_code=code)
        if path.startswith(_FOR_MACHINES):
            return PlainTextResponse(f"{sentence}\n", status_code=code)
        title = HTTPStatus(code).phrase
        return templates.page("error.html", status_code=code, code=code, title=title, sentence=sentence, at=now())

    @app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> Response:
        return answer(request, error.status_code, error.detail)

    @app.exception_handler(RequestValidationError)
    def misunderstood(request: Request, error: RequestValidationError) -> Response:
        findings = "; ".join(f"{finding['loc'][-1]}: {finding['msg']}" for finding in error.errors())
        return answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, findings)

    @app.exception_handler(StoreError)
    def without_store(request: Request, error: StoreError) -> Response:
        return answer(request, HTTPStatus.SERVICE_UNAVAILABLE, f"the store does not answer: {error.reason}")
