"""Made-up conversations with vendors: what is written, by whom, when, and what becomes of it in the mailbox."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from random import Random

from connectors.mail.simulator.box import Change
from connectors.mail.simulator.chances import dice, ident

MAILBOX = "vendor-desk@example.com"
WRITTEN = "we have a look at it and come back to you"
"""Something that people write in these mails."""

VENDORS = ("acme.example", "globex.example")
_TOPICS = ("VPN down in Lisbon", "Printer queue stuck", "Orders are not exported", "Certificate expires", "Slow logins")
_US = ("Ina Ours <ina.ours@example.com>", "Otto Ours <otto.ours@example.com>")


@dataclass(frozen=True, slots=True)
class Draft:
    """One mail of a story."""

    word: str
    sender: str
    to: str
    subject: str
    body: str
    machine: bool = False


def letter(draft: Draft, at: datetime, before: Sequence[str], *, sent: bool) -> bytes:
    """Return a mail as it is transported; what we sent has no trace of transport."""
    fields = [
        ("From", draft.sender), ("To", draft.to), ("Subject", draft.subject), ("Date", format_datetime(at)),
        ("Message-ID", f"<{draft.word}@{_domain(draft.sender)}>"), ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"), ("Content-Transfer-Encoding", "8bit"),
    ]  # fmt: skip
    if before:
        fields += [("In-Reply-To", before[-1]), ("References", " ".join(before))]
    if draft.machine:
        fields.append(("Auto-Submitted", "auto-replied"))
    if not sent:
        host = f"from mail.{_domain(draft.sender)} by mx.example.com with ESMTPS; {format_datetime(at)}"
        fields.insert(0, ("Received", host))
    head = "\r\n".join(f"{name}: {value}" for name, value in fields)
    return f"{head}\r\n\r\n{draft.body}\r\n".encode()


def story(seed: int, word: str, at: datetime) -> Iterator[Change]:
    """Yield one conversation: a request, an acknowledgement, answers, a solution, and that it is put away."""
    chances = dice(seed, "story", word)
    domain = chances.choice(VENDORS)
    us, them = chances.choice(_US), f"Vera Vendor <vera.vendor@{domain}>"
    desk = f"Service Desk <desk@{domain}>"
    number = f"[CS{int(ident(seed, word)[:6], 16) % 10**7:07d}]"
    subject = f"{'[P1] ' if chances.random() < 0.1 else ''}{chances.choice(_TOPICS)} ({word})"  # noqa: PLR2004 a share
    told = f"Re: {subject} {number}"
    drafts = [
        (0.0, Draft(f"{word}.1", us, desk, subject, "Dear all,\n\nplease help.\n\nIna")),
        (120.0, Draft(f"{word}.2", desk, us, told, "We have received your request.", machine=True)),
        (_seconds(chances, 0.2, 6), Draft(f"{word}.3", them, us, told, f"Hello Ina,\n\n{WRITTEN}.\n\nVera")),
        (_seconds(chances, 0.1, 4), Draft(f"{word}.4", us, them, told, "Thank you, any news?\n\nIna")),
        (_seconds(chances, 1, 30), Draft(f"{word}.5", them, us, told, "The issue has been resolved.\n\nVera")),
    ]  # fmt: skip
    if chances.random() < 0.2:  # noqa: PLR2004  the share of people on holiday
        away = Draft(f"{word}.6", them, us, f"Automatic reply: {subject}", "I am out of the office.", machine=True)
        drafts.insert(4, (60.0, away))
    before: list[str] = []
    for seconds, draft in drafts:
        at += timedelta(seconds=seconds)
        sent = draft.sender == us
        folder = "sentitems" if sent else "inbox"
        raw = letter(draft, at, before, sent=sent)
        yield Change(at, "deliver", draft.word, folder, raw)
        before.append(f"<{draft.word}@{_domain(draft.sender)}>")
        if draft.word.endswith(".3"):
            yield Change(at + timedelta(minutes=5), "mark", draft.word, categories=("Waiting",))
    yield Change(at + timedelta(hours=1), "move", f"{word}.5", "inbox/Done")
    yield Change(at + timedelta(days=20), "delete", f"{word}.2")


def _seconds(chances: Random, low: float, high: float) -> float:
    return 3600.0 * chances.uniform(low, high)


def _domain(address: str) -> str:
    return address.rpartition("@")[2].rstrip(">")
