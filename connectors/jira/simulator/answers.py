"""Answers as Jira words them: JSON bodies, its error collection, its login page, its many ways to say no."""

from collections.abc import Mapping, Sequence

import msgspec

from syncd.ports.toolkit import HttpResponse

JSON = "application/json;charset=UTF-8"

NO_ISSUE = "Issue does not exist or you do not have permission to see it."
BAD_BODY = "Invalid request payload. Refer to the REST API documentation and try again."
REMOVED = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. "
    "A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)


class Refusal(Exception):
    """What ends a request early: the answer to give."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__(str(response.status))
        self.response = response


def answer(status: int, body: object, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Return a JSON answer."""
    return HttpResponse(status, {"content-type": JSON, **(headers or {})}, msgspec.json.encode(body))


def failure(status: int, *messages: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Return an error collection, as the platform's API words errors."""
    return answer(status, {"errorMessages": list(messages), "errors": {}}, headers)


def refused(*messages: str) -> Refusal:
    """Return the 400 that says why."""
    return Refusal(failure(400, *messages))


def no_issue() -> Refusal:
    """Return the 404 of an issue that was deleted, is hidden or never was: one body for all three."""
    return Refusal(failure(404, NO_ISSUE))


def hidden_issue() -> Refusal:
    """Return the 403 with which a Data Center may own up to an issue that the account may not see."""
    return Refusal(failure(403, "You do not have the permission to see the specified issue."))


def no_resource(path: str) -> HttpResponse:
    """Return the 404 of a path that this product does not serve."""
    return answer(404, {"message": f"null for uri: {path}", "status-code": 404})


def unauthenticated(*, failed: bool) -> HttpResponse:
    """Return the honest answer to bad or missing credentials."""
    reason = {"x-seraph-loginreason": "AUTHENTICATED_FAILED"} if failed else {}
    headers = {"www-authenticate": 'OAuth realm="jira"', **reason}
    return failure(401, "Client must be authenticated to access this resource.", headers=headers)


def desk_error(status: int, message: str) -> Refusal:
    """Return an error as the service desk API words it."""
    body = {"errorMessage": message, "i18nErrorMessage": {"i18nKey": "sd.error", "parameters": []}}
    return Refusal(answer(status, body))


def login_page(status: int = 200) -> HttpResponse:
    """Return what a single sign-on front sends in place of JSON."""
    page = (
        "<!DOCTYPE html><html><head><title>Log in</title></head><body><form action='/sso'>"
        "<input name='username'></form></body></html>"
    )
    return HttpResponse(status, {"content-type": "text/html;charset=UTF-8"}, page.encode())


def paged(key: str, rows: Sequence[object], start: int, size: int, total: int, **more: object) -> dict[str, object]:
    """Return an offset page: rows under `key`, with where they stand among all."""
    return {"startAt": start, "maxResults": size, "total": total, **more, key: list(rows)}
