"""Halves of surrogate pairs in JSON: what Java writes of a text that was cut in the middle of an emoji.

Such an escape stands for no character (RFC 8259, section 8.2). Strict decoders refuse the whole document for one, and
no UTF-8 output or database takes the text, so one title could hold up a source for good.
"""

import re

_ESCAPE = re.compile(rb"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL)
"""One escape: a pair less its last two digits, a lone half, or any other, so that no escaped backslash misleads."""


def without_halves(document: bytes) -> bytes:
    """Return a JSON document whose lone surrogates are U+FFFD; itself where it has none."""
    return _ESCAPE.sub(_whole, document) if b"\\ud" in document or b"\\uD" in document else document


def _whole(found: re.Match[bytes]) -> bytes:
    return found.group() if found.group(1) is None else b"\\ufffd"
