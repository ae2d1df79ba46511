"""Goals as text: what is understood, and what is refused with a reason."""

import pytest

from syncd.domain.duration import Counted, DayEnd, WorkingDays, parse_duration

SECOND = 1_000_000

UNDERSTOOD = [
    ("15m", 15 * 60),
    ("4h", 4 * 3600),
    ("1h30m", 5400),
    ("1h 30m", 5400),
    ("90s", 90),
    ("1h2m3s", 3723),
    ("1h 3s", 3603),
    ("90m", 5400),
    ("0s", 0),
    ("24h", 86_400),
    ("PT4H", 4 * 3600),
    ("PT1H30M", 5400),
    ("PT15M", 900),
    ("PT90S", 90),
    (" 4h ", 4 * 3600),
]


@pytest.mark.parametrize(("text", "seconds"), UNDERSTOOD, ids=[text for text, _ in UNDERSTOOD])
def test_counted_time(text: str, seconds: int) -> None:
    assert parse_duration(text) == Counted(seconds * SECOND)


def test_working_days_are_due_at_the_end_of_the_day_unless_said_otherwise() -> None:
    assert parse_duration("2 working days") == WorkingDays(2, DayEnd.END_OF_DAY)
    assert parse_duration("1 working day", DayEnd.SAME_TIME) == WorkingDays(1, DayEnd.SAME_TIME)


DAYS = [
    "1d",
    "P1D",
    "P1DT2H",
    "2 days",
    "2days",
    "1d12h",
    "30 days",
    "1w",
    "2 weeks",
    "1 month",
    "P1M",
    "P1W",
    "1 y",
    "0.5d",
]


@pytest.mark.parametrize("text", DAYS)
def test_days_that_do_not_say_how_they_are_counted_are_refused_with_the_reason(text: str) -> None:
    with pytest.raises(ValueError, match="does not say how its days are counted") as refusal:
        parse_duration(text)
    assert text in str(refusal.value)
    assert '"24h"' in str(refusal.value)
    assert '"2 working days"' in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2 business days", 'write "2 working days"'),
        ("2 workdays", 'write "2 working days"'),
        ("90", '"90m" for minutes or "90h" for hours'),
        ("", "is empty"),
        ("   ", "is empty"),
        ("0 working days", "at least 1 working day"),
        ("4H", "is not a duration"),
        ("4 hours", "is not a duration"),
        ("PT", "is not a duration"),
        ("-4h", "is not a duration"),
        ("1.5h", "is not a duration"),
        ("30m1h", "is not a duration"),
        ("soon", "is not a duration"),
        ("٣h", "is not a duration"),
        ("9" * 5000 + "h", "is not a duration"),
    ],
)
def test_anything_else_is_refused_with_what_to_write(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=r"duration|unit|working day") as refusal:
        parse_duration(text)
    assert words in str(refusal.value)


def test_a_negative_duration_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        Counted(-1)
