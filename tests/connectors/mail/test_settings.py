"""Options that cannot work are refused by name."""

from typing import Any

import pytest
from pydantic import ValidationError

from connectors.mail.tokens import find
from tests.connectors.mail.letters import options

AUTH = {"kind": "plain", "username": "u", "password": {"env": "P"}}

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown back end": ({"backend": {"kind": "pop3"}}, "pop3"),
    "an unknown key of a back end": ({"backend": {"kind": "maildir", "path": "x", "host": "y"}}, "host"),
    "clear text across the network": (
        {"backend": {"kind": "imap", "host": "mx.example", "security": "none", "auth": AUTH}}, "in clear",
    ),
    "a template without a hole": ({"vendors": [{"id": "a", "tokens": ["INC"]}]}, "are needed"),
    "a template that is all hole": ({"vendors": [{"id": "a", "tokens": ["{digits}"]}]}, "literal text"),
    "a template with a pattern": ({"vendors": [{"id": "a", "tokens": ["INC{digits}{4,}"]}]}, "placeholders are"),
    "a ticket system that nobody knows": ({"vendors": [{"id": "a", "relay": "remedy"}]}, "profiles are"),
    "two vendors of one id": ({"vendors": [{"id": "a"}, {"id": "a"}]}, "two of one name"),
    "a signal that means nothing": ({"signals": [{"name": "x", "folders": ["Done"]}]}, "exactly one"),
    "a signal that is never seen": ({"signals": [{"name": "x", "phase": "resolved"}]}, "one of subject_tags"),
    "pending for nobody": ({"signals": [{"name": "x", "folders": ["W"], "phase": "pending"}]}, "awaiting"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_work_is_refused(case: str) -> None:
    values, words = REFUSED[case]
    with pytest.raises(ValidationError, match=words):
        options(**values)


@pytest.mark.parametrize(
    "backend",
    [
        {"kind": "imap", "host": "127.0.0.1", "security": "none", "auth": AUTH},
        {
            "kind": "imap", "host": "outlook.office365.com",
            "auth": {
                "kind": "xoauth2_client_credentials", "username": "box@customer.example",
                "token_url": "https://login.example/token", "client_id": {"env": "I"}, "client_secret": {"env": "S"},
            },
        },
        {
            "kind": "graph", "mailbox": "box@customer.example", "tenant": "t", "client_id": {"env": "I"},
            "client_secret": {"env": "S"},
        },
    ],
    ids=["imap here", "imap with a token", "graph"],
)  # fmt: skip
def test_every_back_end_can_be_configured(backend: dict[str, Any]) -> None:
    assert options(backend=backend).backend.kind == backend["kind"]


TOKENS = {
    "brackets are not part of it": ("Re: [#4711] x", ["[#{digits}]"], ["#4711"]),
    "blanks do not matter": ("ticket  #4711", ["Ticket #{digits}"], ["ticket  #4711"]),
    "too many digits": ("CS12345678", ["CS{digits:7}"], []),
    "within a word": ("XINC0012345", ["INC{digits}"], []),
    "the key in parentheses": ("[JIRA] (ABC-1) x", ["[JIRA] ({key})", "[{key}]"], ["ABC-1"]),
    "a key is written in capitals": ("[part-2]", ["[{key}]"], []),
    "a thread reference": ("x ref:_00D123456._500123456:ref", ["ref:_{word:6-40}._{word:6-40}:ref"],
                           ["ref:_00D123456._500123456:ref"]),
    "each once": ("INC001 INC001 INC002", ["INC{digits}"], ["INC001", "INC002"]),
    "pattern characters are characters": ("a.c1", ["a.c{digits}"], ["a.c1"]),
    "and nothing else": ("abc1", ["a.c{digits}"], []),
}  # fmt: skip


@pytest.mark.parametrize("case", TOKENS)
def test_ticket_numbers(case: str) -> None:
    text, templates, expected = TOKENS[case]
    assert [token.text for token in find(text, templates)] == expected
