"""Standard streams that no text and no terminal can break, and what is done when nobody takes our output."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper


def harden() -> None:
    """Make standard output and error take whatever is written.

    A stream that was closed before the start is replaced by one that swallows everything; a character that the
    terminal's encoding does not have, or half of a surrogate pair out of somebody's JSON, is written as an escape.
    """
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 - as in _nowhere
    if sys.stdout is None:
        sys.stdout = _nowhere()
    if sys.stderr is None:
        sys.stderr = _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def ascii_only() -> bool:
    """Whether JSON must escape what is not ASCII, because standard output is in an encoding other than UTF-8."""
    return sys.stdout.encoding.lower().replace("_", "-") not in {"utf-8", "utf8"}


@contextmanager
def written() -> Iterator[None]:
    """Write standard output out at the end, so that a full disk or a reader that left is noticed while it can be told.

    Raises OSError, once: what is left in the stream's buffer is thrown away, or the interpreter would try it again.
    """
    try:
        yield
    finally:
        try:
            sys.stdout.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise


def _nowhere() -> TextIOWrapper:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - stands for a stream, as long as we run
