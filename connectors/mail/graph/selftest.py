"""What `syncd check --connect` says of a mailbox: who answers, what may be read, which folders there are."""

from collections.abc import Iterator

from connectors.mail.graph.api import GraphApi, StateLost
from connectors.mail.graph.folders import SENT, Folder, find_folders
from connectors.mail.graph.items import Item
from connectors.mail.settings import GraphBackend, MailOptions
from syncd.errors import SourceError, SourceRefused, SourceUnavailable
from syncd.ports.connector import CheckLine

_HINTS = {
    "auth": "no token for this application: are tenant, client id and secret right, and has the secret not expired?",
    "forbidden": "the application may not read this mailbox: it needs the application permission Mail.Read with an "
    "administrator's consent, or the Exchange role Application Mail.Read whose scope holds the mailbox",
    "gone": "there is no such mailbox: is its address right, and does it lie in Exchange Online?",
}


def checked(api: GraphApi, backend: GraphBackend, options: MailOptions) -> list[CheckLine]:
    """Return one line for the login, each folder, and each way of reading; raises only where the service is down."""
    try:
        inbox = api.folder("inbox")
    except SourceRefused as refused:
        return [CheckLine(backend.mailbox, ok=False, detail=f"{_HINTS.get(refused.reason, 'refused')} ({refused})")]
    if inbox is None:
        return [CheckLine(backend.mailbox, ok=False, detail=_HINTS["gone"])]
    login = CheckLine(backend.mailbox, ok=True, detail=f"answers to the application of tenant {backend.tenant}")
    return [login, *_folders(api, options)]


def _folders(api: GraphApi, options: MailOptions) -> Iterator[CheckLine]:
    folders = find_folders(api, options)
    sent = options.sent_folder or SENT
    for folder in folders.found:
        silent = folder.name == sent and not folder.total
        without = ", but without sent mail no ticket's start is known: is this mailbox only written from elsewhere?"
        yield CheckLine(folder.name, not silent, f"{folder.total} messages{without if silent else ''}")
    for name in (*folders.missing, *folders.untold):
        yield CheckLine(name, ok=False, detail="not in the mailbox: a well-known name, a path or an id is needed")
    filled = next((folder for folder in folders.found if folder.total), None)
    if filled is not None:
        yield from _reading(api, filled)


def _reading(api: GraphApi, folder: Folder) -> Iterator[CheckLine]:
    newest: Item | None = None
    try:
        newest = next((page[0] for page in api.listing(folder.id, None)), None)
        api.changes(folder.id, None)
        yield CheckLine("changes", ok=True, detail=f"told for {folder.name}")
    except SourceUnavailable:
        raise
    except StateLost:
        yield CheckLine("changes", ok=False, detail="not told here: every pass lists all folders, which takes longer")
    except SourceError as error:
        yield CheckLine("changes", ok=False, detail=str(error))
    if newest is None:
        return
    try:
        found = api.mime(newest)
    except SourceRefused as refused:
        detail = f"whole messages are not shown: Mail.Read is needed, Mail.ReadBasic is not enough ({refused})"
        yield CheckLine("messages", ok=False, detail=detail)
        return
    size = "gone meanwhile" if found is None else f"readable, {len(found)} bytes in the newest"
    yield CheckLine("messages", ok=True, detail=size)
