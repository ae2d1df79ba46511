"""What the words of a message point to: taken once, because the words themselves are not kept (law 12)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from connectors.mail.charsets import folded
from connectors.mail.letter import Letter
from connectors.mail.phrases import Phrases, Searched, any_of, begins, place_of
from connectors.mail.references import Reference, references_from, references_in
from connectors.mail.rules import TOPICS, Relay, Rules
from connectors.mail.signs import signs
from connectors.mail.subject import stripped, unlabelled
from connectors.mail.tokens import Token, as_payload, find, from_payload

_OPENING = 2_048
"""Characters of a text in which a machine says what it is."""


_BRACKETS = "[({<*【 "
"""Machines put what a mail is in brackets before the subject that they answer to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """Which tables a message's words match. All of it is JSON, and none of it is the sender's text."""

    wordless: bool = False
    reply: bool = False
    forward: bool = False
    auto_subject: bool = False
    generated_subject: bool = False
    vacation_subject: bool = False
    auto_text: bool = False
    automated_text: bool = False
    acknowledgement_subject: bool = False
    acknowledgement_text: bool = False
    bounce_subject: bool = False
    bounce_text: bool = False
    report_subject: bool = False
    relay: str = ""
    topic: str = ""
    direct: bool = False
    tokens: tuple[Token, ...] = ()
    signals: tuple[str, ...] = ()
    """Names of the configured signals whose words were found."""
    references: tuple[Reference, ...] = ()
    listed: bool = False
    """Whether it names several tickets of ours of one kind: a list, which links to none of them."""

    @property
    def acknowledgement(self) -> bool:
        """Whether subject or text speak as acknowledgements do."""
        return self.acknowledgement_subject or self.acknowledgement_text

    def as_payload(self) -> dict[str, object]:
        """Return the hints as JSON values, what is empty left out."""
        values = {name: value for name in _NAMES if (value := getattr(self, name))}
        if self.references:
            values["references"] = [[each.source, each.key] for each in self.references]
        if self.tokens:
            values["tokens"] = as_payload(self.tokens)
        if self.signals:
            values["signals"] = list(self.signals)
        return values


_NAMES = tuple(each.name for each in fields(Hints))


def hints_from(value: Mapping[str, Any]) -> Hints:
    """Return the hints that JSON values are; what is missing or foreign is empty."""
    known = {each.name for each in fields(Hints)} - {"tokens", "signals", "references"}
    kept: dict[str, Any] = {
        name: item for name, item in value.items() if name in known and isinstance(item, bool | str)
    }
    signals = value.get("signals")
    return Hints(
        **kept,
        tokens=from_payload(value.get("tokens")),
        signals=tuple(map(str, signals)) if isinstance(signals, list | tuple) else (),
        references=references_from(value.get("references")),
    )


def hints_of(
    letter: Letter,
    rules: Rules,
    *,
    relay: str | None = None,
    templates: Sequence[str] | None = None,
    signals: Mapping[str, Phrases] | None = None,
    tags: Mapping[str, Phrases] | None = None,
    denials: Sequence[str] = (),
    references: Sequence[Reference] = (),
) -> Hints:
    """Return what a message's words point to.

    `relay` is the ticket system that the sender's vendor is known to use, empty for a sender who has none, None where
    that is not known; `templates` are its ticket numbers. Signals are folded phrases by name, each looked for in the
    sender's new words, unless one of `denials` stands by it; tags are looked for in the subject. `references` are the
    templates of our own tools' keys.
    """
    subject = stripped(letter.subject, rules)
    bare = {each.lstrip(_BRACKETS) for each in (subject.text, unlabelled(subject.text))}
    text = folded(letter.text)
    start = text[:_OPENING]
    opening, titled = Searched(start), Searched(subject.text)
    whole = opening if len(start) == len(text) else Searched(text)
    found = _relay(letter, rules, relay, text)
    topic = _topic(found, subject.text, start) if found is not None else ""
    wanted = templates if templates is not None else found.tokens if found is not None else rules.tokens
    tokens = find(letter.subject, wanted)
    automated_text = rules.automated_texts.any_in(whole)
    if not tokens and (found is not None or automated_text or signs(letter, rules)):
        # What people write in a mail may quote other tickets; a machine names the one that it writes about.
        tokens = find(letter.text[:_OPENING], wanted)
    ours, listed = references_in(letter.subject, letter.text[:_OPENING], references)
    received = (
        rules.acknowledgement_subjects.any_in(titled),
        rules.acknowledgement_texts.any_in(opening),
    )
    auto_text = rules.auto_reply_texts.any_in(opening) or (not any(received) and rules.machine_texts.any_in(opening))
    return Hints(
        wordless=not text,
        reply=subject.reply,
        forward=subject.forward,
        auto_subject=any(begins(each, rules.auto_reply_subjects) is not None for each in bare),
        generated_subject=begins(subject.text, rules.generated_subjects) is not None,
        vacation_subject=begins(subject.text, rules.vacation_subjects) is not None,
        auto_text=auto_text,
        automated_text=automated_text,
        acknowledgement_subject=received[0],
        acknowledgement_text=received[1],
        bounce_subject=any(begins(each, rules.bounce_subjects) is not None for each in bare),
        bounce_text=rules.bounce_texts.any_in(opening),
        report_subject=begins(subject.text, rules.report_subjects) is not None,
        relay=found.name if found is not None else "",
        topic=topic,
        direct=found is not None
        and _passes_on(found, letter, worded=auto_text or automated_text or any(received), reply=subject.reply),
        tokens=tokens,
        signals=tuple(sorted(_signals(letter, whole, signals or {}, tags or {}, denials))),
        references=ours,
        listed=listed,
    )


def _signals(
    letter: Letter,
    text: Searched,
    phrases: Mapping[str, Phrases],
    tags: Mapping[str, Phrases],
    denials: Sequence[str],
) -> set[str]:
    said = {name for name, each in phrases.items() if each.stated_in(text, denials)}
    if tags:
        subject = Searched(folded(letter.subject))
        said |= {name for name, each in tags.items() if each.any_in(subject)}
    return said


def _relay(letter: Letter, rules: Rules, configured: str | None, text: str) -> Relay | None:
    """The ticket system that sent a message, by what it alone leaves; a configured one also by a machine's signs."""
    domain = letter.senders[0].rpartition("@")[2] if letter.senders else ""
    message_id = f"<{letter.message_id.strip('<>').lower()}>"
    marked_by_header = not rules.relay_headers.isdisjoint(letter.evidence)
    for relay in rules.relays.values():
        if configured not in (None, relay.name):
            continue
        if marked_by_header and any(
            name in letter.evidence and letter.evidence[name].lower().startswith(value)
            for name, value in relay.headers.items()
        ):
            return relay
        if any(domain == each or domain.endswith(f".{each}") for each in relay.domains):
            return relay
        if any(mark in message_id for mark in relay.message_ids):
            return relay
    marked = [
        (len(mark), relay)
        for relay in rules.relays.values()
        if configured in (None, relay.name)
        for mark in relay.marks
        if mark in text
    ]
    if marked:
        return max(marked, key=lambda each: each[0])[1]  # one system's mark is part of another's
    if configured and configured in rules.relays and signs(letter, rules):
        return rules.relays[configured]
    return None


def _passes_on(relay: Relay, letter: Letter, *, worded: bool, reply: bool) -> bool:
    """Whether a ticket system sent a person's own answer as it was written."""
    evidence = letter.evidence
    if not letter.ancestors or evidence.get("auto-submitted", "no").lower().startswith("auto"):
        return False
    if "precedence" not in evidence:
        return relay.direct
    return relay.bulk and reply and not worded


def _topic(relay: Relay, subject: str, text: str) -> str:
    """What a ticket system's mail is about: by its subject, else by its text."""
    for topic in _BY_SUBJECT:
        if any_of(subject, relay.subjects[topic]):
            return topic
    # A template's own sentence stands before what somebody wrote into it.
    found = {
        topic: min((at for phrase in relay.texts[topic] if (at := place_of(text, phrase)) >= 0), default=-1)
        for topic in TOPICS
    }
    return min((topic for topic in TOPICS if found[topic] >= 0), key=lambda topic: found[topic], default="")


_BY_SUBJECT = ("comment", "resolved", "closed", "acknowledged", "state")
