"""Encoded words in header fields (RFC 2047), read as leniently as mail programs read them."""

import base64
import binascii
import re

from connectors.mail.charsets import clean, decoded

_WORD = re.compile(r"=\?([^?\s=]{1,64})\?([bBqQ])\?([^?]{0,4096})\?=")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")


def as_bytes(value: str) -> bytes:
    """Return the bytes behind a raw header value, which holds every byte as one character."""
    return value.encode("latin-1", "replace")


def text_of(value: str) -> str:
    """Return a raw header value as text on one line: encoded words decoded, other bytes as UTF-8, else Windows-1252.

    Neighbouring words of one charset are joined before decoding, because programs split inside characters.
    """
    if "=?" not in value and value.isascii():
        return clean(value)
    pieces: list[tuple[str | None, bytes]] = []
    place = 0
    for word in _WORD.finditer(value):
        between = value[place : word.start()]
        if between.strip() or not (pieces and pieces[-1][0]):
            _add(pieces, None, as_bytes(between))
        _add(pieces, word[1].lower(), _content(word[2], word[3]))
        place = word.end()
    _add(pieces, None, as_bytes(value[place:]))
    return clean("".join(decoded(data, charset) for charset, data in pieces))


def _add(pieces: list[tuple[str | None, bytes]], charset: str | None, data: bytes) -> None:
    if not data:
        return
    if pieces and pieces[-1][0] == charset and charset is not None:
        pieces[-1] = charset, pieces[-1][1] + data
    else:
        pieces.append((charset, data))


def _content(encoding: str, text: str) -> bytes:
    data = as_bytes(text)
    if encoding in "bB":
        return unbase64(data)
    return _HEX.sub(lambda match: bytes([int(match[1], 16)]), data.replace(b"_", b" "))


def unbase64(data: bytes) -> bytes:
    """Return what Base64 holds, up to where it breaks; characters that are none of its own are left out."""
    kept = bytes(byte for byte in data if byte in _ALPHABET)
    kept = kept[: len(kept) - (len(kept) % 4 == 1)]
    try:
        return base64.b64decode(kept + b"=" * (-len(kept) % 4))
    except binascii.Error:
        return b""


_ALPHABET = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
