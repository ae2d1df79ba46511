"""A mailbox in Microsoft Graph: changes folder by folder, and everything listed again from time to time."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from connectors.mail.graph.api import GraphApi
from connectors.mail.graph.fetching import Fetcher
from connectors.mail.graph.folders import Folder, Folders, find_folders
from connectors.mail.graph.items import Item
from connectors.mail.graph.selftest import checked
from connectors.mail.graph.standing import Standing, mark, standing_of
from connectors.mail.graph.sweep import Sweep, Sweeper, key_of
from connectors.mail.mailbox import Copy, Known, Look
from connectors.mail.settings import GraphBackend, MailOptions
from syncd.domain.problem import Problem
from syncd.errors import SourceRefused
from syncd.ports.connector import CheckLine, Site
from syncd.ports.toolkit import Toolkit

_MOST_COPIES = 2_000
"""Of one look, those that need not be read included."""


class GraphMailbox:
    """Reads one mailbox; see `connectors.mail.mailbox.Mailbox`.

    A pass looks into all folders first and fetches messages afterwards, the oldest first: a folder's changes come in no
    order, and sent mail lies in another folder than its answers. The place moves page by page all the same.
    """

    def __init__(self, site: Site, options: MailOptions, toolkit: Toolkit) -> None:
        if not isinstance(options.backend, GraphBackend):
            raise TypeError("this mailbox is read by the back end of kind graph")  # only ever built for it
        self._backend = options.backend
        self._options = options
        self._toolkit = toolkit
        self._since = site.backfill_from
        self._api = GraphApi(options.backend, toolkit, options.caps())
        self._fetcher = Fetcher(self._api, options.caps())
        self._standing = Standing()
        self._rules = _digest(site, options)

    def check(self) -> Sequence[CheckLine]:
        """Try the login, the rights, every folder, and the way in which changes are read; one line each."""
        return checked(self._api, self._backend, self._options)

    def looks(self, place: Mapping[str, Any] | None, known: Known) -> Iterator[Look]:
        """Yield what is new or changed since a place, the oldest message first."""
        standing = self._standing = self._stood(place)
        folders = self._folders()
        now = self._toolkit.now.utc()
        sweeper = Sweeper(self._api, folders.found, known)
        found = sweeper.found
        sweeper.changes(standing.states)
        first = place is None and not found.short
        forgotten = _held(folders.found, known) < standing.held
        listed = not first and (found.short or forgotten or not self._fresh(standing.listed_at, now))
        if listed:
            sweeper.listing(self._since)
        problems = [_untold(name) for name in folders.untold]
        yield from self._taken(found, folders.found, known)
        if listed:
            there = {mark(key_of(item.folder, item.id)) for item in found.items.values()}
            standing.passed &= there
        for folder in folders.found:
            standing.pass_over(known.unstored(folder.name))
        standing.states = {folder: pages[-1][1] for folder, pages in found.pages.items()}
        standing.held = _held(folders.found, known)
        if listed or first:
            standing.listed_at = now
        yield Look(problems=(*problems, *self._fetcher.problems()))

    def place(self) -> Mapping[str, Any]:
        """Return where reading stands, once the look that came last was taken in."""
        return self._standing.as_place()

    def close(self) -> None:
        """Let go of nothing: connections are the toolkit's."""

    def _stood(self, place: Mapping[str, Any] | None) -> Standing:
        standing = standing_of(self._api.source, place)
        if standing.rules != self._rules:
            standing.passed, standing.listed_at, standing.rules = frozenset(), None, self._rules
        return standing

    def _fresh(self, listed_at: datetime | None, now: datetime) -> bool:
        """Tell whether the last listing is young enough; one from the future is not, clocks are set back."""
        return listed_at is not None and timedelta() <= now - listed_at < timedelta(seconds=self._backend.relist_after)

    def _folders(self) -> Folders:
        folders = find_folders(self._api, self._options)
        if folders.missing:
            what = ", ".join(folders.missing)
            raise SourceRefused(self._api.source, "configuration", f"folders: not in the mailbox: {what}")
        return folders

    def _taken(self, found: Sweep, folders: Sequence[Folder], known: Known) -> Iterator[Look]:
        names = {folder.id: folder.name for folder in folders}
        wanted = sorted(
            (item for item in found.items.values() if not item.draft and not self._too_old(item)),
            key=lambda item: (item.received_at, item.id),
        )
        pending = {item.id for item in wanted}
        gone = dict(found.gone)
        start = 0
        while start < len(wanted) or gone:
            chunk, unread = self._chunk(wanted, start, known)
            start += len(chunk)
            letters = dict(zip((item.id for item in unread), self._fetcher.letters(unread), strict=True))
            copies = []
            for item in chunk:
                key = key_of(item.folder, item.id)
                letter = letters.get(item.id)
                if letter is None and (item.id in letters or not known.holds(key)):
                    continue
                copies.append(
                    Copy(
                        key=key, folder=names[item.folder], flags=item.flags, internal_date=item.received_at,
                        letter=letter, unwatched=item.id not in found.told,
                    )
                )  # fmt: skip
            pending.difference_update(item.id for item in chunk)
            self._settle(found, pending)
            yield Look(copies=tuple(copies), gone=tuple(gone))
            gone = {}

    def _chunk(self, wanted: Sequence[Item], start: int, known: Known) -> tuple[list[Item], list[Item]]:
        """Return the next messages to take in, and those among them that must be read."""
        chunk: list[Item] = []
        unread: list[Item] = []
        for item in wanted[start : start + _MOST_COPIES]:
            key = key_of(item.folder, item.id)
            chunk.append(item)
            if not known.holds(key) and mark(key) not in self._standing.passed:
                unread.append(item)
                if len(unread) >= self._backend.batch:
                    break
        return chunk, unread

    def _settle(self, found: Sweep, pending: set[str]) -> None:
        """Move each folder's state over the pages of which every message was taken in."""
        for folder, pages in found.pages.items():
            while len(pages) > 1 and pages[0][0].isdisjoint(pending):
                self._standing.states[folder] = pages.pop(0)[1]

    def _too_old(self, item: Item) -> bool:
        return self._since is not None and item.received_at < self._since


def _held(folders: Sequence[Folder], known: Known) -> int:
    """Return how many copies are remembered that have a record, and so outlive a start."""
    return sum(len({*known.keys(folder.name)} - {*known.unstored(folder.name)}) for folder in folders)


def _digest(site: Site, options: MailOptions) -> str:
    """Return a word that changes with whatever decides which messages make a record."""
    rules = repr((site.parties, site.backfill_from, options.mailbox, options.vendors))
    return blake2b(rules.encode(), digest_size=6).hexdigest()


def _untold(name: str) -> Problem:
    return Problem("mail_folder_missing", f"a signal speaks of the folder {name}, which is not in the mailbox")
