"""A notice as a mail: plain text, a thread for each ticket, and marked so that no machine answers it."""

import hashlib
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from syncd.alerting.plain import plain
from syncd.alerting.telling import Telling

LOOP_GUARD = "X-Syncd"
LOOP_GUARD_VALUE = "notice"
"""By this header a mail source knows a notice of ours and never reads it as a ticket."""

_LONGEST_SUBJECT = 200
_POLICY = SMTP.clone(cte_type="7bit")


def mail(told: Telling, *, sender: Address, recipients: tuple[Address, ...], at: datetime) -> EmailMessage:
    """Return the mail of a notice, sent at an instant; its repeats have the same `Message-ID`.

    All mails of a ticket name one `Message-ID` that none of them has in `References` (RFC 5322 section 3.6.4), so that
    the order in which they arrive is of no matter, and one subject, because some mailboxes part threads by it.
    """
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = recipients
    message["Subject"] = plain(told.subject, _LONGEST_SUBJECT)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = _identifier("notice", told.key, sender.domain)
    root = _identifier("ticket", told.thread, sender.domain)
    message["In-Reply-To"] = root
    message["References"] = root
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834 section 5
    message["X-Auto-Response-Suppress"] = "All"  # [MS-OXCMAIL] 2.1.3.2.19: Exchange's word for the same
    message[LOOP_GUARD] = LOOP_GUARD_VALUE
    message["X-Syncd-Step"] = plain(told.step)
    message["X-Syncd-Priority"] = plain(told.priority)
    if told.severity == "critical":
        message["Importance"] = "high"  # RFC 4021 section 2.1.54
    message.set_content(_text(told))
    return message


def _text(told: Telling) -> str:
    width = max(len(name) for name, _ in told.facts)
    rows = [f"{name + ':':<{width + 1}} {value}" for name, value in told.facts]
    return "\n".join((told.headline, "", *rows, "", "-- ", "syncd. Answers to this mail are not read.", ""))


def _identifier(kind: str, key: str, domain: str) -> str:
    return f"<{kind}.{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()[:40]}@{domain}>"
