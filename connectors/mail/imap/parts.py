"""Of a message only its header and its words are fetched; its files are known by name from BODYSTRUCTURE.

What was fetched is put together as a message again, files as empty parts, so that the one parser reads it that reads
whole messages too.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from connectors.mail.fields import Span, halves, split
from connectors.mail.imap.wire import LyingServer
from connectors.mail.limits import Limits
from connectors.mail.structure import content_type, parameter

WHOLE_BYTES = 262_144
"""Of a report, of a forwarded message, and of one whose structure the server cannot tell."""
WHOLE, TEXT, NONE = "", "TEXT", "NONE"
"""Sections of a message to fetch beside its header; nothing of one that is a file and no more."""

_NAME = b"content-type"
_KIND = re.compile(rb"^content-type[ \t]*:", re.MULTILINE)
_TEXT_ONLY = re.compile(rb"^content-type[ \t]*:[ \t]*text/[a-z]", re.MULTILINE)
_HEADER = Limits(header_bytes=2_097_152)


class Composed(NamedTuple):
    """A message as far as it is read, and where its header ends if that is known; see `parsing.parse`."""

    raw: bytes
    head: int | None = None


@dataclass(frozen=True, slots=True)
class Leaf:
    """One part that holds no others: where it is, what it is."""

    section: str
    kind: str
    parameters: Mapping[bytes, bytes]
    encoding: bytes
    size: int
    disposition: bytes
    file: Mapping[bytes, bytes]


def wanted(header: bytes, limits: Limits) -> str | None:
    """Return what to fetch beside a header: TEXT, WHOLE, NONE, or None where only the structure tells."""
    if len(header) <= limits.header_bytes:
        lowered = header.lower()
        if _NAME not in lowered or len(_KIND.findall(lowered)) == len(_TEXT_ONLY.findall(lowered)):
            return TEXT  # most mail; the fields need not be taken apart for it
    head = split(header, limits)
    kind = content_type(head)
    if kind.startswith("multipart/") and kind != "multipart/report":
        return None if parameter(head, "boundary") else WHOLE
    if kind.startswith(("message/", "multipart/")):
        return WHOLE
    return TEXT if kind.startswith("text/") else NONE


def leaves(structure: Any, limits: Limits) -> list[Leaf]:
    """Return the parts of a BODYSTRUCTURE, at most as many as the limits allow; raises LyingServer for none.

    What is in an enclosed message is that message's.
    """
    if not isinstance(structure, list) or not structure:
        raise LyingServer("a BODYSTRUCTURE that is none")
    found: list[Leaf] = []
    stack: list[tuple[str, list[Any]]] = [("", structure)]
    while stack and len(found) <= limits.parts:
        section, each = stack.pop()
        inner = [one for one in each if isinstance(one, list)] if isinstance(each[0], list) else []
        if inner:
            # A multipart lists its parts first, then says what it is.
            count = next((place for place, one in enumerate(each) if not isinstance(one, list)), len(each))
            parts = [
                (f"{section}.{place}" if section else str(place), one) for place, one in enumerate(each[:count], 1)
            ]
            stack.extend((name, one) for name, one in reversed(parts) if one)
        else:
            found.append(_leaf(section or "1", each))
    return found


_TYPE, _SUBTYPE, _PARAMETERS, _ENCODING, _SIZE = 0, 1, 2, 5, 6
_LEAST = 7
_DIGITS = 18


def _leaf(section: str, each: Sequence[Any]) -> Leaf:
    if len(each) < _LEAST or not isinstance(each[_TYPE], bytes) or not isinstance(each[_SUBTYPE], bytes):
        raise LyingServer("a BODYSTRUCTURE part that is none")
    kind = f"{each[_TYPE].decode('latin-1')}/{each[_SUBTYPE].decode('latin-1')}".lower()
    disposition, file = b"", dict[bytes, bytes]()
    for one in each[_LEAST:]:
        # Where it stands depends on the type; it is the one list of a word and parameters.
        if isinstance(one, list) and one and isinstance(one[0], bytes) and one[0].lower() in (b"attachment", b"inline"):
            disposition = one[0].lower()
            file = _pairs(one[1]) if len(one) > 1 else {}
            break
    size = each[_SIZE]
    return Leaf(
        section, kind, _pairs(each[_PARAMETERS]), each[_ENCODING] if isinstance(each[_ENCODING], bytes) else b"",
        int(size[:_DIGITS]) if isinstance(size, bytes) and size.isdigit() else 0, disposition, file,
    )  # fmt: skip


def _pairs(value: Any) -> dict[bytes, bytes]:
    words = value if isinstance(value, list) else []
    return {
        name.lower(): said
        for name, said in zip(words[::2], words[1::2], strict=False)
        if isinstance(name, bytes) and isinstance(said, bytes)
    }


def words_part(parts: Sequence[Leaf]) -> Leaf | None:
    """Return the part that is the message's text: the first plain one with anything in it, else the first HTML."""
    for kind in ("text/plain", "text/html"):
        for part in parts:
            if part.kind == kind and part.disposition != b"attachment" and part.size > _BLANK:
                return part
    return None


_BLANK = 4
"""Bytes of a text that is only line ends."""


def composed(header: bytes, parts: Sequence[Leaf], words: Leaf | None, text: bytes) -> Composed:
    """Return a message of a header, its one text, and all other parts without what is in them."""
    boundary = parameter(split(header, _HEADER), "boundary").encode("latin-1", "replace")
    pieces: list[bytes] = []
    for part in parts:
        lines = [b"--" + boundary, b"Content-Type: " + part.kind.encode("latin-1") + _parameters(part.parameters)]
        if part.disposition:
            lines.append(b"Content-Disposition: " + part.disposition + _parameters(part.file))
        if part is words and part.encoding:
            lines.append(b"Content-Transfer-Encoding: " + _line(part.encoding))
        pieces.append(b"\r\n".join([*lines, b"", text if part is words else b"", b""]))
    whole = joined(header, b"")
    return Composed(b"".join([whole.raw, *pieces, b"--" + boundary + b"--\r\n"]), whole.head)


def joined(header: bytes, body: bytes) -> Composed:
    """Return a header, whole or cut off, and a body as a message."""
    block = halves(Span(header, 0, len(header)))[0].rstrip(b"\r\n")
    return Composed(block + b"\r\n\r\n" + body, len(block) + 1 if block and block[:1] != b"\r" else None)


def _parameters(found: Mapping[bytes, bytes]) -> bytes:
    out = []
    for name, value in found.items():
        word = _line(value)
        # RFC 2231's pieces are marked by a star in the name, and are never quoted.
        quoted = word if name.endswith(b"*") else b'"' + word.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
        out.append(b"; " + _line(name) + b"=" + quoted)
    return b"".join(out)


def _line(value: bytes) -> bytes:
    return value.replace(b"\r", b"").replace(b"\n", b"")
