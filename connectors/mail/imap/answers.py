"""What a server answers, as values: rows of FETCH, lists, sets of UIDs. What is none is refused, never guessed.

The grammar is RFC 9051, section 9. imaplib hands over texts, and pairs of a text and the literal behind it.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from connectors.mail.imap.uids import LARGEST
from connectors.mail.imap.wire import LyingServer, Untagged

Value = Any
"""bytes (atom, string or literal), None (NIL), or a list of values."""

_DEPTH = 200
_DIGITS = 20
"""Of a number; MODSEQ has 19 at most (RFC 7162)."""
_TOKEN = re.compile(
    rb'[ ]*(?:(?P<open>\()|(?P<close>\))|"(?P<string>(?:[^"\\]|\\.)*)"'
    rb"|(?P<atom>[^ ()\"{]+(?:\[[^\]]*\](?:<\d+>)?)?))"
)
_USUAL = re.compile(
    rb"\d+ \((?:(?:UID (\d+)|FLAGS \(([ !#-'*-z|}~]*)\)|INTERNALDATE \"([^\"\\]*)\"|RFC822\.SIZE (\d+))(?: |(?=\))))*"
    rb"(?:(\))|(BODY\[[A-Z0-9.]*\])(?:<\d+>)? \{\d+\+?\})"
)
"""What most answers to FETCH are, up to their literal: what we ask for. It never has to be tried in another way."""
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_LITERAL = re.compile(rb"[ ]*~?\{\d+\+?\}$")
_DATE = re.compile(rb"\s*(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
_MONTHS = {
    name: number
    for number, name in enumerate(
        (b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"), start=1
    )
}


def values(pieces: Sequence[Any]) -> list[Value]:
    """Return everything that stands in pieces of an answer, parentheses as lists; raises LyingServer."""
    whole: list[Value] = []
    stack = [whole]
    for piece in pieces:
        text, literal = piece if isinstance(piece, tuple) else (piece, None)
        if not isinstance(text, bytes):
            continue
        end = len(text)
        if literal is not None:
            marked = _LITERAL.search(text)
            if marked is None:
                raise LyingServer("a literal that nothing announced")
            end = marked.start()
        _read(text, end, stack)
        if literal is not None:
            stack[-1].append(literal)
    if len(stack) != 1:
        raise LyingServer("a parenthesis that does not close")
    return whole


def _read(text: bytes, end: int, stack: list[list[Value]]) -> None:
    place = 0
    while place < end:
        token = _TOKEN.match(text, place, end)
        if token is None:
            if not text[place:end].strip():
                return
            raise LyingServer("an answer that is no IMAP")
        place = token.end()
        kind, word = token.lastgroup, token[token.lastgroup or 0]
        if kind == "open":
            if len(stack) > _DEPTH:
                raise LyingServer("parentheses without end")
            inner: list[Value] = []
            stack[-1].append(inner)
            stack.append(inner)
        elif kind == "close":
            if len(stack) == 1:
                raise LyingServer("a parenthesis that closes nothing")
            stack.pop()
        elif kind == "string":
            stack[-1].append(_ESCAPED.sub(rb"\1", word) if b"\\" in word else word)
        else:
            stack[-1].append(None if word.upper() == b"NIL" else word)


def rows(untagged: Untagged) -> Iterator[dict[str, Value]]:
    """Yield what FETCH says of each message, by item in capitals (`BODY[1]<0>` as `BODY[1]`), with a UID at least.

    Rows without a UID are news that nobody asked for, and left out.
    """
    for pieces in _answered(untagged.get("FETCH", ())):
        row = usual_row(pieces)
        if row is None:
            row = _row(values(pieces))
        if "UID" in row:
            yield row


def usual_row(pieces: Sequence[Any]) -> dict[str, Value] | None:
    """Return what a FETCH answer says if it is one of the usual ones; None of any other, whatever it is."""
    first, *rest = pieces
    text, literal = first if isinstance(first, tuple) else (first, None)
    if not isinstance(text, bytes) or rest != ([] if literal is None else [b")"]):
        return None
    found = _USUAL.fullmatch(text)
    if found is None or (found[5] is None) is (literal is None):
        return None
    uid, flags, date, size, _, section = found.groups()
    if uid is None:
        return None
    row: dict[str, Value] = {"UID": number(uid, most=LARGEST)}
    if flags is not None:
        if b"NIL" in flags.upper():
            return None
        row["FLAGS"] = [flag for flag in flags.split(b" ") if flag]
    if date is not None:
        row["INTERNALDATE"] = date
    if size is not None:
        row["RFC822.SIZE"] = size
    if section is not None:
        row[section.decode("ascii")] = literal
    return row


def _answered(data: Sequence[Any]) -> Iterator[list[Any]]:
    """Yield the pieces of each answer: a pair is always followed by more of the same."""
    pieces: list[Any] = []
    for piece in data:
        pieces.append(piece)
        if not isinstance(piece, tuple):
            yield pieces
            pieces = []
    if pieces:
        raise LyingServer("an answer that breaks off")


def _row(said: list[Value]) -> dict[str, Value]:
    items = said[-1] if said else None
    if len(said) != 2 or not isinstance(items, list) or len(items) % 2:  # noqa: PLR2004  a number, and its items
        raise LyingServer("a FETCH answer that is none")
    row: dict[str, Value] = {}
    for name, value in zip(items[::2], items[1::2], strict=True):
        if not isinstance(name, bytes):
            raise LyingServer("a FETCH answer without names")
        row[name.decode("ascii", "replace").upper().partition("<")[0]] = value
    if "UID" in row:
        row["UID"] = number(row["UID"], most=LARGEST)
    return row


def number(value: Value, *, most: int, least: int = 1) -> int:
    """Return a number within bounds; raises LyingServer."""
    if not isinstance(value, bytes) or not value.isdigit() or len(value) > _DIGITS or not least <= int(value) <= most:
        raise LyingServer("a number that cannot be")
    return int(value)


def words(value: Value) -> tuple[str, ...]:
    """Return a list of words, such as flags."""
    if not isinstance(value, list):
        return ()
    return tuple(each.decode("utf-8", "replace") for each in value if isinstance(each, bytes))


def internal_date(value: Value) -> datetime | None:
    """Return when the server took a message; None for what is no date."""
    found = _DATE.match(value) if isinstance(value, bytes) else None
    month = _MONTHS.get(found[2].lower()) if found is not None else None
    if found is None or month is None:
        return None
    day, _, year, hour, minute, second, sign, hours, minutes = found.groups()
    zone = UTC
    try:
        if hours != b"00" or minutes != b"00":
            offset = timedelta(hours=int(hours), minutes=int(minutes))
            zone = timezone(-offset if sign == b"-" else offset)
        at = datetime(int(year), month, int(day), int(hour), int(minute), min(int(second), 59), tzinfo=zone)
        return at if zone is UTC else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def code(said: bytes) -> str:
    """Return the response code of a status, such as `UNAVAILABLE`; empty where it has none (RFC 5530)."""
    found = re.match(rb"\s*\[([A-Za-z-]{1,40})[\] ]", said)
    return found[1].decode("ascii").upper() if found else ""
