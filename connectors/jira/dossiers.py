"""Complete records: issues with their whole histories and every comment.

What is expanded or embedded is a truncated page: it is taken for the whole only where its own `total` says so.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from connectors.jira.api import JiraApi
from connectors.jira.cells import Row, inner, rows, text
from connectors.jira.comment_pages import read_comments
from connectors.jira.directory import Directory, Known, mentioned
from connectors.jira.remote_links import remote_links
from connectors.jira.settings import JiraOptions
from connectors.jira.stamps import instant
from connectors.jira.ticket import head
from syncd.domain.problem import Problem
from syncd.errors import SourceRefused
from syncd.ports.connector import RawRecord

T = TypeVar("T")

Reading = Callable[[], dict[str, object]]
"""Gives the payload of one ticket."""

BULK = 100
"""Issues that one bulk fetch may ask for."""


@dataclass(frozen=True, slots=True)
class Completed:
    """Records, the ids that are not there any more, and what was odd."""

    records: tuple[RawRecord, ...]
    missing: tuple[str, ...]
    problems: tuple[Problem, ...]
    began: datetime
    """The site's time when reading began."""


class Dossiers:
    """Completes tickets by id, as they are now: reads by id know no lag."""

    def __init__(self, api: JiraApi, directory: Directory, options: JiraOptions) -> None:
        self._api = api
        self._directory = directory
        self._options = options

    def complete(self, ids: Sequence[str], *, sought: bool = False) -> Completed:
        """Return the records of tickets.

        Those `sought` may be hidden by now, which Data Center says with a 403: they are missing. Of tickets that a
        search just found a 403 for every one is a right that is lacking, and raised.
        """
        began = self._api.time()
        if not ids:
            return Completed((), (), (), began)
        known = self._directory.known()
        readings = self._cloud if self._api.product().cloud else self._data_center
        payloads = self._read(readings(ids, known), sought=sought)
        records, odd = [], 0
        for payload in payloads:
            try:
                ident, updated_at = head(payload)
            except ValueError:
                odd += 1
                continue
            records.append(RawRecord(ident, updated_at, payload))
        told = {record.ticket for record in records}
        problems = [
            *known.problems,
            *(Problem("unknown_field", f"no field is called {name}") for name in known.unknown),
        ]
        if odd:
            problems.append(
                Problem("unreadable_row", f"{odd} issues without an id or the instant of their last update")
            )
        missing = tuple(each for each in dict.fromkeys(ids) if each not in told)
        return Completed(tuple(records), missing, tuple(problems), began)

    def _cloud(self, ids: Sequence[str], known: Known) -> list[Reading]:
        """Return what is left to read once fields are, and histories after them: no field is newer than its history."""
        issues: dict[str, Row] = {}
        for start in range(0, len(ids), BULK):
            asked = {"issueIdsOrKeys": list(ids[start : start + BULK]), "fields": list(known.asked)}
            for issue in rows(self._api.post("issue/bulkfetch", asked), "issues"):
                issues[text(issue, "id")] = issue
        wanted = [each for each in dict.fromkeys(ids) if each in issues]
        histories = self._histories(wanted)
        return [self._finished(issues[each], histories[each], known) for each in wanted]

    def _data_center(self, ids: Sequence[str], known: Known) -> list[Reading]:
        """Return the readings of issues, one by one: histories come whole, but only by expansion."""
        return [self._one(each, known) for each in ids]

    def _read(self, readings: Sequence[Reading], *, sought: bool) -> list[dict[str, object]]:
        """Return the payloads of what is there, side by side; a ticket may go, or be hidden, while it is read."""
        found = self._api.toolkit.gather([_unless_gone(each) for each in readings])
        payloads = [each for each in found if not isinstance(each, SourceRefused)]
        refused = [each for each in found if isinstance(each, SourceRefused)]
        if refused and not payloads and not sought and all(each.reason == "forbidden" for each in refused):
            raise refused[0]
        return payloads

    def _histories(self, ids: Sequence[str]) -> dict[str, list[Row]]:
        """Return changelogs from the bulk endpoint: by date, so that one issue's may stand on several pages."""
        found: dict[str, list[Row]] = {each: [] for each in ids}
        if not ids:
            return found
        body: dict[str, object] = {"issueIdsOrKeys": list(ids), "maxResults": self._options.changelog_page_size}
        seen: set[str] = set()
        while True:
            answer = self._api.post("changelog/bulkfetch", body)
            for changes in rows(answer, "issueChangeLogs"):
                found.setdefault(text(changes, "issueId"), []).extend(rows(changes, "changeHistories"))
            token = text(answer, "nextPageToken")
            if not token:
                return found
            if token in seen:
                raise self._api.strange("the bulk changelog goes round in circles: a page token came again")
            seen.add(token)
            body = {**body, "nextPageToken": token}

    def _finished(self, issue: Row, histories: list[Row], known: Known) -> Reading:
        def finish() -> dict[str, object]:
            told = issue
            if not histories and _was_changed(issue):
                # The endpoint and the expansion may disagree (estuary/connectors 5204): the mapper takes what there is.
                expanded = self._api.get(f"issue/{text(issue, 'id')}", {"fields": "updated", "expand": "changelog"})
                told = {**issue, "changelog": inner(expanded, "changelog")}
            payload = self._payload(told, histories or rows(inner(told, "changelog"), "histories"), known)
            return {**payload, "changelog": histories}

        return finish

    def _one(self, ident: str, known: Known) -> Reading:
        def read() -> dict[str, object]:
            issue = self._api.get(f"issue/{ident}", {"fields": ",".join(known.asked), "expand": "changelog"})
            return self._payload(issue, rows(inner(issue, "changelog"), "histories"), known)

        return read

    def _payload(self, issue: Row, histories: Sequence[Row], known: Known) -> dict[str, object]:
        comments, whole = read_comments(self._api, issue, self._options)
        people = mentioned(issue, histories, comments) if known.members else ()
        values = {key: value for key, value in inner(issue, "fields").items() if key != "comment"}
        payload: dict[str, object] = {
            "issue": {**issue, "fields": values}, "comments": comments, "directory": known.part(people),
        }  # fmt: skip
        complete = {} if whole else {"comments": False}
        if self._options.same_incident:
            links = remote_links(self._api, text(issue, "id"), histories)
            payload["links"] = links or []
            complete |= {"links": False} if links is None else {}
        if complete:
            payload["complete"] = {"changelog": True, **complete}
        return payload


def _unless_gone(reading: Reading) -> Callable[[], dict[str, object] | SourceRefused]:
    """Return a reading that gives the refusal of a ticket that is not there, or not ours to see."""

    def read() -> dict[str, object] | SourceRefused:
        try:
            return reading()
        except SourceRefused as refused:
            if refused.reason not in ("gone", "forbidden"):
                raise
            return refused

    return read


def _was_changed(issue: Row) -> bool:
    """Tell whether an issue should have a history; one that was only commented on need not, which costs a request."""
    values = inner(issue, "fields")
    created, updated = instant(values.get("created")), instant(values.get("updated"))
    return created is not None and updated is not None and (updated - created).total_seconds() > 1


def chunks(some: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield a sequence, so many at a time."""
    for start in range(0, len(some), size):
        yield some[start : start + size]
