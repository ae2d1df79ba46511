"""A message that is too large to be fetched, put together from its header and its text alone."""

import re
from collections.abc import Iterator
from contextlib import suppress
from email.utils import format_datetime

from connectors.mail.graph.wire import Row, rows, text
from connectors.mail.limits import Limits
from syncd.domain.instant_text import parse_instant
from syncd.domain.timeline_error import TimelineError

SELECT = "internetMessageHeaders,internetMessageId,subject,from,toRecipients,ccRecipients,sentDateTime,body"

_LINES = re.compile(r"[\r\n]+")
_BODY_FIELDS = frozenset({"content-type", "content-transfer-encoding", "mime-version", "content-disposition"})


def message_of(row: Row, limits: Limits) -> bytes:
    """Return a message in MIME with the header that a row tells and its text, cut to what is looked at anyway.

    What we sent ourselves has no transport header; then the properties stand in for it.
    """
    fields = [(text(each, "name"), text(each, "value")) for each in rows({"value": row.get("internetMessageHeaders")})]
    fields = [(name, value) for name, value in fields if name and name.lower() not in _BODY_FIELDS]
    lines = ["MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
    lines += [f"{name}: {_LINES.sub(' ', value)}" for name, value in fields or _stand_ins(row)]
    body = row.get("body")
    words = text(body, "content") if isinstance(body, dict) else ""
    head = "\r\n".join(lines).encode("utf-8", "replace")[: limits.header_bytes]
    return head + b"\r\n\r\n" + words[: limits.text_bytes].encode("utf-8", "replace")


def _stand_ins(row: Row) -> Iterator[tuple[str, str]]:
    yield "Message-ID", text(row, "internetMessageId")
    with suppress(TimelineError):
        yield "Date", format_datetime(parse_instant(row.get("sentDateTime"), "sentDateTime"))
    sender = row.get("from")
    yield "From", ", ".join(_addresses([sender] if isinstance(sender, dict) else []))
    for name, key in (("To", "toRecipients"), ("Cc", "ccRecipients")):
        yield name, ", ".join(_addresses(rows({"value": row.get(key)})))
    yield "Subject", text(row, "subject")


def _addresses(people: list[Row]) -> Iterator[str]:
    for each in people:
        address = each.get("emailAddress")
        if isinstance(address, dict):
            yield f"<{text(address, 'address')}>"
