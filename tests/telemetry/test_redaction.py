"""Text and values are made harmless without making them useless."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from syncd.domain.names import Phase
from syncd.ports.secret import Secret
from syncd.telemetry.redaction import Redactor


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("https://bob:s3cr3t@host/x", "https://[redacted]@host/x", id="a password in an address"),
        pytest.param("postgresql+psycopg://u:p@db/x", "postgresql+psycopg://[redacted]@db/x", id="a database's"),
        pytest.param("Authorization: Bearer abc.def-123", "Authorization: Bearer [redacted]", id="a bearer token"),
        pytest.param("Basic dXNlcjpwYXNz", "Basic [redacted]", id="basic credentials"),
        pytest.param("/t?access_token=abc&x=1", "/t?access_token=[redacted]&x=1", id="a token in a query"),
        pytest.param('{"client_secret": "a b"}', '{"client_secret": [redacted]}', id="a secret in JSON"),
        pytest.param("no route to bob.b@example.com!", "no route to [address]!", id="a mail address"),
        pytest.param("basic facts, 3 of 4 tokens", "basic facts, 3 of 4 tokens", id="ordinary words stay"),
        pytest.param("INC0012345 at 10:00", "INC0012345 at 10:00", id="tickets and times stay"),
    ],
)
def test_text_that_looks_like_a_credential_or_an_address_is_replaced(text: str, expected: str) -> None:
    assert Redactor().text(text) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(3, 3, id="numbers stay numbers"),
        pytest.param(None, None, id="nothing stays nothing"),
        pytest.param(Phase.NEW, "new", id="words of the domain"),
        pytest.param(datetime(2026, 3, 1, tzinfo=UTC), "2026-03-01T00:00:00+00:00", id="instants"),
        pytest.param(timedelta(minutes=2), "120.0s", id="durations"),
        pytest.param(Fraction(1, 3), "1/3", id="fractions"),
        pytest.param(Decimal("1.50"), "1.50", id="decimals"),
        pytest.param(Path("/etc/x"), "/etc/x", id="paths"),
        pytest.param([1, (2, {"a": Secret("x")})], [1, [2, {"a": "[redacted]"}]], id="nested values"),
        pytest.param(object(), "<object>", id="nobody knows what else would print"),
    ],
)
def test_facts_are_plain_values(value: object, expected: object) -> None:
    assert Redactor().value("fact", value) == expected


@pytest.mark.parametrize("key", ["password", "client_secret", "x-api-key", "session_id", "Authorization", "auth.token"])
def test_keys_that_sound_like_secrets(key: str) -> None:
    assert Redactor().value(key, "harmless?") == "[redacted]"


@pytest.mark.parametrize("key", ["tokenizer", "passes", "passed", "keys", "sessions"])
def test_keys_that_only_resemble_them(key: str) -> None:
    assert Redactor().value(key, "harmless") == "harmless"


def test_a_number_under_a_telling_key_is_a_count() -> None:
    assert Redactor().value("tokens", 12) == 12


def test_a_very_short_secret_does_not_mask_ordinary_words() -> None:
    redactor = Redactor()
    redactor.learn(Secret("a"))
    assert redactor.text("a page was stored") == "a page was stored"


def test_a_secret_within_a_longer_one_leaves_nothing_of_it() -> None:
    redactor = Redactor()
    for text in ("hunter2", "hunter2-and-more"):
        redactor.learn(Secret(text))
    assert redactor.text("it is hunter2-and-more.") == "it is [redacted]."
