"""The tables by which mail is read: words of many languages and the habits of vendors' ticket systems, as data."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from connectors.mail.charsets import folded
from connectors.mail.phrases import Phrases

TOPICS = ("acknowledged", "resolved", "closed", "comment", "state")
"""What a ticket system's mail can be about, in the order in which it is looked for."""


@dataclass(frozen=True, slots=True)
class Relay:
    """How one make of ticket system writes: how it is known, and what its sentences mean."""

    name: str
    domains: tuple[str, ...]
    headers: Mapping[str, str]
    """Header fields that only it writes, each with a beginning of its value."""
    message_ids: tuple[str, ...]
    marks: tuple[str, ...]
    tokens: tuple[str, ...]
    direct: bool
    """Whether people's own mails pass through it unmarked: an answer without signs of a machine is a comment."""
    bulk: bool
    """Whether it calls people's own mails bulk: an answer with a reply's prefix and no machine's words is a comment."""
    subjects: Mapping[str, tuple[str, ...]]
    """Phrases by topic."""
    texts: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Rules:
    """All tables, folded for comparison."""

    denials: tuple[str, ...]
    """Words that make a phrase in the same sentence say the contrary, or only perhaps."""
    auto_reply_subjects: tuple[str, ...]
    generated_subjects: tuple[str, ...]
    """In brackets, as only machines put them."""
    vacation_subjects: tuple[str, ...]
    """Weaker: people write them too."""
    auto_reply_texts: Phrases
    machine_texts: Phrases
    """Say that a machine wrote this very message, an automatic reply unless it is a receipt."""
    automated_texts: Phrases
    acknowledgement_subjects: Phrases
    acknowledgement_texts: Phrases
    bounce_subjects: tuple[str, ...]
    bounce_texts: Phrases
    bounce_senders: frozenset[str]
    bounce_names: frozenset[str]
    """What mail systems call themselves where they give no address."""
    report_subjects: tuple[str, ...]
    noreply_senders: frozenset[str]
    list_senders: tuple[str, ...]
    quotation_lines: frozenset[str]
    quoted_fields: tuple[str, ...]
    attribution_starts: tuple[str, ...]
    attribution_ends: tuple[str, ...]
    signatures: tuple[str, ...]
    replies: frozenset[str]
    forwards: frozenset[str]
    tags: frozenset[str]
    tokens: tuple[str, ...]
    relays: Mapping[str, Relay]
    relay_headers: frozenset[str]
    """Header fields that only ticket systems write."""


@cache
def shipped() -> Rules:
    """Return the tables that ship with syncd; read once."""
    words, subjects, relays = _table("words"), _table("subjects"), _table("relays")
    sets = {"bounce_senders", "bounce_names", "noreply_senders", "quotation_lines"}
    values: dict[str, Any] = {
        name: frozenset(map(folded, entries)) if name in sets else tuple(dict.fromkeys(map(folded, entries)))
        for name, entries in words.items()
    }
    searched = (
        "automated_texts", "auto_reply_texts", "machine_texts", "acknowledgement_subjects", "acknowledgement_texts",
        "bounce_texts",
    )  # fmt: skip
    values |= {name: Phrases(values[name]) for name in searched}
    values["attribution_starts"] = tuple(f"{start} " for start in values["attribution_starts"])
    values |= {name: frozenset(map(folded, entries)) for name, entries in subjects.items()}
    known = {name: _relay(name, entry) for name, entry in relays.items()}
    return Rules(
        **values,
        tokens=tuple(_table("tokens")),
        relays=known,
        relay_headers=frozenset(name for relay in known.values() for name in relay.headers),
    )


def _table(name: str) -> Any:
    return json.loads(files("connectors.mail").joinpath("tables", f"{name}.json").read_text(encoding="utf-8"))


def _relay(name: str, entry: Mapping[str, Any]) -> Relay:
    def phrases(kind: str) -> dict[str, tuple[str, ...]]:
        return {topic: tuple(map(folded, entry.get(f"{topic}_{kind}", ()))) for topic in TOPICS}

    return Relay(
        name=name, domains=tuple(entry["domains"]), headers=dict(entry["headers"]),
        message_ids=tuple(entry["message_ids"]), marks=tuple(map(folded, entry["marks"])),
        tokens=tuple(entry["tokens"]), direct=bool(entry["direct"]), bulk=bool(entry.get("bulk")),
        subjects=phrases("subjects"), texts=phrases("texts"),
    )  # fmt: skip
