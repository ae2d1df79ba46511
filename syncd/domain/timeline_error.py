"""What is wrong with a timeline, said to whoever wrote it."""

from reprlib import Repr

_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = 80


class TimelineError(ValueError):
    """A line is not a timeline; the message says where and what would be right."""


def said(value: object) -> str:
    """Return a value that was refused, of any size and depth, short enough for a sentence."""
    return _SHORT.repr(value)
