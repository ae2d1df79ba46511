"""Lone halves of surrogate pairs become what stands for no character; everything else stays as it is."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.domain.surrogates import without_halves

ANY_TEXT = st.text(st.characters(exclude_categories=()) | st.sampled_from('\ud83d\udcde\\"u/'))
"""Halves, backslashes and quotation marks included."""


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (rb'"cut \ud83d"', "cut \ufffd"),
        (rb'"\uDE00 rest"', "\ufffd rest"),
        (rb'"\ud83d\ud83d\ude00"', "\ufffd\U0001f600"),
        (rb'"\ud83d\u0041"', "\ufffdA"),
        (rb'"C:\\ud83d"', r"C:\ud83d"),
        (rb'"\\\ud83d"', "\\\ufffd"),
    ],
)  # fmt: skip
def test_a_half_is_replaced_and_a_pair_or_an_escaped_backslash_is_not(written: bytes, read: str) -> None:
    assert msgspec.json.decode(without_halves(written)) == read


@given(ANY_TEXT)
def test_what_is_left_is_always_text_and_whole_text_is_left_alone(text: str) -> None:
    written = json.dumps({text: [text]}).encode()
    expected = "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in _joined(text))
    assert msgspec.json.decode(without_halves(written)) == {expected: [expected]}
    if "\ufffd" not in expected:
        assert without_halves(written) == written


def _joined(text: str) -> str:
    """Halves that follow each other are one character, as any JSON decoder reads them."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
