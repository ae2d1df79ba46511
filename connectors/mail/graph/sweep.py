"""What one pass finds in all folders before any message is fetched, so that the oldest can be read first."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

from connectors.mail.graph.api import Changes, GraphApi, StateLost
from connectors.mail.graph.folders import Folder
from connectors.mail.graph.items import Item
from connectors.mail.graph.standing import State
from connectors.mail.mailbox import Known
from syncd.errors import SourceMisunderstood

CONFIRMED = 200
"""Messages that a listing lacks and that are asked for one by one before they are called gone; the others wait."""


def key_of(folder: str, message: str) -> str:
    """Return the key of a message's copy in a folder; both by their ids."""
    return f"{blake2b(folder.encode(), digest_size=6).hexdigest()}:{message}"


def message_of(key: str) -> str:
    """Return the id of the message in a key."""
    return key.partition(":")[2]


@dataclass(slots=True)
class Sweep:
    """Messages by id, each where it lies now; keys of copies that are where they were no longer.

    `pages` are a folder's states in order, each with the messages that must be taken in before it may be kept.
    """

    items: dict[str, Item] = field(default_factory=dict)
    gone: dict[str, None] = field(default_factory=dict)
    pages: dict[str, list[tuple[set[str], State]]] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    """Messages of which it was told that they changed since the last pass; others may lie where they are for long."""
    short: bool = False
    """Whether a folder showed less than it should, so that all must be listed."""


class Sweeper:
    """Looks into folders."""

    def __init__(self, api: GraphApi, folders: Iterable[Folder], known: Known) -> None:
        self._api = api
        self._folders = {folder.id: folder for folder in folders}
        self._known = known
        self.found = Sweep()

    def changes(self, states: Mapping[str, State]) -> None:
        """Take up what changed in every folder since its state, and everything in those without one."""
        left: dict[str, str] = {}
        for folder in self._folders.values():
            self._walk(folder, states.get(folder.id), left)
        self.found.told.update(left.values())
        self._where_now(left)

    def listing(self, since: datetime | None) -> None:
        """List every folder and compare: what no change told comes up, what is gone goes."""
        for folder in self._folders.values():
            there: set[str] = set()
            for page in self._api.listing(folder.id, since):
                there.update(item.id for item in page)
                for item in page:
                    self._take(folder, item)
            lacking = {key: message_of(key) for key in sorted(self._known.keys(folder.name))}
            lacking = {
                key: message
                for key, message in lacking.items()
                if message not in there and key not in self.found.gone and key == key_of(folder.id, message)
            }
            self._where_now(dict(list(lacking.items())[:CONFIRMED]))

    def _walk(self, folder: Folder, state: State | None, left: dict[str, str]) -> None:
        seen: set[str] = set()
        asked: list[State] = []
        whole = state is None
        while True:
            try:
                page = self._api.changes(folder.id, state)
            except StateLost:
                # Everything is shown again, except what went: a listing finds that, and all, if states do not last.
                self.found.short = True
                if whole:
                    return
                state, whole = None, True
                asked.clear()
                seen.clear()
                continue
            ids = self._page(folder, page, left)
            seen.update(ids)
            if not whole:
                self.found.told.update(ids)
            if page.done:
                break
            state = page.state
            if state in asked:
                raise SourceMisunderstood(self._api.source, "protocol", "a list has no end: its links lead back")
            asked.append(state)
        if whole and len(seen) < folder.total:
            self.found.short = True

    def _page(self, folder: Folder, page: Changes, left: dict[str, str]) -> set[str]:
        for message in page.removed:
            left[key_of(folder.id, message)] = message
        for item in (*page.items, *self._asked(page.unclear)):
            self._take(folder, item)
        ids = {*page.removed, *page.unclear, *(item.id for item in page.items)}
        self.found.pages.setdefault(folder.id, []).append((ids, page.state))
        return ids

    def _asked(self, messages: Iterable[str]) -> list[Item]:
        calls: list[Callable[[], Item | None]] = [_asking(self._api, message) for message in messages]
        return [item for item in self._api.side_by_side(calls) if item is not None]

    def _take(self, folder: Folder, item: Item) -> None:
        """Note a message that a folder shows; where another folder that is read is named as its own, it lies there."""
        self.found.items[item.id] = item if item.folder in self._folders else item.lying_in(folder.id)

    def _where_now(self, left: Mapping[str, str]) -> None:
        """Ask where messages are that left a folder: "removed" says neither that they were deleted nor that they moved.

        With immutable ids a message that was moved out and back between two looks is told as removed and never as
        added again (microsoft-graph-docs-contrib issue 72).
        """
        keys = list(left)
        calls: list[Callable[[], Item | None]] = [_asking(self._api, left[key]) for key in keys]
        for key, item in zip(keys, self._api.side_by_side(calls), strict=True):
            if item is None or key_of(item.folder, item.id) != key:
                self.found.gone[key] = None
            if item is not None and item.folder in self._folders:
                self.found.items[item.id] = item
            else:
                self.found.items.pop(message_of(key), None)


def _asking(api: GraphApi, message: str) -> Callable[[], Item | None]:
    return lambda: api.item(message)
