"""Rows of a query in order, and the tokens by which a walk goes on: by place among the rows, not by number.

A walk is no snapshot: an issue whose place moves ahead of the reader comes again, one that moves back is passed by.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from connectors.jira.simulator.answers import refused
from connectors.jira.simulator.call import Call
from connectors.jira.simulator.index import Document, document
from connectors.jira.simulator.jql import JqlError, Query, parse
from connectors.jira.simulator.jql_match import UNBOUNDED, Asker, compiled, sorting, visible_projects
from connectors.jira.simulator.stamps import ident, millis

TOKEN_DAYS = 7
Place = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One hit."""

    place: Place
    id: int


def asker(call: Call) -> Asker:
    """Return who searches, with what they may name."""

    def exists(id_or_key: str) -> int | None:
        issue = call.world.find(id_or_key)
        return issue.id if issue is not None and call.rights.sees(issue, call.elapsed) else None

    projects = visible_projects(lambda key: call.rights.browses(key, call.elapsed))
    return Asker(call.now, call.habits.zone, projects, exists, call.habits.epoch)


def validated(call: Call, jql: str, *, bounded: bool) -> Query:
    """Return a query that the site accepts; raises the 400 of one that it does not."""
    try:
        query = parse(jql)
        if query.where is not None:
            compiled(query.where, asker(call))
        sorting(query.order)
    except JqlError as wrong:
        raise refused(str(wrong)) from None
    if bounded and query.where is None:
        raise refused(UNBOUNDED)
    return query


class Searches:
    """Answers to queries; an answer is kept for as long as nothing that was searched has changed."""

    def __init__(self) -> None:
        self._kept: tuple[object, list[Row]] | None = None

    def rows(self, call: Call, jql: str, query: Query, fresh: Sequence[int] = ()) -> list[Row]:
        """Return every hit in order; issues of `fresh` are searched as they are now, not as they are indexed."""
        relative = "" if not any(word in jql for word in ("-", "+")) else call.now.isoformat()
        key = (jql, call.world.index.version, relative, tuple(fresh), tuple(asker(call).projects))
        if self._kept is None or self._kept[0] != key:
            self._kept = (key, _hits(call, query, fresh))
        return self._kept[1]


def _hits(call: Call, query: Query, fresh: Sequence[int]) -> list[Row]:
    documents: dict[int, Document] = call.world.index.documents
    if fresh:
        found = (call.world.issues.get(number) for number in fresh)
        documents = {**documents, **{each.id: document(each) for each in found if each is not None}}
    test = (lambda _: True) if query.where is None else compiled(query.where, asker(call))
    place = sorting(query.order)
    return sorted((Row(place(each), each.id) for each in documents.values() if test(each)), key=lambda row: row.place)


def behind(rows: list[Row], place: Place | None) -> int:
    """Return how many rows stand up to and including a place."""
    if place is None:
        return 0
    return bisect_right(rows, place, key=lambda row: row.place)


def token_of(call: Call, query: str, place: Place) -> str:
    """Return the token that goes on behind a place; no two are the same, though an empty page leaves the place."""
    body = msgspec.json.encode([ident(query)[:12], millis(call.now), place, call.number])
    return urlsafe_b64encode(body).decode().rstrip("=")


def place_of(call: Call, query: str, token: str) -> Place | None:
    """Return the place of a token, None for none; raises the 400 of one that is spoilt, stale or of another query."""
    if not token:
        return None
    try:
        told, issued, place, _ = msgspec.json.decode(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        good = told == ident(query)[:12] and millis(call.now - timedelta(days=TOKEN_DAYS)) <= issued
    except (NotBase64, msgspec.DecodeError, UnicodeDecodeError, ValueError, TypeError):
        good, place = False, []
    if not good:
        raise refused("The provided next page token is invalid or expired.")
    return _tuple(place)


def _tuple(place: object) -> Place:
    return tuple(_tuple(part) if isinstance(part, list) else part for part in place) if isinstance(place, list) else ()
