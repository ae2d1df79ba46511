"""mbox files cut into messages: at `From ` lines, and by Content-Length where that leads from one to the next."""

import re
from collections.abc import Iterator
from os import SEEK_END
from pathlib import Path
from typing import BinaryIO

from connectors.mail.limits import Limits

_DATED = re.compile(rb"From \S{1,320} {1,2}.{0,20}\d{1,2}:\d\d.{0,40}\d{4}")
_BARE = re.compile(rb"From (?:-|\S{1,320}@\S{1,255}|MAILER-DAEMON)[ \t]*\r?\n")
"""Without a date; some programs write no more."""

_FIELD = re.compile(rb"[!-9;-~]{1,128}[ \t]*:")
_LENGTH = re.compile(rb"content-length:[ \t]*(\d{1,10})[ \t]*\r?\n", re.IGNORECASE)
_QUOTED = re.compile(rb"^>(?=>*From )", re.MULTILINE)
_LINE = 1024 * 1024
_PEEKED = 16


def is_mbox(path: Path) -> bool:
    """Tell whether a file begins as an mbox does: a `From ` line with a date, or a bare one before a header."""
    with path.open("rb") as stream:
        start = stream.readline(1_000)
        return _DATED.match(start) is not None or _is_bare(start, stream.readline(1_000))


def _is_bare(line: bytes, following: bytes) -> bool:
    return _BARE.match(line) is not None and _FIELD.match(following) is not None


def messages_of(path: Path, limits: Limits) -> Iterator[tuple[bytes, bytes]]:
    """Yield the separating line and the bytes of each message; quoted `From ` lines are unquoted (mboxrd).

    Of a message beyond the limit one byte more than the limit is yielded.
    """
    with path.open("rb", buffering=_LINE) as stream:
        separator, lines, room = b"", list[bytes](), 0
        blank, in_header, length = True, False, -1
        line = stream.readline(_LINE)
        while line:
            following = stream.readline(_LINE)
            if _separates(line, following, blank=blank):
                if separator:
                    yield separator, b"".join(lines)
                separator, lines, room = line.strip(), [], limits.message_bytes + 1
                blank, in_header, length = False, True, -1
                line = following
                continue
            blank = not line.strip()
            stated = _LENGTH.match(line) if in_header else None
            length = int(stated[1]) if stated is not None else length
            kept = _QUOTED.sub(b"", line[:room])
            lines.append(kept)
            room -= len(kept)
            if in_header and blank:
                in_header = False
                body = _body(stream, len(following), length, room)
                if body is not None:
                    lines.append(_QUOTED.sub(b"", body))
                    room, blank = max(0, room - len(body)), True
                    following = stream.readline(_LINE)
            line = following
        if separator:
            yield separator, b"".join(lines)


def _separates(line: bytes, following: bytes, *, blank: bool) -> bool:
    if not line.startswith(b"From "):
        return False
    if _DATED.match(line) is not None:
        return blank or _FIELD.match(following) is not None
    return _is_bare(line, following) and (blank or line.startswith(b"From - "))


def _body(stream: BinaryIO, ahead: int, length: int, room: int) -> bytes | None:
    """A body as long as its header says, the stream behind it; None, and nothing read, if no message begins there.

    `ahead` bytes of it have been read already.
    """
    if length < 0 or not stream.seekable():
        return None
    here = stream.tell()
    start = here - ahead
    beyond = start + length > stream.seek(0, SEEK_END)
    stream.seek(start + length)
    behind = stream.read(_PEEKED).lstrip(b"\r\n")
    if beyond or (behind and not behind.startswith(b"From ")):
        stream.seek(here)
        return None
    stream.seek(start)
    body = stream.read(min(length, room))
    stream.seek(start + length)
    return body
