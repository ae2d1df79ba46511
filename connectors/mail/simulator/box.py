"""One mailbox: folders, messages in them, and what changed in which folder in which order."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from connectors.mail.simulator.chances import entry_id

_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)

Kind = Literal["new", "left", "came"]

STANDARD = {
    "inbox": "Inbox", "sentitems": "Sent Items", "drafts": "Drafts", "archive": "Archive", "deleteditems":
    "Deleted Items", "junkemail": "Junk Email",
}  # fmt: skip


@dataclass(slots=True)
class Folder:
    """A folder; `parent` is empty at the top. `log` holds what happened in it: number, message, kind, id until then."""

    id: str
    name: str
    parent: str = ""
    well_known: str = ""
    generation: int = 0
    """Rises when the service forgets the states that it gave out for this folder."""
    log: list[tuple[int, int, Kind, str]] = field(default_factory=list)


@dataclass(slots=True)
class Message:
    """A message; of its two ids one stays, the other is new after every move."""

    number: int
    immutable: str
    ordinary: str
    folder: str
    raw: bytes
    received_at: datetime
    modified_at: datetime
    size: int
    categories: tuple[str, ...] = ()
    flag: str = "notFlagged"
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happens at an instant: `op` deliver, move, mark or delete; `name` is what later ones call it."""

    at: datetime
    op: Literal["deliver", "move", "mark", "delete"]
    name: str
    folder: str = ""
    raw: bytes = b""
    categories: tuple[str, ...] | None = None
    flag: str | None = None
    draft: bool = False
    size: int | None = None


class Box:
    """A mailbox that lives by its agenda; `folder` names are well-known ones or paths."""

    def __init__(self, seed: int, folders: Iterable[str] = ()) -> None:
        self.seed = seed
        self.folders: dict[str, Folder] = {}
        self.messages: dict[int, Message] = {}
        self.names: dict[str, int] = {}
        self.numbers: dict[str, int] = {}
        self.now = _BEGINNING
        self.sequence = 1
        """How many changes there were, with the making of the mailbox."""
        self._agenda: list[Change] = []
        for well_known, name in STANDARD.items():
            key = entry_id("AAMkAG", seed, "folder", well_known)
            self.folders[key] = Folder(key, name, well_known=well_known)
        for path in folders:
            self.folder(path)

    def folder(self, path: str) -> Folder:
        """Return a folder by well-known name or path, made where there is none."""
        for each in self.folders.values():
            if each.well_known == path.lower():
                return each
        parent = ""
        for name in path.split("/"):
            known = (
                each
                for each in self.folders.values()
                if each.parent == parent and name.casefold() in (each.name.casefold(), each.well_known)
            )
            found = next(known, None)
            if found is None:
                key = entry_id("AAMkAG", self.seed, "folder", parent, name)
                found = self.folders[key] = Folder(key, name, parent)
            parent = found.id
        return self.folders[parent]

    def inside(self, folder: str) -> list[Message]:
        """Return the messages in a folder, by its id, in no order that anybody promised."""
        return [each for each in self.messages.values() if each.folder == folder]

    def plan(self, *changes: Change) -> None:
        """Add changes; those whose time has come happen at the next `advance`."""
        self._agenda = sorted((*self._agenda, *changes), key=lambda change: change.at, reverse=True)

    def advance(self, now: datetime) -> None:
        """Let everything happen up to an instant."""
        self.now = max(now, self.now)
        while self._agenda and self._agenda[-1].at <= self.now:
            self._happen(self._agenda.pop())

    def forget_states(self, folder: str) -> None:
        """Let the service forget every state that it gave out for a folder."""
        self.folder(folder).generation += 1

    def _happen(self, change: Change) -> None:
        if change.op == "deliver":
            number = len(self.names) + 1
            self.names[change.name] = number
            size = len(change.raw) if change.size is None else change.size
            folder = self.folder(change.folder).id
            ids = immutable_id(self.seed, number), self._ordinary_id(number)
            self.numbers |= dict.fromkeys(ids, number)
            self.messages[number] = Message(
                number,
                *ids,
                folder,
                change.raw,
                change.at,
                change.at,
                size,
                change.categories or (),
                draft=change.draft,
            )
            self._note(folder, number, "new")
            return
        message = self.messages.get(self.names[change.name])
        if message is None:
            return
        old = message.ordinary
        if change.op == "delete":
            del self.messages[message.number]
            self._note(message.folder, message.number, "left", old)
            return
        message.modified_at = change.at
        if change.op == "move":
            self._note(message.folder, message.number, "left", old)
            message.folder = self.folder(change.folder).id
            message.ordinary = self._ordinary_id(message.number)
            del self.numbers[old]
            self.numbers[message.ordinary] = message.number
            self._note(message.folder, message.number, "came")
            return
        message.categories = message.categories if change.categories is None else change.categories
        message.flag = message.flag if change.flag is None else change.flag
        message.draft = change.draft
        self._note(message.folder, message.number, "new")

    def _ordinary_id(self, number: int) -> str:
        return entry_id("AAMkAG", self.seed, "message", number, self.sequence)

    def _note(self, folder: str, number: int, kind: Kind, old: str = "") -> None:
        self.sequence += 1
        self.folders[folder].log.append((self.sequence, number, kind, old))


def immutable_id(seed: int, number: int) -> str:
    """Return the id that a message keeps wherever it goes."""
    return entry_id("AAkALg", seed, "message", number)
