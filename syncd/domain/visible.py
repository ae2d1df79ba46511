"""Text of other people's making, made harmless to whatever prints it: odd characters shown instead of obeyed.

Odd are control characters (a terminal obeys them, a line break forges lines), marks that embed, override or isolate a
direction of writing and so show a line in another order than it has (Unicode Standard Annex 9, 2.1 to 2.4), the
separators of lines and paragraphs, and halves of surrogate pairs, which no encoding takes.
"""

import re

_ODD = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_ODD_BUT_LINE_FEED = re.compile(_ODD.pattern.replace("\x00-\x1f", "\x00-\x09\x0b-\x1f"))


def visible(text: str) -> str:
    r"""Return text on one line: odd characters written as Python writes them, such as `\x1b`. Idempotent."""
    return text if text.isprintable() else _ODD.sub(_as_python, text)


def visible_lines(text: str) -> str:
    """Return the same of a text of several lines, which are ended by line feeds."""
    return _ODD_BUT_LINE_FEED.sub(_as_python, text)


def visible_json(document: str) -> str:
    r"""Return a JSON text that says the same: what is odd in its strings and not yet escaped is, such as `\u009b`.

    JSON itself escapes no more than the characters below a blank (RFC 8259, section 7).
    """
    return document if document.isascii() and "\x7f" not in document else _ODD_BUT_LINE_FEED.sub(_as_json, document)


def without_odd(text: str, mark: str) -> str:
    """Return text with a mark in the place of every odd character."""
    return text if text.isprintable() else _ODD.sub(mark, text)


def _as_python(found: re.Match[str]) -> str:
    return repr(found.group())[1:-1]


def _as_json(found: re.Match[str]) -> str:
    return f"\\u{ord(found.group()):04x}"
