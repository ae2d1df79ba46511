"""Header fields, dates, phrases and numbers are found quickly, and are what slower and better known ways find."""

from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.mail.dates import instant
from connectors.mail.fields import split
from connectors.mail.limits import Limits
from connectors.mail.phrases import Phrases, Searched, contains, stated
from connectors.mail.recording import VOLATILE, steady
from connectors.mail.rules import shipped
from connectors.mail.tokens import find
from syncd.domain.digest import digest

PRINTED = st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters="\x7f\x85\xa0")
NAMES = st.from_regex(r"[!-9;-~]{1,20}", fullmatch=True)
WORDS = st.lists(st.text(PRINTED, min_size=1, max_size=12), min_size=1, max_size=6)
FOLDS = st.sampled_from([" ", "\r\n ", "\r\n\t", "\r\n  ", "  "])


@st.composite
def fields(draw: st.DrawFn) -> str:
    """A header block as the standard has it: names, values, lines that go on."""
    lines = []
    for _ in range(draw(st.integers(1, 8))):
        words = draw(WORDS)
        value = words[0] + "".join(draw(FOLDS) + word for word in words[1:])
        lines.append(f"{draw(NAMES)}:{draw(st.sampled_from(['', ' ']))}{value}")
    return "\r\n".join(lines)


@given(fields())
def test_fields_are_those_that_the_standard_library_finds(block: str) -> None:
    raw = block.encode("latin-1")
    # Bytes beyond ASCII it keeps as surrogates.
    theirs = [
        (name.lower(), str(value).encode("ascii", "surrogateescape").decode("latin-1").split())
        for name, value in BytesHeaderParser().parsebytes(raw + b"\r\n\r\n").raw_items()
    ]
    assert [(name, value.split()) for name, value in split(raw, Limits()).fields] == theirs


LINES = st.sampled_from(
    ["From: a", "Subject: b", " c", "\td", "", "no field", "X Y: z", ": e", "A" * 129 + ": f", "To:g"]
)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@given(st.lists(st.tuples(LINES, ENDS)), st.integers(1, 9), st.integers(1, 3))
def test_a_line_that_is_no_field_changes_nothing_of_the_others(
    lines: list[tuple[str, str]], most: int, longest: int
) -> None:
    limits = Limits(fields=most, field_bytes=longest)
    block = "".join(line + end for line, end in lines).encode()
    quickly, slowly = split(block, limits), split(block + b"\nno field", limits)
    assert quickly.fields == slowly.fields
    assert {**quickly.problems, "bad_header_line": ""} == {**slowly.problems, "bad_header_line": ""}


DAYS = st.sampled_from(["Mon, ", "Sun, ", "", "mon, ", "Monday, ", "Xyz, "])
MONTHS = st.sampled_from(["Jan", "Feb", "Mar", "Sep", "Dec", "dec", "Foo", "June"])
ZONES = st.sampled_from(
    ["+0000", "-0000", "+0530", "-0330", "+2359", "+9999", "-1260", "GMT", "", "EST", "+00", "+00:00"]
)
TAILS = st.sampled_from(["", " (UTC)", " (Central European Time)", " x", " ("])


def told(text: str) -> datetime | None:
    """What the standard library says of a date, within the years that mail has."""
    try:
        at = parsedate_to_datetime(text)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return at if 1995 <= at.year < 2200 else None


@given(
    DAYS, st.integers(0, 32), MONTHS, st.sampled_from(["2026", "1994", "1995", "2199", "2200", "0095", "9999", "26"]),
    st.tuples(st.integers(0, 24), st.integers(0, 60), st.integers(0, 61)), ZONES, TAILS,
)  # fmt: skip
def test_dates_are_what_the_standard_library_reads(
    day_name: str, day: int, month: str, year: str, at: tuple[int, int, int], zone: str, tail: str
) -> None:
    hour, minute, second = at
    text = f"{day_name}{day:02} {month} {year} {hour:02}:{minute:02}:{second:02} {zone}{tail}"
    assert instant(text) == told(" ".join(text.split()))


PHRASES = (
    "out of office", "auto-reply", "re", "réponse automatique", "自動応答", "不在", "[p1]", "--", "a1", "office", "é",
)  # fmt: skip
PIECES = st.sampled_from([*PHRASES, " ", "-", "x", "é", "不", "9", ".", "out", "of", "ré", "ponse", "auto", "b"])


@given(st.lists(PIECES, max_size=8), st.frozensets(st.sampled_from(PHRASES)))
def test_phrases_looked_for_together_are_found_where_one_of_them_is(pieces: list[str], some: frozenset[str]) -> None:
    text = "".join(pieces)
    phrases, searched = Phrases(some), Searched(text)
    assert phrases.any_in(searched) == any(contains(text, phrase) for phrase in some)
    assert phrases.stated_in(searched, ("x", "a1")) == any(stated(text, phrase, ("x", "a1")) for phrase in some)


SAMPLES = {"digits": "1234567", "word": "abcDEF1234", "key": "NOC-17"}
TEMPLATES = sorted(
    {*shipped().tokens, *(each for relay in shipped().relays.values() for each in relay.tokens), "Ä {word}"}
)


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_number_of_every_template_is_found_whatever_the_case_around_it(template: str) -> None:
    pieces = template.replace("}", "{").split("{")
    made = [SAMPLES[piece.partition(":")[0]] if place % 2 else piece for place, piece in enumerate(pieces)]
    # Keys and letters beyond ASCII are as they are written.
    exact = "{key}" in template or not template.isascii()
    for text in ("".join(made), *([] if exact else ["".join(made).upper(), "".join(made).lower()])):
        assert [token.template for token in find(f"Über {text} hier", (template,))] == [template]


SEEN = st.dictionaries(st.sampled_from(["folder", "seen_at", "seen_after", "n"]), st.integers() | st.text(max_size=3))


@given(st.lists(SEEN, max_size=3), st.dictionaries(st.sampled_from(["at", "seen_at", "letter"]), SEEN))
def test_what_is_steady_in_a_record_is_all_but_its_volatile_paths(
    sightings: list[dict[str, object]], more: dict[str, object]
) -> None:
    payload = {**more, "sightings": sightings}
    assert digest(steady(payload)) == digest(payload, VOLATILE)
