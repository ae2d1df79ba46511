"""Whether a sender is who the header says, as far as our own server vouches for it (RFC 8601)."""

import re
from collections.abc import Collection
from enum import StrEnum

from connectors.mail.letter import Letter

_RESULT = re.compile(r"\b(dmarc|dkim|spf|compauth)\s{0,2}=\s{0,2}([a-z]{1,12})", re.IGNORECASE)


class Trust(StrEnum):
    """What our own server found."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    """Nothing was found, or nobody of ours looked."""
    SPOOFED = "spoofed"


def trust_of(letter: Letter, our_servers: Collection[str]) -> Trust:
    """Return what the topmost Authentication-Results says, if one of our servers wrote it; inner ones can be forged.

    DMARC decides; a mailing list that rewrote From and says whose it was fails it lawfully, and stays unverified.
    """
    if len(letter.senders) != 1 or not letter.authentication or not our_servers:
        return Trust.UNVERIFIED
    topmost = letter.authentication[0]
    server = topmost.partition(";")[0].split()
    if not server or server[0].lower() not in {each.lower() for each in our_servers}:
        return Trust.UNVERIFIED
    results: dict[str, set[str]] = {}
    for method, result in _RESULT.findall(_uncommented(topmost)):
        results.setdefault(method.lower(), set()).add(result.lower())
    dmarc = results.get("dmarc", set())
    if "pass" in dmarc:
        return Trust.VERIFIED
    if "fail" in dmarc:
        rewritten = "x-original-from" in letter.evidence and "list-id" in letter.evidence
        return Trust.UNVERIFIED if rewritten else Trust.SPOOFED
    return Trust.UNVERIFIED


def plain(result: str) -> str:
    """Return an Authentication-Results value with who wrote it and what it found, and without addresses. Idempotent."""
    server = result.partition(";")[0].split()
    found = dict.fromkeys(f"{method}={word}".lower() for method, word in _RESULT.findall(_uncommented(result)))
    return "; ".join((server[0] if server else "-", *found))


def _uncommented(text: str) -> str:
    """The text without comments in parentheses, which may say anything."""
    depth, kept = 0, list[str]()
    for char in text:
        depth += char == "("
        if depth == 0:
            kept.append(char)
        depth = max(0, depth - (char == ")"))
    return "".join(kept)
