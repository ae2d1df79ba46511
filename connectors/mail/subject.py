"""Subjects as they are compared: without prefixes of replies and forwards, and without tags that gateways add."""

import re
from typing import NamedTuple

from connectors.mail.charsets import folded
from connectors.mail.rules import Rules

_ROUNDS = 20
_PREFIX = re.compile(r"([^\W\d_]{1,16})\s{0,3}(?:\[\d{1,4}\]|\^\d{1,4}|\(\d{1,4}\)|\d{1,3})?\s{0,2}:\s*")
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
    for _ in range(_ROUNDS):
        tag = _TAG.match(text)
        if tag is not None and tag[1].strip() in rules.tags:
            text = text[tag.end() :]
            continue
        prefix = _PREFIX.match(text)
        if prefix is None:
            break
        if prefix[1] in rules.forwards and not reply:
            forward = True
        elif prefix[1] in rules.replies or prefix[1] in rules.forwards:
            reply = True
        else:
            break
        text = text[prefix.end() :]
    return Subject(text.strip(), reply and not forward, forward)
