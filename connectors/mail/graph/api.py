"""One mailbox in Microsoft Graph, as far as reading needs it; asks by GET only.

Every path lies below the mailbox, so that its address stands in no message of an error.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import quote, urlsplit

from connectors.mail.graph import bare
from connectors.mail.graph.items import EXPAND, SELECT, Item, item_of
from connectors.mail.graph.links import DELTA, NEXT, state_of
from connectors.mail.graph.wire import Row, bytes_of, object_of, rows, text
from connectors.mail.limits import Limits
from connectors.mail.settings import GraphBackend
from syncd.domain.instant_text import instant_text
from syncd.errors import SourceMisunderstood, SourceRefused
from syncd.ports.toolkit import ClientCredentials, HttpApi, Toolkit

T = TypeVar("T")

SIDE_BY_SIDE = 4
"""Requests that one mailbox answers at a time ("Microsoft Graph service-specific throttling limits", Outlook)."""

_IMMUTABLE = 'IdType="ImmutableId"'
_AS_TEXT = 'outlook.body-content-type="text"'
_FOLDER = "id,displayName,parentFolderId,childFolderCount,totalItemCount"
_FOLDER_PAGE = 100
_MOST_PAGES = 100_000
_RESYNC = frozenset({"gone", "configuration"})


class StateLost(Exception):
    """A folder's changes cannot be told, from a state or at all: the folder is to be listed."""


@dataclass(frozen=True, slots=True)
class Changes:
    """One page of what changed in a folder: messages, ids of those that left it, and the state that goes on from here.

    `unclear` are ids of messages whose row told too little. `done` says that this is all there is at present.
    """

    items: tuple[Item, ...]
    removed: tuple[str, ...]
    unclear: tuple[str, ...]
    state: Mapping[str, str]
    done: bool


class GraphApi:
    """Reads one mailbox; raises only our own errors, and `StateLost`."""

    def __init__(self, backend: GraphBackend, toolkit: Toolkit, limits: Limits) -> None:
        self.source = toolkit.source
        self._toolkit = toolkit
        self._limits = limits
        self._batch = backend.batch
        self._base = f"{backend.url.rstrip('/')}/users/{quote(backend.mailbox, safe='')}"
        self._api: HttpApi = toolkit.http(
            self._base, auth=credentials(backend), headers={"accept": "application/json", "prefer": _IMMUTABLE}
        )

    def side_by_side(self, calls: Sequence[Callable[[], T]]) -> list[T]:
        """Run calls as many at a time as the mailbox answers; answers in order."""
        found: list[T] = []
        for start in range(0, len(calls), SIDE_BY_SIDE):
            found += self._toolkit.gather(calls[start : start + SIDE_BY_SIDE])
        return found

    def folder(self, id_or_name: str) -> Row | None:
        """Return a folder by its id or well-known name; None where there is none."""
        return self._found(f"/mailFolders/{quote(id_or_name, safe='')}", {"$select": _FOLDER})

    def folders_in(self, parent: str | None) -> list[Row]:
        """Return the folders in a folder, of the mailbox's own if None; hidden ones are left out."""
        path = "/mailFolders" if parent is None else f"/mailFolders/{quote(parent, safe='')}/childFolders"
        found: list[Row] = []
        params: Mapping[str, str] = {"$select": _FOLDER, "$top": str(_FOLDER_PAGE)}
        for _ in range(_MOST_PAGES):
            body = self._api.get(path, params=params, read=object_of(self.source))
            found += rows(body)
            if NEXT not in body:
                return found
            params = state_of(self.source, body[NEXT], self._base)
        raise self._endless()

    def changes(self, folder: str, state: Mapping[str, str] | None) -> Changes:
        """Return one page of a folder's changes; with no state, the first page of everything in it.

        Raises `StateLost` where the state is refused: tokens are dropped from a cache of limited size, with 410 or
        another 4xx ("Use delta query", "Token duration"); without a state where changes are not offered (China, as
        "message: delta" has it). Not filtered by date: that ends after 5,000 messages.
        """
        params = state or {"$select": SELECT, "$expand": EXPAND}
        try:
            body = self._api.get(
                f"/mailFolders/{quote(folder, safe='')}/messages/delta", params=params,
                headers={"prefer": f"{_IMMUTABLE}, odata.maxpagesize={self._batch}"}, read=object_of(self.source),
            )  # fmt: skip
        except SourceRefused as refused:
            if refused.reason not in _RESYNC:
                raise
            raise StateLost from refused
        done = NEXT not in body
        link = body.get(DELTA) if done else body[NEXT]
        items: dict[str, Item] = {}
        removed: dict[str, None] = {}
        unclear: dict[str, None] = {}
        for row in rows(body):
            key, item = text(row, "id"), item_of(row)
            if "@removed" in row:
                items.pop(key, None)  # one message may stand on a page several times
                removed[key] = None
            elif item is not None:
                items[key] = item
            else:
                unclear[key] = None
        if "" in removed | unclear:
            raise SourceMisunderstood(self.source, "protocol", "a message has no id")
        after = state_of(self.source, link, self._base)
        return Changes(tuple(items.values()), tuple(removed), tuple(unclear), after, done)

    def listing(self, folder: str, since: datetime | None) -> Iterator[list[Item]]:
        """Yield everything in a folder, latest first, in pages; by date, because by offset a move would hide messages.

        Also where a page names no further one although there is more (microsoft-graph-docs issue 2153): only a page
        without news ends it.
        """
        path, bound, seen = f"/mailFolders/{quote(folder, safe='')}/messages", "", set[str]()
        low = "" if since is None else f"receivedDateTime ge {instant_text(since)} and "
        for _ in range(_MOST_PAGES):
            until = bound or "2200-01-01T00:00:00Z"
            params: Mapping[str, str] = {
                "$select": SELECT, "$expand": EXPAND, "$top": str(self._batch),
                "$orderby": "receivedDateTime desc", "$filter": f"{low}receivedDateTime lt {until}",
            }  # fmt: skip
            fresh: list[Item] = []
            for page in self._pages(path, params):
                fresh += [item for item in page if item.id not in seen]
                if fresh:
                    break
            if not fresh:
                return
            seen.update(item.id for item in fresh)
            yield fresh
            # Seconds are all that is told of the instant: the last one is asked for again, whole.
            bound = instant_text(min(item.received_at for item in fresh).replace(microsecond=0) + timedelta(seconds=1))
        raise self._endless()

    def item(self, key: str) -> Item | None:
        """Return a message as it lies in the mailbox now; None where it is gone."""
        row = self._found(f"/messages/{quote(key, safe='')}", {"$select": SELECT, "$expand": EXPAND})
        return None if row is None else self._whole(row)

    def mime(self, item: Item) -> bytes | None:
        """Return a message in MIME; None where it is gone."""
        try:
            return self._api.get(f"/messages/{quote(item.id, safe='')}/$value", read=bytes_of(self.source))
        except SourceRefused as refused:
            if refused.reason == "gone":
                return None
            raise

    def bare(self, item: Item) -> bytes | None:
        """Return a message's header and text alone, as a message in MIME; None where it is gone."""
        row = self._found(
            f"/messages/{quote(item.id, safe='')}", {"$select": bare.SELECT}, f"{_IMMUTABLE}, {_AS_TEXT}"
        )  # fmt: skip
        return None if row is None else bare.message_of(row, self._limits)

    def _pages(self, path: str, params: Mapping[str, str]) -> Iterator[list[Item]]:
        for _ in range(_MOST_PAGES):
            body = self._api.get(path, params=params, read=object_of(self.source))
            yield [self._whole(row) for row in rows(body)]
            if NEXT not in body:
                return
            params = state_of(self.source, body[NEXT], self._base)

    def _whole(self, row: Row) -> Item:
        item = item_of(row)
        if item is None:
            raise SourceMisunderstood(self.source, "protocol", "a message lacks properties that were asked for")
        return item

    def _found(self, path: str, params: Mapping[str, str], prefer: str = _IMMUTABLE) -> Row | None:
        try:
            return self._api.get(path, params=params, headers={"prefer": prefer}, read=object_of(self.source))
        except SourceRefused as refused:
            if refused.reason == "gone":
                return None
            raise

    def _endless(self) -> SourceMisunderstood:
        return SourceMisunderstood(self.source, "protocol", "a list has no end: its links lead back")


def credentials(backend: GraphBackend) -> ClientCredentials:
    """Return how to get a token (OAuth 2.0 client credentials, Microsoft identity platform v2.0).

    Towards this machine, plain http, the toolkit asks below the mailbox's own address.
    """
    path = f"/{backend.tenant}/oauth2/v2.0/token"
    login, url = urlsplit(backend.login_url), urlsplit(backend.url)
    scope = backend.scope or f"{url.scheme}://{url.netloc}/.default"
    where = path if login.scheme == "http" else f"{backend.login_url.rstrip('/')}{path}"
    return ClientCredentials(where, backend.client_id, backend.client_secret, scope)
