"""Messages and folders as Graph shows them."""

from collections.abc import Collection
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Any

from connectors.mail.simulator.box import Box, Folder, Message
from connectors.mail.simulator.query import FOLDER_PROPERTIES

ROOT = "AAMkAGmsgfolderroot"
"""The id of the folder in which all others lie."""


def stamp(instant: datetime) -> str:
    """Return an instant as Graph writes them: UTC, whole seconds."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def message_row(message: Message, select: Collection[str], *, immutable: bool, size: bool) -> dict[str, object]:
    """Return a message with the properties asked for; its id is the one that stays, or that of where it is."""
    values: dict[str, object] = {
        "id": message.immutable if immutable else message.ordinary,
        "receivedDateTime": stamp(message.received_at),
        "createdDateTime": stamp(message.received_at),
        "lastModifiedDateTime": stamp(message.modified_at),
        "parentFolderId": message.folder,
        "isDraft": message.draft,
        "flag": {"flagStatus": message.flag},
        "categories": list(message.categories),
        "isRead": False,
    }
    if not set(select) <= values.keys():
        values |= _written(message)
    row = {name: values.get(name) for name in select}
    row["@odata.etag"] = f'W/"{message.number}.{int(message.modified_at.timestamp())}"'
    if size:
        row["singleValueExtendedProperties"] = [{"id": "Long 0xe08", "value": str(message.size)}]
    return row


def _written(message: Message) -> dict[str, object]:
    """Return what the sender wrote; header fields only of what came by transport."""
    read = message_from_bytes(message.raw, policy=policy.default)
    body = read.get_body(("plain", "html"))
    words = body.get_content() if body is not None else ""
    headers = [{"name": name, "value": str(value)} for name, value in read.items()]
    came = "Received" in read
    return {
        "internetMessageId": str(read["Message-ID"] or ""),
        "internetMessageHeaders": headers if came else None,
        "subject": str(read["Subject"] or ""),
        "sentDateTime": stamp(message.received_at),
        "from": next(iter(_people(read, "From")), None),
        "toRecipients": _people(read, "To"),
        "ccRecipients": _people(read, "Cc"),
        "body": {"contentType": "text", "content": words},
        "hasAttachments": any(True for _ in read.iter_attachments()),
    }


def _people(read: EmailMessage, name: str) -> list[dict[str, Any]]:
    found = getaddresses([str(value) for value in read.get_all(name, [])])
    return [{"emailAddress": {"name": shown, "address": address}} for shown, address in found if address]


def folder_row(box: Box, folder: Folder, select: Collection[str] = FOLDER_PROPERTIES) -> dict[str, object]:
    """Return a folder with the properties asked for."""
    values: dict[str, object] = {
        "id": folder.id,
        "displayName": folder.name,
        "parentFolderId": folder.parent or ROOT,
        "childFolderCount": sum(each.parent == folder.id for each in box.folders.values()),
        "totalItemCount": len(box.inside(folder.id)),
        "unreadItemCount": 0,
        "isHidden": False,
        "sizeInBytes": sum(message.size for message in box.inside(folder.id)),
    }
    return {name: values[name] for name in select}
