"""Text from outside as receivers may safely print it."""

import unicodedata

_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029")
"""Marks that turn the direction of what follows, and separators that begin a line without looking like it."""

_MARK = "\ufffd"


def plain(text: str, most: int | None = None) -> str:
    """Return the text on one line and in UTF-8: control characters, turns of direction and halves of pairs replaced.

    What is longer than `most` characters ends in an ellipsis, which counts.
    """
    clean = "".join(_MARK if _is_odd(character) else character for character in text)
    return clean if most is None or len(clean) <= most else clean[: most - 1] + "\u2026"


def _is_odd(character: str) -> bool:
    return character in _DIRECTIONS or unicodedata.category(character) in {"Cc", "Cs"}
