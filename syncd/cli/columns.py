"""How wide the columns of a table are made, so that words stay whole where there is room for them."""

from collections.abc import Sequence

from rich.cells import cell_len

_SHORT = 8


def widths(columns: Sequence[Sequence[str]], room: int) -> list[int]:
    """Return the width of each column, in terminal cells; together they are no wider than `room` where that can be.

    A column is its heading and the texts below it. Whole lines stay whole if they fit; else lines are broken between
    words, then headings inside them, and only at last the words below them. The widest columns give way first.
    """
    whole = [max(map(_line, texts)) for texts in columns]
    with_headings = [max(map(_word, texts)) for texts in columns]
    below_them = [max(map(_word, texts[1:]), default=1) for texts in columns]
    found = whole
    for least in (with_headings, below_them, [1] * len(columns)):
        found = _narrowed(found, least, room)
    return found


def broken(columns: Sequence[Sequence[str]], found: Sequence[int]) -> bool:
    """Return whether any word does not fit into the width that was found for its column."""
    return any(_word(text) > width for texts, width in zip(columns, found, strict=True) for text in texts)


def _narrowed(found: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Return widths no greater than those found, made narrower as long as that is needed and none is at its least."""
    narrowed = list(found)
    while sum(narrowed) > room:
        wider = [(width, n) for n, width in enumerate(narrowed) if width > least[n]]
        if not wider:
            break
        # The last of several, so that the first columns, which say what a row is about, stay whole the longest.
        narrowed[max(wider)[1]] -= 1
    return narrowed


def _line(text: str) -> int:
    return max(map(cell_len, text.splitlines()), default=1)


def _word(text: str) -> int:
    """Return the width of the longest word; a short text, such as `94.44 %` or `0 -> 1`, is one."""
    return max(map(cell_len, text.split()), default=1) if cell_len(text) > _SHORT else max(cell_len(text), 1)
