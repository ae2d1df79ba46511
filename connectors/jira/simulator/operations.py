"""What the published documents say each operation may be asked: query parameters by name; bodies are in `bodies`.

Atlassian's OpenAPI documents of the Jira Cloud platform REST API v3 (2025, format 1001.0.0) and of the Service
Management REST API, by `operationId`; for Data Center its REST reference, 9.12, as far as it differs. Sites pass over
parameters that they do not know: this one refuses them with a 400, so that a typing error cannot hide.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from connectors.jira.simulator.answers import refused
from syncd.ports.toolkit import HttpRequest

_PAGE = ("startAt", "maxResults")
_DESK_PAGE = ("start", "limit")
_SEARCH = ("jql", *_PAGE, "validateQuery", "fields", "expand")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a document."""

    id: str
    query: tuple[str, ...] = ()


OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("server_info", "GET"): Operation("getServerInfo"),
    ("myself", "GET"): Operation("getCurrentUser", ("expand",)),
    ("permissions", "GET"): Operation(
        "getMyPermissions",
        ("projectKey", "projectId", "issueKey", "issueId", "permissions", "projectUuid", "projectConfigurationUuid",
         "commentId"),
    ),
    ("fields", "GET"): Operation("getFields"),
    ("field_search", "GET"): Operation(
        "getFieldsPaginated", (*_PAGE, "type", "id", "query", "orderBy", "expand", "projectIds")
    ),
    ("statuses", "GET"): Operation("getStatuses"),
    ("status_search", "GET"): Operation("search", ("expand", "projectId", *_PAGE, "searchString", "statusCategory")),
    ("priorities", "GET"): Operation("getPriorities"),
    ("priority_search", "GET"): Operation(
        "searchPriorities", (*_PAGE, "id", "projectId", "priorityName", "onlyDefault", "expand")
    ),
    ("resolutions", "GET"): Operation("getResolutions"),
    ("resolution_search", "GET"): Operation("searchResolutions", (*_PAGE, "id", "onlyDefault")),
    ("projects", "GET"): Operation("getAllProjects", ("expand", "recent", "properties")),
    ("project_search", "GET"): Operation(
        "searchProjects",
        (*_PAGE, "orderBy", "id", "keys", "query", "typeKey", "categoryId", "action", "expand", "status", "properties",
         "propertyQuery"),
    ),
    ("group_members", "GET"): Operation("getUsersFromGroup", ("groupname", "groupId", "includeInactiveUsers", *_PAGE)),
    ("user", "GET"): Operation("getUser", ("accountId", "username", "key", "expand")),
    ("user_groups", "GET"): Operation("getUserGroups", ("accountId", "username", "key")),
    ("search", "GET"): Operation(
        "searchAndReconsileIssuesUsingJql",
        ("jql", "nextPageToken", "maxResults", "fields", "expand", "properties", "fieldsByKeys", "failFast",
         "reconcileIssues"),
    ),
    ("search", "POST"): Operation("searchAndReconsileIssuesUsingJqlPost"),
    ("count", "POST"): Operation("countIssues"),
    ("parse", "POST"): Operation("parseJqlQueries", ("validation",)),
    ("removed", "GET"): Operation("searchForIssuesUsingJql", (*_SEARCH, "properties", "fieldsByKeys", "failFast")),
    ("removed", "POST"): Operation("searchForIssuesUsingJqlPost"),
    ("bulkfetch", "POST"): Operation("bulkFetchIssues"),
    ("issue", "GET"): Operation(
        "getIssue", ("fields", "fieldsByKeys", "expand", "properties", "updateHistory", "failFast")
    ),
    ("changelog", "GET"): Operation("getChangeLogs", _PAGE),
    ("changelog_list", "POST"): Operation("getChangeLogsByIds"),
    ("changelogs", "POST"): Operation("getBulkChangelogs"),
    ("comments", "GET"): Operation("getComments", (*_PAGE, "orderBy", "expand")),
    ("remote_links", "GET"): Operation("getRemoteIssueLinks", ("globalId",)),
    ("comment_list", "POST"): Operation("getCommentsByIds", ("expand",)),
    ("desk_info", "GET"): Operation("getInfo"),
    ("requests", "GET"): Operation(
        "getCustomerRequests",
        ("searchTerm", "requestOwnership", "requestStatus", "approvalStatus", "organizationId", "serviceDeskId",
         "requestTypeId", "expand", *_DESK_PAGE),
    ),
    ("request", "GET"): Operation("getCustomerRequestByIdOrKey", ("expand",)),
    ("request_status", "GET"): Operation("getCustomerRequestStatus", _DESK_PAGE),
    ("request_comments", "GET"): Operation("getRequestComments", ("public", "internal", "expand", *_DESK_PAGE)),
    ("request_sla", "GET"): Operation("getSlaInformation", _DESK_PAGE),
}  # fmt: skip

OF_DATA_CENTER: Mapping[tuple[str, str], Operation] = {
    ("permissions", "GET"): Operation("getPermissions", ("projectKey", "projectId", "issueKey", "issueId")),
    ("projects", "GET"): Operation("getAllProjects", ("expand", "recent", "includeArchived", "browseArchive")),
    ("group_members", "GET"): Operation("getUsersFromGroup", ("groupname", "includeInactiveUsers", *_PAGE)),
    ("user", "GET"): Operation("getUser", ("username", "key", "includeDeleted", "expand")),
    ("classic", "GET"): Operation("search", _SEARCH),
    ("classic", "POST"): Operation("searchUsingSearchRequest"),
    ("issue", "GET"): Operation("getIssue", ("fields", "expand", "properties", "updateHistory")),
}
"""What differs there."""

EXPANSIONS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("getIssue", "cloud"): (
        "renderedFields", "names", "schema", "transitions", "editmeta", "changelog", "versionedRepresentations",
    ),
    ("getComments", "cloud"): ("renderedBody",),
    ("getCommentsByIds", "cloud"): ("renderedBody", "properties"),
}  # fmt: skip
"""What `expand` may say, where Cloud's document lists it."""


def operation(route: str, method: str, *, cloud: bool) -> Operation:
    """Return the operation behind a route."""
    table = OPERATIONS if cloud else {**OPERATIONS, **OF_DATA_CENTER}
    return table[route, method]


def check(request: HttpRequest, route: str, *, cloud: bool) -> Operation:
    """Return the operation that a request means; raises the 400 of one that its document does not know."""
    meant = operation(route, request.method, cloud=cloud)
    pairs = parse_qsl(request.query, keep_blank_values=True)
    strange = sorted({name for name, _ in pairs} - set(meant.query))
    if strange:
        raise refused(f"{meant.id} has no query parameter {', '.join(strange)}.")
    listed = EXPANSIONS.get((meant.id, "cloud" if cloud else "dc"))
    asked = [part.strip() for name, value in pairs if name == "expand" for part in value.split(",") if part.strip()]
    if listed is not None and not set(asked) <= set(listed):
        raise refused(f"{meant.id} expands {', '.join(listed)}, not {', '.join(asked)}.")
    return meant
