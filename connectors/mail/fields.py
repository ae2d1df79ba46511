"""A header block cut into fields, within limits: linear in its size, and nothing in it is an error."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message as Fields

from connectors.mail.encoded import text_of
from connectors.mail.limits import Limits

_NAME = re.compile(r"([!-9;-~]{1,128})[ \t]*:")
_GOES_ON = re.compile(r"[A-Za-z][A-Za-z0-9*-]{0,40}[ \t]*=")
"""A parameter at the beginning of a line: programs fold before one and forget the blank."""

_SINGLE = frozenset({"from", "subject", "message-id", "date", "in-reply-to", "references", "to", "cc", "sender"})
"""Fields of which there may be one (RFC 5322, section 3.6)."""


_PARAMETERS = 4_096
"""Characters of a field with parameters that are read; the standard library takes the square of their number."""


@dataclass(slots=True)
class Head:
    """The fields of one header block, raw (one character a byte), names in lower case, in order."""

    fields: list[tuple[str, str]] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    """Code and detail of what was odd."""

    def all(self, name: str) -> list[str]:
        """Return the raw values of a field, unfolded, topmost first."""
        return [value for key, value in self.fields if key == name]

    def first(self, name: str) -> str:
        """Return the first raw value of a field; empty where it is missing."""
        return next((value for key, value in self.fields if key == name), "")

    def text(self, name: str) -> str:
        """Return the first value of a field as text on one line."""
        return text_of(self.first(name))

    def standard(self) -> Fields:
        """Return the fields that say what a body is as the standard library reads them (RFC 2045, 2183, 2231)."""
        found = Fields()
        for name in ("content-type", "content-disposition", "content-transfer-encoding"):
            value = self.first(name)
            if value:
                # NUL and 8-bit bytes are read by us, from the file name that comes out.
                found[name] = " ".join(value[:_PARAMETERS].replace("\0", "").split())
        return found


def split(block: bytes, limits: Limits) -> Head:
    """Return the fields of a header block, at most as many and as long as the limits allow."""
    head = Head()
    if len(block) > limits.header_bytes:
        head.problems["header_too_large"] = f"{len(block)} bytes, of which {limits.header_bytes} are read"
        block = block[: limits.header_bytes]
    for name, value in _fields(block.decode("latin-1"), head):
        if len(head.fields) >= limits.fields:
            head.problems["too_many_fields"] = f"more than {limits.fields} header fields"
            break
        if len(value) > limits.field_bytes:
            head.problems["field_too_large"] = f"{name}: {len(value)} bytes"
        head.fields.append((name, value[: limits.field_bytes]))
    counted = Counter(name for name, _ in head.fields if name in _SINGLE)
    for name, count in counted.items():
        if count > 1:
            head.problems["repeated_field"] = f"{name}: the first counts"
    return head


def _fields(block: str, head: Head) -> Iterator[tuple[str, str]]:
    name, lines = "", list[str]()
    for place, line in enumerate(block.replace("\r\n", "\n").replace("\r", "\n").split("\n")):
        if line[:1] in (" ", "\t"):
            lines.append(line)
            continue
        found = _NAME.match(line)
        if found is None:
            if name and lines[-1].rstrip().endswith(";") and _GOES_ON.match(line):
                lines.append(line)
            if line and not (place == 0 and line.startswith(("From ", ">From "))):
                head.problems["bad_header_line"] = "a line that is no field"
            continue
        if name:
            yield name, " ".join(lines).strip()
        name, lines = found[1].lower(), [line[found.end() :]]
    if name:
        yield name, " ".join(lines).strip()


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a message's bytes that is not copied: large ones lie within each other, level by level."""

    raw: bytes
    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def opening(self, most: int) -> bytes:
        """Return its first bytes, at most so many."""
        return self.raw[self.start : min(self.end, self.start + most)]


def halves(whole: Span) -> tuple[bytes, Span]:
    """Return a message's or a part's header block and its body.

    Where the blank line is missing all of it is header. Every mark is looked for no further than the nearest one found.
    """
    raw, end, body = whole.raw, whole.end, whole.end
    if whole.opening(2).startswith((b"\n", b"\r\n")):
        return b"", Span(raw, raw.index(b"\n", whole.start) + 1, whole.end)
    for mark in (b"\n\r\n", b"\n\n", b"\r\r"):
        place = raw.find(mark, whole.start, min(whole.end, end + len(mark) - 1))
        if place >= 0:
            end, body = place, place + len(mark)
    return raw[whole.start : end], Span(raw, body, whole.end)
