"""Folders by the names that a configuration gives them: well-known names, paths, ids."""

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.mail.graph.api import GraphApi
from connectors.mail.graph.wire import Row, text
from connectors.mail.settings import MailOptions

WELL_KNOWN = frozenset({
    "archive", "clutter", "conversationhistory", "deleteditems", "drafts", "inbox", "junkemail", "msgfolderroot",
    "outbox", "recoverableitemsdeletions", "scheduled", "searchfolders", "sentitems",
})  # fmt: skip
"""Names that work whatever the mailbox's language ("mailFolder resource type", Microsoft Graph v1.0)."""

SENT = "sentitems"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as it was named and as the mailbox knows it; `total` is how many messages it is said to hold."""

    name: str
    id: str
    total: int


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders to read, and the names of those that were not found: to be read, and spoken of by signals only."""

    found: tuple[Folder, ...]
    missing: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()


def find_folders(api: GraphApi, options: MailOptions) -> Folders:
    """Return the configured folders, the sent one, and those that signals speak of; each once, whatever its names."""
    read = dict.fromkeys((*options.folders, options.sent_folder or SENT))
    told = dict.fromkeys(name for rule in options.signals for name in rule.folders if name not in read)
    names = (*read, *told)
    found: dict[str, Folder] = {}
    missing: list[str] = []
    for name, row in zip(names, (find_folder(api, name) for name in names), strict=True):
        if row is None:
            missing.append(name)
        else:
            total = row.get("totalItemCount")
            folder = Folder(name, text(row, "id"), total if isinstance(total, int) else 0)
            found.setdefault(folder.id, folder)
    return Folders(
        tuple(found.values()),
        tuple(name for name in missing if name in read),
        tuple(name for name in missing if name in told),
    )


def find_folder(api: GraphApi, name: str) -> Row | None:
    """Return a folder by its well-known name, by its path of shown names, or by its id; None where there is none.

    A path begins at the top, with a shown name or a well-known one: `Inbox/Vendors/ACME`, `inbox/Vendors`.
    """
    path = [each for each in name.split("/") if each]
    if not path:
        return None
    if path[0].lower() in WELL_KNOWN:
        row = api.folder(path[0].lower())
    else:
        row = _shown(api.folders_in(None), path[0])
        if row is None and len(path) == 1:
            return api.folder(name)
    for each in path[1:]:
        if row is None:
            return None
        row = _shown(api.folders_in(text(row, "id")), each)
    return row


def _shown(folders: Sequence[Row], name: str) -> Row | None:
    return next((row for row in folders if text(row, "displayName").casefold() == name.casefold()), None)
