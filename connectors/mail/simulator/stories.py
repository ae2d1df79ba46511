"""Made-up conversations with vendors: what is written, by whom, when, and what becomes of it in the mailbox."""

from collections.abc import Collection, Iterator, Sequence
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
    signs: tuple[tuple[str, str], ...] = ()
    """Header fields of the machine that sent it."""
    answers: bool = True
    """Whether it names the mails before it; ticket systems write their own instead, with the number alone."""


_MACHINE = (("Auto-Submitted", "auto-replied"),)
_SERVICENOW = (("Auto-Submitted", "auto-generated"), ("Precedence", "bulk"), ("X-ServiceNow-Generated", "true"))


def letter(draft: Draft, at: datetime, before: Sequence[str], *, sent: bool) -> bytes:
    """Return a mail as it is transported; what we sent has no trace of transport."""
    fields = [
        ("From", draft.sender), ("To", draft.to), ("Subject", draft.subject), ("Date", format_datetime(at)),
        ("Message-ID", f"<{draft.word}@{_domain(draft.sender)}>"), ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"), ("Content-Transfer-Encoding", "8bit"),
    ]  # fmt: skip
    if before and draft.answers:
        fields += [("In-Reply-To", before[-1]), ("References", " ".join(before))]
    fields += draft.signs
    if not sent:
        host = f"from mail.{_domain(draft.sender)} by mx.example.com with ESMTPS; {format_datetime(at)}"
        fields.insert(0, ("Received", host))
    head = "\r\n".join(f"{name}: {value}" for name, value in fields)
    return f"{head}\r\n\r\n{draft.body}\r\n".encode()


def story(seed: int, word: str, at: datetime, relayed: Collection[str] = ()) -> Iterator[Change]:
    """Yield one conversation: a request, an acknowledgement, answers, a solution, and that it is put away.

    Of vendors whose domain is `relayed` a ticket system sends everything, a ServiceNow, what people write included.
    """
    chances = dice(seed, "story", word)
    domain = chances.choice(VENDORS)
    us, them = chances.choice(_US), f"Vera Vendor <vera.vendor@{domain}>"
    desk = f"Service Desk <desk@{domain}>"
    number = int(ident(seed, word)[:6], 16) % 10**7
    subject = f"{'[P1] ' if chances.random() < 0.1 else ''}{chances.choice(_TOPICS)} ({word})"  # noqa: PLR2004 a share
    told = f"Re: {subject} [{'INC' if domain in relayed else 'CS'}{number:07d}]"
    turns = _relayed if domain in relayed else _direct
    received, answered, solved = turns(word, us, (desk, them), told, f"INC{number:07d}")
    drafts = [
        (0.0, Draft(f"{word}.1", us, desk, subject, "Dear all,\n\nplease help.\n\nIna")),
        (120.0, received),
        (_seconds(chances, 0.2, 6), answered),
        (_seconds(chances, 0.1, 4), Draft(f"{word}.4", us, answered.sender, told, "Thank you, any news?\n\nIna")),
        (_seconds(chances, 1, 30), solved),
    ]
    if chances.random() < 0.2:  # noqa: PLR2004  the share of people on holiday
        away = Draft(f"{word}.6", them, us, f"Automatic reply: {subject}", "I am out of the office.", _MACHINE)
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


def _direct(word: str, us: str, people: tuple[str, str], told: str, _number: str) -> tuple[Draft, Draft, Draft]:
    """What comes of a vendor whose people write themselves: a machine's receipt, an answer, a solution."""
    desk, them = people
    return (
        Draft(f"{word}.2", desk, us, told, "We have received your request.", _MACHINE),
        Draft(f"{word}.3", them, us, told, f"Hello Ina,\n\n{WRITTEN}.\n\nVera"),
        Draft(f"{word}.5", them, us, told, "The issue has been resolved.\n\nVera"),
    )


def _relayed(word: str, us: str, people: tuple[str, str], _told: str, number: str) -> tuple[Draft, Draft, Draft]:
    """The same of a vendor whose ticket system writes all of it; only its receipt names the mail that it answers."""
    desk = people[0]
    opened, said, solved = (
        f"Incident {number} has been opened on your behalf", f"{number} -- comments added",
        f"Incident {number} has been resolved",
    )  # fmt: skip
    wrote = f"Additional comments:\n\n{WRITTEN}.\n\nVera"
    return (
        Draft(f"{word}.2", desk, us, opened, "You will be notified.", _SERVICENOW),
        Draft(f"{word}.3", desk, us, said, wrote, _SERVICENOW, answers=False),
        Draft(f"{word}.5", desk, us, solved, "State: Resolved", _SERVICENOW, answers=False),
    )


def _seconds(chances: Random, low: float, high: float) -> float:
    return 3600.0 * chances.uniform(low, high)


def _domain(address: str) -> str:
    return address.rpartition("@")[2].rstrip(">")
