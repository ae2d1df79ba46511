from datetime import timedelta, timezone

import pytest

from syncd.alerting.plain import plain
from syncd.alerting.wording import facts, headline, lasting, moment
from tests.alerting.notices import BREACHED, envelope, without_optional


@pytest.mark.parametrize(
    ("step", "line"),
    [
        ("breached", "ACME Managed Sërvices: P1 fix of INC0012345 is breached"),
        ("at_risk", "ACME Managed Sërvices: P1 fix of INC0012345 is at risk, due 2026-03-02 12:00:00 UTC"),
        ("recovered", "ACME Managed Sërvices: P1 fix of INC0012345 has recovered"),
    ],
)
def test_one_line_says_it(step: str, line: str) -> None:
    assert headline(envelope(), step) == line


def test_what_is_late_or_unconfirmed_says_so_on_that_line() -> None:
    assert headline(without_optional(), "breached").endswith("is breached (late notice, unconfirmed)")


def test_the_facts_of_a_breach() -> None:
    assert dict(facts(envelope(), "breached")) == {
        "Ticket": "INC0012345", "Link": "https://snow.example/INC0012345", "Vendor": "ACME Managed Sërvices",
        "Contract": "acme-msp", "Target": "fix", "Priority": "P1", "State": "breached",
        "Since": "2026-03-02 12:00:00 UTC", "Due": "2026-03-02 12:00:00 UTC", "Time used": "4h of 4h", "Source": "snow",
        "Metric": "resolution", "Explained": "https://syncd.example/tickets/snow/INC0012345",
    }  # fmt: skip


def test_what_is_not_known_is_left_out_and_what_is_doubtful_is_said() -> None:
    found = dict(facts(without_optional(), "breached"))
    assert {"Link", "Due", "Explained"}.isdisjoint(found)
    assert found["Told late"] == "yes"
    assert found["Confirmed"].startswith("no")


@pytest.mark.parametrize(
    ("us", "text"),
    [
        (0, "0s"), (999_999, "0s"), (59_000_000, "59s"), (60_000_000, "1m"), (3_600_000_000, "1h"),
        (3_630_000_000, "1h 0m 30s"), (90_000_000_000, "1d 1h"), (-60_000_000, "-1m"),
    ],
)  # fmt: skip
def test_durations_read(us: int, text: str) -> None:
    assert lasting(us) == text


def test_instants_are_told_in_utc_and_never_rounded_up() -> None:
    there = (BREACHED + timedelta(microseconds=999_999)).astimezone(timezone(timedelta(hours=13, minutes=45)))
    assert moment(there) == "2026-03-02 12:00:00 UTC"


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("as it is, ü and 漢字", None, "as it is, ü and 漢字"),
        ("a\tb\x7f", None, "a\ufffdb\ufffd"),
        ("a\u2028b\u2066", None, "a\ufffdb\ufffd"),
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde\u2026"),
    ],
)
def test_text_from_outside_is_shown_on_one_line(text: str, most: int | None, shown: str) -> None:
    assert plain(text, most) == shown
