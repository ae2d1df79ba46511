"""Delivery and disposition reports (RFC 3464, RFC 8098): which message they speak of, and what became of it."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from connectors.mail.addresses import message_ids
from connectors.mail.fields import Head, Span, split
from connectors.mail.limits import Limits
from connectors.mail.structure import Part

_RETURNED = (
    "message/rfc822",
    "message/global",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global-headers",
    "text/rfc822",
    "text/rfc822-header",
)
"""Each as RFC 3464 and its kin name it, and the two names that reporters have made up."""
_OLD_STYLE = re.compile(rb"^(?:>?[ \t]?)message-id:[ \t]{0,20}(<[^<>\s]{1,998}>)", re.IGNORECASE | re.MULTILINE)
_MARK = b"message-id:"
_WORST = ("failed", "delayed", "expanded", "relayed", "delivered")


class Report(NamedTuple):
    """Ids of the messages that a report is about; what it says of them: failed, delayed, delivered, displayed, ..."""

    about: tuple[str, ...] = ()
    delivery: str = ""


def report_of(parts: Sequence[Part], limits: Limits) -> Report:
    """Return what the machine-readable parts of a message say; nothing where there are none."""
    about: dict[str, None] = {}
    actions: set[str] = set()
    for part in parts:
        if part.content_type in ("message/delivery-status", "message/global-delivery-status") and not part.enclosed:
            for head in _blocks(part.body, limits):
                actions.add(head.first("action").strip().lower())
        elif part.content_type == "message/disposition-notification" and not part.enclosed:
            for head in _blocks(part.body, limits):
                about.update(dict.fromkeys(message_ids(head.all("original-message-id"), limits)))
                actions.add(head.first("disposition").rpartition(";")[2].partition("/")[0].strip().lower())
        elif part.content_type in _RETURNED and not part.enclosed:
            start = part.body.opening(limits.header_bytes).replace(b"\r\n", b"\n").lstrip(b"\n")
            header = start.partition(b"\n\n")[0]
            # Where every field is indented by a blank the whole header would be one field.
            ids = split(header, limits).all("message-id")
            ids = ids or [each.decode("latin-1") for each in _OLD_STYLE.findall(header)]
            about.update(dict.fromkeys(message_ids(ids, limits)))
    if not about:
        # Programs older than RFC 3464 quote the returned header in plain text.
        for part in parts:
            if part.content_type == "text/plain" and not part.enclosed:
                text = part.body.opening(limits.text_bytes)
                if _MARK not in text.lower():
                    continue
                found = [each.decode("latin-1") for each in _OLD_STYLE.findall(text)]
                about.update(dict.fromkeys(message_ids(found[:1], limits)))
    actions.discard("")
    worst = next((action for action in _WORST if action in actions), min(actions, default=""))
    return Report(tuple(about), worst[:40])


def _blocks(body: Span, limits: Limits) -> list[Head]:
    blocks = body.opening(limits.text_bytes).replace(b"\r\n", b"\n").split(b"\n\n")
    return [split(block, limits) for block in blocks[: limits.parts] if block.strip()]
