"""YAML is read word for word: nothing becomes something else, and every value knows its line."""

from decimal import Decimal
from pathlib import Path

import pytest

from syncd.settings.document import parse_document, read_document
from syncd.settings.finding import Findings, shown_place

WORDS = {
    "no is a word, as in the country": ("no", "no"),
    "on is a word": ("on", "on"),
    "yes is a word": ("yes", "yes"),
    "True with a capital is a word": ("True", "True"),
    "true is true": ("true", True),
    "false is false": ("false", False),
    "a quoted true is a word": ('"true"', "true"),
    "a time of day is no number of base sixty": ("22:00", "22:00"),
    "a date stays as it is written": ("2026-01-01", "2026-01-01"),
    "an instant stays as it is written": ("2026-01-01T10:00:00Z", "2026-01-01T10:00:00Z"),
    "a whole number is one": ("42", 42),
    "a negative number is one": ("-1", -1),
    "a leading zero makes it text": ("007", "007"),
    "digits with underscores are text": ("1_000", "1_000"),
    "hexadecimal digits are text": ("0x1F", "0x1F"),
    "an identifier of twenty digits is text": ("12345678901234567890", "12345678901234567890"),
    "a fraction is exact and keeps its zeros": ("12000.00", Decimal("12000.00")),
    "a version is text": ("1.2.3", "1.2.3"),
    "an exponent makes it text": ("1e3", "1e3"),
    "infinity is text": (".inf", ".inf"),
    "nothing is nothing": ("", None),
    "a tilde is nothing": ("~", None),
    "null is nothing": ("null", None),
    "NULL is a word": ("NULL", "NULL"),
    "a number tagged as text is text": ("!!str 5", "5"),
    "an equals sign is a word": ("=", "="),
}


@pytest.mark.parametrize(("written", "value"), WORDS.values(), ids=WORDS.keys())
def test_a_plain_word_is_what_it_looks_like(written: str, value: object) -> None:
    findings = Findings()

    document = parse_document(f"key: {written}\n", "f.yaml", findings)

    assert document is not None, findings.lines()
    assert document.data == {"key": value}
    assert isinstance(document.data, dict)
    assert type(document.data["key"]) is type(value)


def test_keys_are_text_whatever_they_look_like() -> None:
    document = parse_document("{1: a, true: b, 2026-01-01: c, 1.50: d, null: e}\n", "f.yaml", Findings())

    assert document is not None
    assert document.data == {"1": "a", "true": "b", "2026-01-01": "c", "1.50": "d", "null": "e"}


def test_every_place_knows_its_line_and_a_missing_one_that_of_what_is_around_it() -> None:
    document = parse_document("a:\n  - b: 1\n    c:\n      2\n  - 3\n", "f.yaml", Findings())

    assert document is not None
    assert [document.line(place) for place in [(), ("a",), ("a", 0, "c"), ("a", 1), ("a", 0, "z")]] == [1, 1, 3, 5, 2]


def test_an_alias_is_read_where_it_stands() -> None:
    document = parse_document("a: &hours [1, 2]\nb: *hours\n", "f.yaml", Findings())

    assert document is not None
    assert document.data == {"a": [1, 2], "b": [1, 2]}


REFUSED = {
    "two keys of one name": (
        "a: 1\nb: 2\na: 3\n",
        "f.yaml:3: a: this key was already given on line 1; a key may be given once",
    ),
    "a list as a key": ("[1]: 2\n", "f.yaml:1: a key must be plain text, not a list or a mapping"),
    "a tag with a meaning of its own": (
        "a: !!binary aGk=\n",
        "f.yaml:1: a: the tag !!binary has no meaning here; leave it out",
    ),
    "a set": ("a: !!set {b}\n", "f.yaml:1: a: the tag !!set has no meaning here; leave it out"),
    "a word tagged as a number": ("a: !!int many\n", "f.yaml:1: a: the tag !!int has no meaning here; leave it out"),
    "nesting without end": ("[" * 5000, "f.yaml: is nested too deeply"),
    "a character that YAML does not have": (
        "a: \x07\n",
        "f.yaml:1: is not YAML: the character U+0007 has no place in it",
    ),
}


@pytest.mark.parametrize(("text", "finding"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_configuration_is_refused(text: str, finding: str) -> None:
    findings = Findings()

    assert parse_document(text, "f.yaml", findings) is None
    assert findings.lines() == (finding,)


def test_aliases_of_aliases_cannot_fill_the_memory() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    findings = Findings()

    assert parse_document("\n".join(lines), "f.yaml", findings) is None
    assert len(findings) == 1


def test_a_file_that_is_not_text_or_not_there_is_told(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("name: Zürich\n".encode("latin-1"))
    findings = Findings()

    assert read_document(latin, findings) is None
    assert read_document(tmp_path / "none.yaml", findings) is None
    assert findings.lines() == (
        f"{latin}:1: is not UTF-8 text: byte 7 belongs to no character; save it as UTF-8",
        f"{tmp_path}/none.yaml: cannot be read: No such file or directory",
    )


def test_text_as_windows_saves_it_says_what_to_do(tmp_path: Path) -> None:
    for encoding in ("utf-16", "utf-16-be"):
        file = tmp_path / f"{encoding}.yaml"
        file.write_bytes(("\ufeff" if encoding == "utf-16-be" else "").encode(encoding) + "a: b".encode(encoding))
        findings = Findings()
        assert read_document(file, findings) is None
        assert findings.lines() == (f"{file}: is UTF-16 text; save it as UTF-8",)


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    file = tmp_path / "f.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\n")

    document = read_document(file, Findings())

    assert document is not None
    assert document.data == {"a": 1}


def test_a_place_reads_like_a_path_and_odd_keys_are_quoted() -> None:
    assert shown_place(("sources", 0, "options", "phases", "3/4")) == 'sources[0].options.phases["3/4"]'
    assert shown_place(("a key\nof two lines",)) == '["a key\\nof two lines"]'
