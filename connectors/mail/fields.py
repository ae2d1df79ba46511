"""A header block cut into fields, within limits: linear in its size, and nothing in it is an error."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message as Fields

from connectors.mail.encoded import text_of
from connectors.mail.limits import Limits

_NAME = re.compile(r"([!-9;-~]{1,128})[ \t]*:")
_GOES_ON = re.compile(r"[A-Za-z][A-Za-z0-9*-]{0,40}[ \t]*=")
"""A parameter at the beginning of a line: programs fold before one and forget the blank."""
_FIELD = re.compile(_NAME.pattern + r"(.*(?:\n[ \t].*)*)(?:\n|\Z)")
"""A field with the lines on which it goes on. It never has to be tried in another way, so it is linear."""

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
    _named: dict[str, list[str]] = field(default_factory=dict)
    _standard: Fields | None = None

    def add(self, name: str, value: str) -> None:
        """Take in the next field."""
        self.fields.append((name, value))
        self._named.setdefault(name, []).append(value)

    @property
    def named(self) -> Mapping[str, Sequence[str]]:
        """The raw values by name, topmost first; names in the order in which they come first."""
        return self._named

    def all(self, name: str) -> Sequence[str]:
        """Return the raw values of a field, unfolded, topmost first."""
        return self._named.get(name, ())

    def first(self, name: str) -> str:
        """Return the first raw value of a field; empty where it is missing."""
        values = self._named.get(name)
        return values[0] if values else ""

    def text(self, name: str) -> str:
        """Return the first value of a field as text on one line."""
        return text_of(self.first(name))

    def standard(self) -> Fields:
        """Return the fields that say what a body is as the standard library reads them (RFC 2045, 2183, 2231)."""
        if self._standard is None:
            self._standard = found = Fields()
            for name in ("content-type", "content-disposition"):
                if self.first(name):
                    found[name] = self.steady(name)
        return self._standard

    def steady(self, name: str) -> str:
        """Return what is read of a field with parameters, on one line."""
        # NUL and 8-bit bytes are read by us, from the file name that comes out.
        return " ".join(self.first(name)[:_PARAMETERS].replace("\0", "").split())


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
        head.add(name, value[: limits.field_bytes])
    for name, values in head.named.items():
        if len(values) > 1 and name in _SINGLE:
            head.problems["repeated_field"] = f"{name}: the first counts"
    return head


def _fields(block: str, head: Head) -> Iterator[tuple[str, str]]:
    text = block.replace("\r\n", "\n").replace("\r", "\n")
    whole = _whole(text)
    return _by_line(text, head) if whole is None else iter(whole)


def _whole(text: str) -> list[tuple[str, str]] | None:
    """Return the fields of a block in which every line belongs to one; None of any other."""
    found = []
    place, end = 0, len(text)
    while place < end:
        field = _FIELD.match(text, place)
        if field is None:
            return None
        name, value = field.groups()
        found.append((name.lower(), value.replace("\n", " ").strip()))
        place = field.end()
    return found


def _by_line(text: str, head: Head) -> Iterator[tuple[str, str]]:
    """Yield the fields of a block, whatever stands between them."""
    name, lines = "", list[str]()
    for place, line in enumerate(text.split("\n")):
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
