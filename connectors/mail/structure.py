"""A message's parts, found without recursion and within limits: how many, how deep, how much text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import collapse_rfc2231_value

from connectors.mail.charsets import clean
from connectors.mail.encoded import text_of
from connectors.mail.fields import Head, Span, halves, split
from connectors.mail.limits import Limits

_CONTENT = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,120}(?=\s|$)")
_INNER = Limits(header_bytes=16_384, fields=100, field_bytes=8_192)
"""Of the headers of parts less is read than of the message's own."""


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf, or an enclosed message: `head` and `body` are what stands in it, `depth` counts from the outside."""

    content_type: str
    head: Head
    body: Span
    depth: int
    enclosed: bool
    """Whether it stands in an enclosed message: its text and its files are that message's."""

    @property
    def filename(self) -> str:
        """The name it has as a file; empty where it has none."""
        return filename_of(self.head)

    @property
    def disposition(self) -> str:
        """`attachment`, `inline` or empty."""
        return self.head.steady("content-disposition").partition(";")[0].strip().lower()


@dataclass(slots=True)
class Walk:
    """Where a walk through a message stands."""

    limits: Limits
    parts: int = 0
    searched: int = 0
    """Bytes in which boundaries were looked for, level by level."""
    lookalikes: int = 0
    """Lines that begin as a boundary does, and go on."""
    problems: dict[str, str] = field(default_factory=dict)


def content_type(head: Head, fallback: str = "text/plain") -> str:
    """Return a block's media type in lower case, without parameters."""
    stated = head.first("content-type").partition(";")[0].strip().lower()
    if not stated:
        return fallback
    found = _CONTENT.match(stated)
    if found is not None:
        return found[0]  # words behind it belong to another field or to a parameter
    if stated == "multipart":
        return "multipart/mixed"
    return "application/octet-stream" if "/" in stated else "text/plain"


def parameter(head: Head, name: str, field_name: str = "content-type") -> str:
    """Return a parameter as text, also one in RFC 2231's pieces; empty where it is missing or cannot be read."""
    if not head.first(field_name):
        return ""
    try:
        value = head.standard().get_param(name, "", header=field_name)
        return collapse_rfc2231_value(value).strip() if value else ""
    except (ValueError, LookupError, UnicodeError, TypeError, AttributeError, IndexError):
        return ""


def filename_of(head: Head) -> str:
    """Return a part's file name without its path, decoded however the sender encoded it.

    Where it belongs (RFC 2183), else where older programs put it, else where others put it by mistake.
    """
    found = next((name for place in _NAMES if (name := parameter(head, *place))), "")
    if not found:
        return ""
    try:
        raw = found.encode("latin-1").decode("latin-1")
    except UnicodeEncodeError:
        return _basename(clean(found))  # decoded by RFC 2231 already
    return _basename(text_of(raw))


_NAMES = (
    ("filename", "content-disposition"),
    ("name", "content-type"),
    ("name", "content-disposition"),
    ("filename", "content-type"),
)


def _basename(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2][:255]


def walk(head: Head, body: Span, state: Walk) -> Iterator[Part]:
    """Yield the leaves of a message in order, and each enclosed message before what is in it."""
    stack: list[tuple[Head, Span, int, bool, str]] = [(head, body, 0, False, "text/plain")]
    while stack:
        head, body, depth, enclosed, fallback = stack.pop()
        state.parts += 1
        if state.parts > state.limits.parts:
            state.problems["too_many_parts"] = f"more than {state.limits.parts} parts"
            return
        kind = content_type(head, fallback)
        inside: list[tuple[Head, Span, int, bool, str]] = []
        if kind.startswith("multipart/") and depth < state.limits.depth:
            boundary = parameter(head, "boundary")
            inner = "message/rfc822" if kind == "multipart/digest" else "text/plain"
            for piece in _pieces(body, boundary, state):
                block, rest = halves(piece)
                inside.append((split(block, _INNER), rest, depth + 1, enclosed, inner))
            if inside:
                stack.extend(reversed(inside))
                continue
            if "too_tangled" not in state.problems:
                state.problems["broken_multipart"] = "a multipart without its boundary"
            kind = "text/plain" if not enclosed else "application/octet-stream"
        elif kind.startswith("multipart/"):
            state.problems["too_deep"] = f"more than {state.limits.depth} levels"
            continue
        yield Part(kind, head, body, depth, enclosed)
        if kind in ("message/rfc822", "message/global") and depth < state.limits.depth:
            block, rest = halves(body)
            stack.append((split(block, state.limits), rest, depth + 1, True, "text/plain"))
        elif kind in ("message/rfc822", "message/global"):
            state.problems["too_deep"] = f"more than {state.limits.depth} levels"


def _pieces(body: Span, boundary: str, state: Walk) -> list[Span]:
    """Return what stands between a boundary's lines; no more of it than the limits leave to look at."""
    state.searched += len(body)
    if not boundary or state.searched > state.limits.searched_bytes:
        if boundary:
            state.problems["too_tangled"] = (
                f"boundaries in more than {state.limits.searched_bytes} bytes, level by level"
            )
        return []
    raw, mark = body.raw, b"--" + boundary.encode("latin-1", "replace")
    found: list[Span] = []
    start = -1
    place = body.start if raw.startswith(mark, body.start, body.end) else _next(body, mark, body.start)
    while place >= 0:
        after = place + len(mark)
        end = raw.find(b"\n", after, body.end)
        end = body.end if end < 0 else end
        tail = raw[after : min(end, after + _TAIL)].strip()
        if tail in (b"", b"--") and end - after <= _TAIL:
            if start >= 0:
                found.append(Span(raw, start, place))
                if state.parts + len(found) > state.limits.parts:
                    return found
            start = min(end + 1, body.end)
            if tail == b"--":
                return found
        else:
            state.lookalikes += 1
            if state.lookalikes > state.limits.lookalikes:
                state.problems["too_tangled"] = f"more than {state.limits.lookalikes} lines that are nearly a boundary"
                break
        place = _next(body, mark, after)
    if start >= 0:
        found.append(Span(raw, start, body.end))
    return found


_TAIL = 1_000
"""Characters behind a boundary that may be blanks."""


def _next(body: Span, mark: bytes, start: int) -> int:
    """Where a line begins with a boundary, from `start` on; -1 where none does."""
    place = body.raw.find(b"\n" + mark, start, body.end)
    return place if place < 0 else place + 1
