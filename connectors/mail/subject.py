"""Subjects as they are compared: without prefixes of replies and forwards, and without tags that gateways add."""

import re
from typing import NamedTuple

from connectors.mail.charsets import folded
from connectors.mail.rules import Rules

_ROUNDS = 20
_PREFIX = re.compile(r"([^\W\d_]{1,16})\s{0,3}(?:\[\d{1,4}\]|\^\d{1,4}|\(\d{1,4}\)|\d{1,3})?\s{0,2}:\s*")
_LABEL = re.compile(r"(?:\[[^\[\]]{1,80}\]\s{0,3}:?\s{0,3}){1,3}")
"""The name of a list or a ticket's number, as lists and ticket systems put it before the prefix of an answer."""
_TAG = re.compile(r"[\[(*]{1,3}([^\W\d_][^\[\]()*]{0,39})[\])*]{1,3}\s*:?\s*")


class Subject(NamedTuple):
    """A subject taken apart; `text` is folded."""

    text: str
    reply: bool
    forward: bool


def stripped(subject: str, rules: Rules) -> Subject:
    """Return a subject without what was put before it; a forward is no reply to whatever it forwards."""
    text = folded(subject).replace("：", ":")  # noqa: RUF001 - full-width colon
    reply = forward = False
    labels = ""
    for _ in range(_ROUNDS):
        tag = _TAG.match(text)
        if tag is not None and tag[1].strip() in rules.tags:
            text = text[tag.end() :]
            continue
        label = _LABEL.match(text)
        prefix = _PREFIX.match(text, label.end() if label is not None else 0)
        if prefix is None or prefix[1] not in rules.replies | rules.forwards:
            break
        if prefix[1] in rules.forwards and not reply:
            forward = True
        else:
            reply = True
        labels += text[: prefix.start()]
        text = text[prefix.end() :]
    return Subject(f"{labels}{text}".strip(), reply and not forward, forward)


def unlabelled(text: str) -> str:
    """Return a stripped subject without the number of a ticket before it."""
    label = _LABEL.match(text)
    return text[label.end() :] if label is not None and any(map(str.isdigit, label[0])) else text
