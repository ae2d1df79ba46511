"""What a message says in words, and the files it carries by name."""

import binascii
import html
import quopri
import re
from collections.abc import Sequence
from itertools import islice

from connectors.mail.charsets import clean_lines, codec_of, decoded
from connectors.mail.encoded import unbase64
from connectors.mail.structure import Part, parameter

_UUENCODED = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,255})\r?$", re.MULTILINE)
_UUENCODED_FILES = 50
_TAG = re.compile(r"<[^<>]{0,2000}>")
_BREAKS = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6]|hr)[^<>]{0,200}>", re.IGNORECASE)
_QUOTE_STARTS = re.compile(
    r"<(?:blockquote|div[^<>]{0,400}(?:gmail_quote|moz-cite-prefix|divRplyFwdMsg|appendonsend|yahoo_quoted))[^<>]{0,400}>",
    re.IGNORECASE,
)
_BODY_TYPES = ("text/plain", "text/html")


def text_of(parts: Sequence[Part], limit: int, problems: dict[str, str]) -> str:
    """Return the words of a message: its first plain text, else its first HTML as text; at most `limit` bytes."""
    for kind in _BODY_TYPES:
        for part in parts:
            if part.content_type != kind or part.enclosed or part.disposition == "attachment":
                continue
            text = _decoded(part, limit, problems)
            text = _from_html(text) if kind == "text/html" else text
            if text.strip():
                return clean_lines(text)
    return ""


def _decoded(part: Part, limit: int, problems: dict[str, str]) -> str:
    encoding = part.head.first("content-transfer-encoding").strip().lower()
    # Base64 takes four characters for three bytes, quoted-printable up to three for one.
    body = part.body.opening(limit * 3)
    if encoding == "base64":
        data = unbase64(body)
    elif encoding == "quoted-printable":
        data = quopri.decodestring(body)
    elif encoding in ("x-uuencode", "uuencode", "x-uue"):
        data = _uudecoded(body)
    else:
        data = body
    if len(data) > limit or len(part.body) > limit * 3:
        problems["text_too_large"] = f"more than {limit} bytes of text"
    charset = parameter(part.head, "charset")
    if charset and codec_of(charset) is None:
        problems["unknown_charset"] = "a charset that is unknown or not allowed"
    return decoded(data[:limit], charset)


def _uudecoded(body: bytes) -> bytes:
    lines = []
    for line in body.splitlines()[1:]:
        if line.strip() in (b"end", b"`", b""):
            break
        try:
            lines.append(binascii.a2b_uu(line))
        except binascii.Error:
            break
    return b"".join(lines)


def _from_html(text: str) -> str:
    """HTML as text; where it quotes an earlier message a line says so that `quoting` knows."""
    for name in ("script", "style", "head"):
        text = _without(text, name)
    text = _QUOTE_STARTS.sub("<br>-----Original Message-----<br>", text)
    text = _BREAKS.sub("\n", text.replace("\r", " ").replace("\n", " "))
    return html.unescape(_TAG.sub("", text)).replace("\xa0", " ")


def _without(text: str, name: str) -> str:
    lowered = text.lower()
    if len(lowered) != len(text):  # some letters have no lower case of one character
        return text
    kept, place = [], 0
    while (start := lowered.find(f"<{name}", place)) >= 0:
        if lowered[start + len(name) + 1 : start + len(name) + 2] not in (">", " ", "\n", "\t"):
            kept.append(text[place : start + 1])
            place = start + 1
            continue
        kept.append(text[place:start])
        end = lowered.find(f"</{name}", start)
        if end < 0:
            return "".join(kept)
        place = lowered.find(">", end) + 1 or len(text)
    kept.append(text[place:])
    return "".join(kept)


def attachments(parts: Sequence[Part]) -> tuple[str, ...]:
    """Return the names of the files that a message carries; one without a name has its media type for one.

    What is in an enclosed message is that message's; text that is the message itself is no file.
    """
    found: list[str] = []
    for part in parts:
        if part.enclosed:
            continue
        name = part.filename
        if name:
            found.append(name)
        elif part.disposition == "attachment" or not part.content_type.startswith(("text/", "message/", "multipart/")):
            found.append(part.content_type)
        if part.content_type == "text/plain" and part.body.raw.find(b"begin ", part.body.start, part.body.end) >= 0:
            within = _UUENCODED.finditer(part.body.raw, part.body.start, part.body.end)
            found += [decoded(each[1], None) for each in islice(within, _UUENCODED_FILES)]
    return tuple(found)
