"""Odd characters are shown; everything that people write in any language stays."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.domain.visible import visible, visible_json, visible_lines, without_odd

HARMLESS = [
    "INC0012345",
    "Büro ohne Netz, 建物 4",
    "لا توجد شبكة",
    "no-break\xa0space, soft\xadhyphen, \U0001f469\u200d\U0001f527",
    "C:\\new\\x1b",
    "",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_text_of_any_language_stays_as_it_is(text: str) -> None:
    assert (visible(text), visible_lines(text), without_odd(text, "?")) == (text, text, text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a\x1b[2Jb", r"a\x1b[2Jb", id="an escape sequence"),
        pytest.param("a\x9b2Jb", r"a\x9b2Jb", id="its one-character form"),
        pytest.param("a\rb\x07\x08\x00", r"a\rb\x07\x08\x00", id="return, bell, backspace, null"),
        pytest.param("a\nMET\tb", r"a\nMET\tb", id="a line break and a tabulator"),
        pytest.param("a\u2028b\u2029c\x85d", r"a\u2028b\u2029c\x85d", id="line ends of Unicode"),
        pytest.param("a\u202egpj.exe", r"a\u202egpj.exe", id="an override of direction"),
        pytest.param("\u2066a\u2069\u202ab", r"\u2066a\u2069\u202ab", id="isolates and embeddings"),
        pytest.param("a\ud83d", r"a\ud83d", id="half a surrogate pair"),
        pytest.param("a\x7f", r"a\x7f", id="delete"),
    ],
)
def test_what_a_terminal_would_obey_is_written_as_python_writes_it(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_text_of_several_lines_keeps_its_line_feeds_and_nothing_else() -> None:
    assert visible_lines("a\nb\r\n\x1bc\n") == "a\nb\\r\n\\x1bc\n"


@given(st.text())
def test_what_is_shown_is_one_line_that_may_be_shown_again(text: str) -> None:
    shown = visible(text)
    assert len(shown.splitlines()) <= 1
    assert visible(shown) == shown
    assert not any(ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0 for character in shown)


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_json_says_the_same_and_has_nothing_odd_but_its_own_line_feeds(value: object) -> None:
    document = visible_json(json.dumps(value, ensure_ascii=False, indent=2))
    assert json.loads(document) == value
    assert visible_lines(document) == document
