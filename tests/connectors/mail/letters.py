"""Made-up mail for tests: built from named header fields, so that a table row shows what matters."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from connectors.mail.judging import Judge, Judged
from connectors.mail.limits import Limits
from connectors.mail.parsing import parse
from connectors.mail.recording import Found, Grouped, group, unique
from connectors.mail.rules import shipped
from connectors.mail.settings import MailOptions
from syncd.ports.connector import Site

EIGHT = datetime(2026, 3, 2, 8, 0)  # noqa: DTZ001 - the zone is written behind it
US = "Ina Ours <ina@customer.example>"
THEM = "Vera Vendor <vera@vendor.example>"
OTHER = "Otto Other <otto@other.example>"

OPTIONS: Mapping[str, Any] = {
    "backend": {"kind": "maildir", "path": "mail"},
    "our_domains": ["customer.example"],
    "vendors": [
        {"id": "acme", "domains": ["vendor.example"]},
        {"id": "other", "domains": ["other.example"]},
    ],
}


def mail(
    id: str = "",  # noqa: A002 - the word that mail uses
    *,
    sender: str = THEM,
    to: str = US,
    subject: str = "Line down",
    minute: int = 0,
    body: str = "Hello, we look into it.",
    refs: str = "",
    answers: str = "",
    **fields: str,
) -> bytes:
    """Return one message; `refs` and `answers` are ids without brackets, blanks between them."""
    head = {
        "From": sender,
        "To": to,
        "Subject": subject,
        "Date": f"{EIGHT + timedelta(minutes=minute):%a, %d %b %Y %H:%M:%S} +0000",
        "Message-ID": f"<{id}>" if id else "",
        "References": " ".join(f"<{each}>" for each in refs.split()),
        "In-Reply-To": " ".join(f"<{each}>" for each in answers.split()),
        **{name.replace("_", "-"): value for name, value in fields.items()},
    }
    lines = [f"{name}: {value}" for name, value in head.items() if value]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def options(**more: Any) -> MailOptions:
    """Return options of a mailbox between us, acme and another vendor."""
    return MailOptions.model_validate({**OPTIONS, **more})


def judge(**more: Any) -> Judge:
    """Return what reads letters by those options."""
    return Judge(Site("mail"), options(**more))


def judged(raw: bytes, **more: Any) -> Judged:
    """Return one message as those options see it."""
    letter = parse(raw, shipped(), Limits())
    by = judge(**more)
    return by.judge(letter, by.hints(letter), [])


def grouped(*raws: bytes, **more: Any) -> Grouped:
    """Return messages in conversations."""
    found = [Found(parse(raw, shipped(), Limits())) for raw in raws]
    return group(unique(found), judge(**more), by_subject=bool(more.get("join_by_subject")))


def together(*raws: bytes, **more: Any) -> list[list[str]]:
    """Return the ids of messages that are one conversation, conversations and messages in the order of time."""
    return [[leaf.message_id for leaf in each.leaves] for each in grouped(*raws, **more).conversations]
