"""Addresses and message ids out of header fields that may hold anything; linear in their length."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import sha256

from connectors.mail.encoded import text_of
from connectors.mail.limits import Limits

_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@]{1,128}@\[?[^\s<>()\[\],;:\"@]{1,255}\]?")
_QUOTED_ADDRESS = re.compile(r"\"[^\"<>@]{1,64}\"@[^\s<>()\[\],;:\"@]{1,255}")
"""With a quoted local part (RFC 5322, section 3.4.1), which may hold blanks."""
_MARKS = re.compile(r"\\.|[\"<>,;]", re.DOTALL)
"""What may begin or end a part; what is escaped does neither."""
_BRACKETED = re.compile(r"<([^<>]*)>")
_BARE_ID = re.compile(r"[^\s,;<>\"()]{1,998}")
_BOGUS = frozenset({"", "@", "null", "none", "undefined", "unknown"})


def addresses(value: str, limits: Limits) -> tuple[str, ...]:
    """Return the addresses of a raw field, lower case, in order, each once; names and comments left out."""
    if "@" not in value and "=?" not in value:
        return ()
    found: dict[str, None] = {}
    for part in _parts(value):
        bracketed = _BRACKETED.findall(part)
        candidates = bracketed[-1:] or [_uncommented(part)]
        match = _QUOTED_ADDRESS.search(candidates[0]) or _ADDRESS.search(candidates[0])
        if match is None and not bracketed:
            match = _ADDRESS.search(text_of(part))
        if match is not None:
            found[_normal(match[0])] = None
        if len(found) >= limits.addresses:
            break
    return tuple(found)


def _parts(value: str) -> Iterator[str]:
    """Yield what stands between commas and semicolons, but not those in quotes or brackets."""
    start, quoted, angled = 0, False, False
    for mark in _MARKS.finditer(value) if "," in value or ";" in value else ():
        char = mark[0]
        if char == '"':
            quoted = not quoted
        elif not quoted and char in "<>":
            angled = char == "<"
        elif not quoted and not angled and char in ",;":
            yield _unquoted(value[start : mark.start()])
            start = mark.end()
    yield _unquoted(value[start:])


def _unquoted(part: str) -> str:
    """A part without what is quoted: a display name may hold an address that is not the sender's."""
    if '"' not in part:
        return part
    first, *pieces = part.split('"')
    outside = [first]
    for quoted, after in zip(pieces[0::2], pieces[1::2], strict=False):
        # Right before the at-sign a quotation is no name but half of the address.
        outside.append(f'"{quoted}"{after}' if after.startswith("@") else f" {after}")
    kept = "".join(outside)
    return kept if "@" in kept else part.replace('"', "")


def _uncommented(part: str) -> str:
    """A part without comments; parentheses that never close are kept."""
    depth, kept = 0, list[str]()
    if part.count("(") != part.count(")") or "(" not in part:
        return part
    for char in part:
        depth += char == "("
        if depth <= 0:
            kept.append(char)
        depth -= char == ")"
    return "".join(kept)


def _normal(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local.lower()}@{ascii_domain(domain)}"


def ascii_domain(domain: str) -> str:
    """Return a domain as it is compared: lower case, its international labels in ASCII (IDNA)."""
    bare = domain.strip().strip(".")
    if bare.isascii():
        return bare.lower()
    # Of a header every byte is one character; of a configuration file it is text already.
    with suppress(UnicodeError):
        bare = bare.encode("latin-1").decode("utf-8")
    try:
        return bare.lower().encode("idna").decode("ascii")
    except UnicodeError:
        return bare.lower()


def hidden(address: str) -> str:
    """Return an address that can be compared and not be read: a hash, and the domain. Idempotent."""
    local, _, domain = address.rpartition("@")
    if local.startswith("#"):
        return address
    return f"#{sha256(address.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}@{domain}"


def message_ids(values: Sequence[str], limits: Limits) -> tuple[str, ...]:
    """Return the message ids of raw fields, without brackets, case kept, each once: the first, and the last others.

    Ids without brackets count where a field has none with; text around ids is left out.
    """
    if not values:
        return ()
    found: dict[str, None] = {}
    for value in values:
        ids = ["".join(each.split()) for each in _BRACKETED.findall(value)]
        if not ids:
            ids = [each for each in _BARE_ID.findall(value) if "@" in each[1:-1]]
        for each in ids:
            if each.lower() not in _BOGUS:
                found[each[: limits.id_bytes]] = None
    kept = list(found)
    return tuple(kept if len(kept) <= limits.ids else [kept[0], *kept[1 - limits.ids :]])


def own_id(value: str, limits: Limits) -> str:
    """Return a message's own id without brackets; empty where it has none."""
    found = message_ids([value], limits)
    if found:
        return found[0]
    bare = "".join(value.replace("<", "").replace(">", "").split())
    return "" if bare.lower() in _BOGUS else bare[: limits.id_bytes]
