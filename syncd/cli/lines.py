"""Lines for people: whole where a program may read them, broken between words on a terminal that is narrower."""

import re
import sys
from collections.abc import Iterable, Iterator
from shutil import get_terminal_size
from textwrap import fill

_START = re.compile(r"(?P<margin> *(?:\| )?)(?P<inner> *(?P<label>[a-z]{1,9}: +)?)")
_DEEPER = 4


def fitting(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines for standard output; on a terminal none is wider than it, unless a single word is."""
    width = get_terminal_size().columns if sys.stdout.isatty() else None
    return (line if width is None else fitted(line, width) for line in lines)


def fitted(line: str, width: int) -> str:
    """Return a line broken between words; what goes on stands deeper, or right of a label such as `wrong:`."""
    start = _START.match(line)
    if len(line) <= width or start is None:
        return line
    hanging = start["margin"] + " " * (len(start["inner"]) + (0 if start["label"] else _DEEPER))
    if len(hanging) * 2 > width:
        hanging = start["margin"] if "|" in start["margin"] else ""
    return fill(
        line[start.end() :],
        width,
        initial_indent=start.group(),
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
