"""Text from outside as receivers may safely print it."""

from syncd.domain.visible import without_odd

_MARK = "\ufffd"


def plain(text: str, most: int | None = None) -> str:
    """Return the text on one line and in UTF-8: control characters, turns of direction and halves of pairs replaced.

    What is longer than `most` characters ends in an ellipsis, which counts.
    """
    clean = without_odd(text, _MARK)
    return clean if most is None or len(clean) <= most else clean[: most - 1] + "\u2026"
