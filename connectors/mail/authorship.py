"""Who wrote a message: a person, a machine, a person through the vendor's ticket system, or nobody can tell.

The first rule that applies counts, and its reason is kept (reference: email.md, section 4).
"""

from enum import StrEnum
from typing import NamedTuple

from connectors.mail.hints import Hints
from connectors.mail.letter import Letter
from connectors.mail.rules import Rules
from connectors.mail.signs import BOT, has_null_path, names_parent, signs, submitted, takes_posts


class Author(StrEnum):
    """Who wrote."""

    HUMAN = "human"
    MACHINE = "machine"
    RELAYED = "relayed"
    UNKNOWN = "unknown"


class MachineKind(StrEnum):
    """What a machine wrote."""

    AUTO_REPLY = "auto_reply"
    ACKNOWLEDGEMENT = "acknowledgement"
    BOUNCE = "bounce"
    REPORT = "report"
    CALENDAR = "calendar"
    LIST = "list"


class Authorship(NamedTuple):
    """Who wrote, what kind of machine, by which rule, through which ticket system and about what."""

    author: Author
    kind: MachineKind | None
    reason: str
    relay: str = ""
    topic: str = ""

    @property
    def speaks(self) -> bool:
        """Whether a person said something in it: an answer, if it is the vendor's."""
        return self.author is Author.HUMAN or (self.author is Author.RELAYED and self.topic == "comment")


def _machine(kind: MachineKind | None, reason: str, relay: str = "", topic: str = "") -> Authorship:
    return Authorship(Author.MACHINE, kind, reason, relay, topic)


def classify(letter: Letter, hints: Hints, rules: Rules) -> Authorship:
    """Return who wrote a message."""
    for rule in (_system, _bounce):
        found = rule(letter, hints, rules)
        if found is not None:
            return found
    if hints.relay:
        return _relayed(letter, hints)
    return _automatic(letter, hints, rules) or _listed(letter, hints, rules) or _worded(hints) or HUMAN


HUMAN = Authorship(Author.HUMAN, None, "no sign of a machine")


def _system(letter: Letter, hints: Hints, rules: Rules) -> Authorship | None:
    if "x-syncd" in letter.evidence:
        return _machine(MachineKind.REPORT, "our own alert mail")
    if letter.content_type == "text/calendar" or "text/calendar" in letter.part_types:
        return _machine(MachineKind.CALENDAR, "a calendar part")
    report = letter.report_type or next((kind for kind in _REPORTS if kind in letter.part_types), "")
    if letter.content_type == "multipart/report" or report in _REPORTS:
        if "delivery-status" in report or "global-delivery" in report:
            kind = MachineKind.REPORT if letter.delivery in _ARRIVED else MachineKind.BOUNCE
            return _machine(kind, f"a delivery report: {letter.delivery or 'without a word what became of it'}")
        if "disposition" in report:
            return _machine(MachineKind.REPORT, "a read receipt")
        if "feedback" in report:
            return _machine(MachineKind.REPORT, "an abuse report")
        kind = MachineKind.BOUNCE if letter.about or hints.bounce_subject else MachineKind.REPORT
        return _machine(kind, "a report")
    del rules
    return None


_REPORTS = (
    "message/delivery-status", "message/global-delivery-status", "message/disposition-notification",
    "message/feedback-report", "delivery-status", "disposition-notification", "feedback-report",
)  # fmt: skip
_ARRIVED = frozenset({"delivered", "relayed", "expanded"})


def _bounce(letter: Letter, hints: Hints, rules: Rules) -> Authorship | None:
    if "x-failed-recipients" in letter.evidence:
        return _machine(MachineKind.BOUNCE, "X-Failed-Recipients")
    local = letter.role
    if local in rules.bounce_senders:
        if letter.delivery in _ARRIVED or hints.report_subject:
            return _machine(MachineKind.REPORT, f"from {local}, which reports")
        automatic = hints.auto_subject or letter.evidence.get("auto-submitted", "").lower().startswith("auto-replied")
        if automatic and not hints.bounce_subject and not letter.about:
            return _machine(MachineKind.AUTO_REPLY, f"from {local}, an automatic answer")
        return _machine(MachineKind.BOUNCE, f"from {local}")
    passed_on = hints.reply or hints.forward
    enveloped = has_null_path(letter) or not letter.senders or submitted(letter)
    if hints.bounce_subject and (enveloped or (letter.about and not passed_on)):
        return _machine(MachineKind.BOUNCE, "the subject of a bounce, and its envelope or a returned message")
    if hints.bounce_text and letter.about and not passed_on and signs(letter, rules):
        return _machine(MachineKind.BOUNCE, "a machine's words of a bounce, and a returned message")
    return None


def _automatic(letter: Letter, hints: Hints, rules: Rules) -> Authorship | None:
    sign = signs(letter, rules)
    if hints.report_subject and (sign or hints.wordless):
        return _machine(MachineKind.REPORT, "the subject of a receipt")
    posted = hints.reply and (takes_posts(letter) or "x-loop" in letter.evidence)
    worded = hints.auto_subject or hints.auto_text or hints.acknowledgement
    if sign.startswith("an address") and posted and letter.ancestors and not worded and letter.role != BOT:
        # Trackers and forums send people's answers from one address of their own.
        return Authorship(Author.RELAYED, None, "an answer in a discussion, passed on by its system", "", "comment")
    if not sign or (sign.startswith("Precedence") and posted and not worded):
        return None  # discussion lists call everything bulk, people's answers too
    if hints.acknowledgement and hints.tokens and not hints.auto_text:
        return _machine(MachineKind.ACKNOWLEDGEMENT, f"{sign}, an acknowledgement with a number")
    if hints.auto_subject or hints.vacation_subject or hints.auto_text:
        return _machine(MachineKind.AUTO_REPLY, sign)
    if hints.acknowledgement or (hints.tokens and sign.startswith("Auto-Submitted: auto-replied")):
        return _machine(MachineKind.ACKNOWLEDGEMENT, f"{sign}, and words of an acknowledgement")
    if sign.startswith("Precedence") and any(name.startswith("list-") for name in letter.evidence):
        return _machine(MachineKind.LIST, sign)
    if sign.startswith(("Auto-Submitted: auto-generated", "Precedence: bulk", "Precedence: junk", "an address")):
        if letter.evidence.keys() & {"list-unsubscribe", "list-unsubscribe-post", "list-id"}:
            return _machine(MachineKind.LIST, sign)
        if hints.tokens and letter.ancestors and not sign.startswith("an address"):
            # A number and an answer, but no words that we know: nobody's word that a person wrote it.
            return Authorship(Author.UNKNOWN, None, f"{sign}, of a ticket system without a profile")
        answers = has_null_path(letter) or (submitted(letter) and (hints.reply or names_parent(letter)))
        return _machine(MachineKind.AUTO_REPLY if answers else MachineKind.REPORT, sign)
    if sign.startswith("an empty") and not (hints.reply or names_parent(letter)):
        return _machine(MachineKind.BOUNCE, sign)
    return _machine(MachineKind.AUTO_REPLY, sign)


def _listed(letter: Letter, hints: Hints, rules: Rules) -> Authorship | None:
    evidence, local = letter.evidence, letter.role
    if evidence.get("x-list-administrivia", "").strip().lower() == "yes":
        return _machine(MachineKind.LIST, "a list's own message")
    bulk = "list-unsubscribe-post" in evidence or ("list-unsubscribe" in evidence and not takes_posts(letter))
    closed = "list-post" in evidence and not takes_posts(letter)
    if bulk and (closed or not letter.ancestors) and not hints.reply:
        return _machine(MachineKind.LIST, "a mailing to unsubscribe from")
    if local.endswith(rules.list_senders) and (
        evidence.keys() & {"list-id", "list-unsubscribe", "precedence", "x-loop", "x-mailman-version"}
    ):
        return _machine(MachineKind.LIST, "the address of a list")
    return None


def _worded(hints: Hints) -> Authorship | None:
    """What words alone say; a person's answer may quote every one of them, so few are enough by themselves."""
    passed_on = hints.reply or hints.forward  # a person put that before the machine's own subject
    if hints.auto_subject and not passed_on:
        return _machine(MachineKind.AUTO_REPLY, "the subject of an automatic reply")
    if hints.generated_subject and not passed_on:
        return _machine(MachineKind.REPORT, "a subject that says that a machine wrote it")
    if hints.vacation_subject and hints.auto_text and not passed_on:
        return _machine(MachineKind.AUTO_REPLY, "subject and words of a vacation reply")
    if hints.acknowledgement_subject and not passed_on and (hints.tokens or hints.acknowledgement_text):
        return _machine(MachineKind.ACKNOWLEDGEMENT, "the subject of an acknowledgement")
    if hints.automated_text and hints.acknowledgement:
        return _machine(MachineKind.ACKNOWLEDGEMENT, "says that a machine wrote it, in words of an acknowledgement")
    if hints.automated_text and hints.auto_text:
        return _machine(MachineKind.AUTO_REPLY, "says that a machine wrote it, in words of an automatic reply")
    return None


def _relayed(letter: Letter, hints: Hints) -> Authorship:
    name, topic = hints.relay, hints.topic
    if hints.auto_subject and topic not in ("comment", "acknowledged"):
        return _machine(MachineKind.AUTO_REPLY, f"an automatic reply through {name}", name)
    match topic:
        case "acknowledged":
            return _machine(MachineKind.ACKNOWLEDGEMENT, f"{name}: acknowledged", name, topic)
        case "comment" | "resolved" | "closed" | "state":
            return Authorship(Author.RELAYED, None, f"{name}: {topic}", name, topic)
    if hints.direct:
        return Authorship(Author.RELAYED, None, f"{name}: a person's own mail", name, "comment")
    del letter
    return Authorship(Author.UNKNOWN, None, f"{name}: matches none of its patterns", name)
