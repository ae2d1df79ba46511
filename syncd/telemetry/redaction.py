"""What must not reach a log: secrets, addresses, and values that nobody knows to be harmless (law 12).

Three nets, because each has holes: values of type `Secret` and keys that sound like secrets are replaced; text is
searched for the shapes of credentials and addresses; and the very text of every secret that was read is masked wherever
it turns up, an exception's message included.
"""

import json
import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import PurePath
from urllib.parse import quote, quote_plus

from syncd.ports.secret import Secret

REDACTED = "[redacted]"
ADDRESS = "[address]"

SHORTEST_MASKED = 6
"""Secrets shorter than this are not searched for in text: they would mask ordinary words."""

_DEEPEST = 6
_SECRET_KEY = re.compile(
    r"(^|[_.-])(pass|passwd|password|passphrase|secrets?|tokens?|authorization|cookies?|credentials?|"
    r"api[_-]?key|private[_-]?key|session[_-]?id|signature)($|[_.-])",
    re.IGNORECASE,
)
_USERINFO = re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^/\s@\"']+@", re.IGNORECASE)
_SCHEME = re.compile(r"\b(Basic|Bearer|Digest)\s+[\w+/.~=-]{6,}", re.IGNORECASE)
_ASSIGNED = re.compile(
    r"\b([\w-]*(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|signature)[\w-]*[\"']?\s*[=:]\s*)"
    r"(?:\"[^\"]*\"|'[^']*'|[^\s&;,\"']+)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")


class Redactor:
    """Makes log values harmless; knows the secrets it was told of. Safe to share between threads."""

    def __init__(self) -> None:
        self._known: frozenset[str] = frozenset()
        self._pattern: re.Pattern[str] | None = None

    def learn(self, secret: Secret) -> None:
        """Mask this secret's text from now on, wherever it turns up, as Python, JSON and addresses spell it too."""
        text = secret.reveal()
        if len(text) >= SHORTEST_MASKED and text not in self._known:
            self._known |= {text, repr(text)[1:-1], json.dumps(text)[1:-1], quote(text, safe=""), quote_plus(text)}
            longest_first = sorted(self._known, key=len, reverse=True)
            self._pattern = re.compile("|".join(re.escape(known) for known in longest_first))

    def text(self, text: str) -> str:
        """Return text without secrets and addresses."""
        if self._pattern is not None:
            text = self._pattern.sub(REDACTED, text)
        text = _USERINFO.sub(rf"\1{REDACTED}@", text)
        text = _SCHEME.sub(rf"\1 {REDACTED}", text)
        text = _ASSIGNED.sub(rf"\1{REDACTED}", text)
        return _ADDRESS.sub(ADDRESS, text)

    def value(self, key: str, value: object, depth: int = 0) -> object:
        """Return a fact as plain JSON values; an object of unknown type gives no more than the name of its type."""
        if isinstance(value, Secret) or (_SECRET_KEY.search(key) and not isinstance(value, bool | int | float | None)):
            return REDACTED
        if isinstance(value, Enum):
            value = value.value
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, Mapping | list | tuple | set | frozenset):
            return self._nested(key, value, depth + 1)
        return self.text(_as_text(value))

    def _nested(self, key: str, value: Mapping[object, object] | Collection[object], depth: int) -> object:
        if depth > _DEEPEST:
            return f"<{type(value).__name__}>"
        if isinstance(value, Mapping):
            return {self.text(str(name)): self.value(str(name), item, depth) for name, item in value.items()}
        return [self.value(key, item, depth) for item in value]


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value.total_seconds()}s"
    if isinstance(value, PurePath | Fraction | Decimal):
        return str(value)
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"
    return f"<{type(value).__name__}>"
