"""`POST /-/reload`: take on a changed configuration."""

from collections.abc import Callable, Sequence

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import PlainTextResponse


def reloading(reload: Callable[[], Sequence[str]]) -> APIRouter:
    """Return the route; `reload` returns what is wrong with the configuration, nothing where it is taken on."""
    router = APIRouter(include_in_schema=False)

    @router.post("/-/reload")
    @router.put("/-/reload")
    def reload_configuration(request: Request) -> PlainTextResponse:
        # Browsers name the page that a request comes from; no page of ours sends one, so it is somebody else's.
        if "origin" in request.headers:
            raise HTTPException(403, "a page in a browser may not ask for this")
        findings = reload()
        if findings:
            return PlainTextResponse("".join(f"{finding}\n" for finding in findings), status_code=500)
        return PlainTextResponse("the configuration is read; starting again with it\n", status_code=202)

    return router
