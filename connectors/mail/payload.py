"""A letter as JSON values, whole as it is read and redacted as it is stored (law 12)."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from connectors.mail.addresses import hidden
from connectors.mail.letter import Letter
from connectors.mail.trust import plain
from syncd.domain.instant_text import instant_text, parse_instant

_TUPLES = ("in_reply_to", "references", "senders", "to", "cc", "authentication", "about")
_TEXTS = ("message_id", "role", "content_type", "report_type", "delivery", "fingerprint")
_PEOPLE = ("senders", "to", "cc")
_WORDS_KEPT = frozenset({
    "auto-submitted", "precedence", "x-mailer", "x-auto-response-suppress", "importance", "x-priority", "x-syncd",
    "x-spam-flag", "x-list-administrivia",
})  # fmt: skip
"""Evidence whose words matter; of other fields it matters that they are there."""


def letter_as_json(letter: Letter) -> dict[str, object]:
    """Return a letter as JSON values."""
    out: dict[str, object] = {name: getattr(letter, name) for name in _TEXTS if getattr(letter, name)}
    out |= {name: list(getattr(letter, name)) for name in _TUPLES if getattr(letter, name)}
    out["subject"], out["text"] = letter.subject, letter.text
    out["attachments"] = list(letter.attachments)
    out["size"] = letter.size
    out["part_types"] = sorted(letter.part_types)
    out["evidence"], out["problems"] = dict(letter.evidence), dict(letter.problems)
    out["received"] = [[host, instant_text(at)] for host, at in letter.received]
    if letter.date is not None:
        out["date"] = instant_text(letter.date)
    return out


def letter_from(value: Mapping[str, Any]) -> Letter:
    """Return the letter that JSON values are; raises ValueError for what is none."""
    fingerprint = value.get("fingerprint")
    if not isinstance(fingerprint, str) or not fingerprint:
        raise ValueError("letter.fingerprint: a text is required")
    names = value.get("attachments")
    plain_values: dict[str, Any] = {name: str(value.get(name, "")) for name in _TEXTS}
    plain_values |= {name: tuple(map(str, value.get(name) or ())) for name in _TUPLES}
    return Letter(
        **plain_values,
        subject=_text(value.get("subject")),
        text=_text(value.get("text")),
        attachments=tuple(map(str, names)) if isinstance(names, list | tuple) else (),
        size=int(value.get("size") or 0),
        part_types=frozenset(map(str, value.get("part_types") or ())),
        evidence={str(key): str(item) for key, item in (value.get("evidence") or {}).items()},
        problems={str(key): str(item) for key, item in (value.get("problems") or {}).items()},
        received=tuple((str(host), parse_instant(at, "letter.received")) for host, at in value.get("received") or ()),
        date=_date(value.get("date")),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _date(value: object) -> datetime | None:
    return None if value is None else parse_instant(value, "letter.date")


def redacted(letter: Mapping[str, Any], *, bodies: bool) -> dict[str, object]:
    """Return a letter's JSON values without what people wrote. Idempotent; with `bodies` the new words stay.

    Subject and text become hash and length, addresses hash and domain, files their number.
    """
    out = dict(letter)
    for name in ("subject",) if bodies else ("subject", "text"):
        out[name] = _hashed(out.get(name))
    for name in _PEOPLE:
        if name in out:
            out[name] = [hidden(str(address)) for address in out[name]]
    if isinstance(out.get("attachments"), list | tuple):
        out["attachments"] = len(out["attachments"])
    out["evidence"] = {name: _evidence(name, str(value)) for name, value in (out.get("evidence") or {}).items()}
    out["authentication"] = [plain(str(each)) for each in out.get("authentication") or ()]
    return out


def _hashed(value: object) -> object:
    if isinstance(value, Mapping):
        return value
    text = value if isinstance(value, str) else ""
    return {"sha256": sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), "length": len(text)}


def _evidence(name: str, value: str) -> str:
    if name in _WORDS_KEPT:
        return value[:80]
    if name == "return-path":
        return "<>" if value.strip() == "<>" else "<...>"
    stated = value.partition("(")[0].strip().lower()  # without a comment
    return stated if stated in ("no", "false", "0", "") else "yes"
