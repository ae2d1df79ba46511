"""One redacted payload, read: the fields as they are, their history, the comments, and the people."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from connectors.jira.cells import Row, inner, is_object, rows, text
from connectors.jira.fields import Fields
from connectors.jira.history import Update, updates
from connectors.jira.people import People, Person
from connectors.jira.portal import field_values, status_directory, status_entry, status_updates
from connectors.jira.settings import JiraOptions
from connectors.jira.stamps import instant
from connectors.jira.states import Statuses
from connectors.jira.values import Value, held, held_people

Whole = bool | Literal["newest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a payload says; instants are aware UTC."""

    id: str
    key: str
    title: str
    payload: Row
    values: Row
    """The issue's own fields; empty in a customer's view."""
    created_at: datetime
    dated: bool
    """Whether the creation is told at all."""
    updated_at: datetime
    now: Mapping[str, Value]
    fields: Fields
    updates: tuple[Update, ...]
    unread: int
    """Histories without an id or an instant."""
    early: int
    """Histories older than the ticket."""
    comments: tuple[Row, ...]
    people: People
    creator: Person
    reporter: Person
    statuses: Statuses
    project_type: str
    history_whole: Whole
    comments_whole: Whole
    links_whole: bool
    """False where remote links are wanted and may not be read."""
    portal: bool


def head(payload: Row) -> tuple[str, datetime]:
    """Return the ticket's id and the instant of its last update; raises ValueError saying what the payload lacks."""
    if not is_object(payload.get("issue")):
        if is_object(payload.get("request")):
            return _request_head(payload)
        raise ValueError("issue: the issue as REST gives it is missing (or `request`, in a customer's view)")
    issue = inner(payload, "issue")
    if not text(issue, "id"):
        raise ValueError("issue.id: missing")
    updated_at = instant(inner(issue, "fields").get("updated"))
    if updated_at is None:
        raise ValueError("issue.fields.updated: not an instant such as 2026-03-02T09:15:27.104+0100")
    return text(issue, "id"), updated_at


def _request_head(payload: Row) -> tuple[str, datetime]:
    """Return the head of a request, which tells no update: the newest of what is seen of it."""
    request = inner(payload, "request")
    if not text(request, "issueId"):
        raise ValueError("request.issueId: missing")
    created_at = instant(request.get("createdDate"))
    if created_at is None:
        raise ValueError("request.createdDate: not an instant")
    bean = payload.get("statuses")
    statuses = (
        rows(payload, "statuses") if isinstance(bean, list | tuple) else rows(inner(payload, "statuses"), "values")
    )
    expanded = (*rows(inner(request, "status"), "values"), inner(request, "currentStatus"))
    written = payload.get("comments")
    comments = (
        rows(payload, "comments") if isinstance(written, list | tuple) else rows(inner(payload, "comments"), "values")
    )
    seen = [row.get("statusDate") for row in (*statuses, *expanded)] + [row.get("created") for row in comments]
    return text(request, "issueId"), max(at for each in (created_at, *map(instant, seen)) if (at := each) is not None)


def read(payload: Row, options: JiraOptions) -> Ticket:
    """Return what a redacted payload says; raises ValueError for one without identity (see `head`)."""
    ident, updated_at = head(payload)
    portal = not is_object(payload.get("issue"))
    issue, request, directory = (inner(payload, key) for key in ("issue", "request", "directory"))
    values = inner(issue, "fields")
    known = inner(directory, "fields")
    fields = Fields(options.configured, {key: inner(known, key) for key in known})
    told = instant(request.get("createdDate") if portal else values.get("created"))
    created_at = updated_at if told is None else min(told, updated_at)
    comments = tuple(rows(payload, "comments"))
    people = People(_users(payload, values, request))
    complete = inner(payload, "complete")
    statuses = rows(payload, "statuses")
    if portal:
        history, unread, early = [*status_updates(statuses)], 0, 0
        history = [update for update in history if update.at >= created_at]
        meanings: Mapping[str, Row] = status_directory(statuses)
        now = {**field_values(request), "status": status_entry(statuses[-1]) if statuses else ()}
    else:
        history, unread, early = updates(rows(payload, "changelog"), fields, created_at)
        listed = inner(directory, "statuses")
        meanings = {key: inner(listed, key) for key in listed}
        now = {key: held(values.get(key)) for key in fields.tracked if key in values}
        now |= {key: people.same(held_people(values.get(key))) for key in fields.people & now.keys()}
        history = [_with_same_people(update, fields, people) for update in history]
    now["key"] = held(text(issue, "key") or text(request, "issueKey"))
    if "requestType" in request and not now.get(fields.key("request_type") or "request_type"):
        now[fields.key("request_type") or "request_type"] = held(request["requestType"])
    creator, reporter = (inner(values, who) or inner(request, "reporter") for who in ("creator", "reporter"))
    return Ticket(
        id=ident,
        key=text(issue, "key") or text(request, "issueKey") or ident,
        title=text(values, "summary") or _shown(field_values(request).get("summary", ())),
        payload=payload,
        values=values,
        created_at=created_at,
        dated=told is not None,
        updated_at=updated_at,
        now=now,
        fields=fields,
        updates=tuple(history),
        unread=unread,
        early=early,
        comments=comments,
        people=people,
        creator=people.of(creator),
        reporter=people.of(reporter or creator),
        statuses=Statuses(meanings),
        project_type=text(inner(values, "project"), "projectTypeKey") or ("service_desk" if portal else ""),
        history_whole=_whole(complete.get("changelog")),
        comments_whole=_whole(complete.get("comments")),
        links_whole=complete.get("links") is not False,
        portal=portal,
    )


def _with_same_people(update: Update, fields: Fields, people: People) -> Update:
    if not any(each.field in fields.people for each in update.changes):
        return update
    changes = tuple(
        replace(each, old=people.same(each.old), new=people.same(each.new)) if each.field in fields.people else each
        for each in update.changes
    )
    return replace(update, changes=changes)


def _whole(raw: object) -> Whole:
    return "newest" if raw == "newest" else raw is True


def _shown(value: Value) -> str:
    return value[0].label if value else ""


def _users(payload: Row, values: Row, request: Row) -> list[Row]:
    """Return every mention of a user, as far as it tells anything."""
    authors = [inner(row, "author") for key in ("changelog", "comments") for row in rows(payload, key)]
    own = [user for key in sorted(values) for user in (inner(values, key), *rows(values, key)) if "id" not in user]
    users = (*rows(inner(payload, "directory"), "users"), *own, inner(request, "reporter"), *authors)
    return [user for user in users if user]
