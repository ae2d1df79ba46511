"""Where reading stands in one mailbox: what is kept in the cursor."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any

from syncd.domain.instant_text import instant_text, parse_instant
from syncd.errors import SourceMisunderstood

State = Mapping[str, str]

_MARK = 12
"""Hexadecimal digits of a mark: with 20,000 of them one message in 14 billion is mistaken for another."""
_MOST_MARKS = 20_000


def mark(key: str) -> str:
    """Return the short word by which a copy that made no record is remembered."""
    return blake2b(key.encode(), digest_size=_MARK // 2).hexdigest()


@dataclass(slots=True)
class Standing:
    """By folder id the state from which its changes go on; when all was listed last; marks of what made no record."""

    states: dict[str, State] = field(default_factory=dict)
    listed_at: datetime | None = None
    passed: frozenset[str] = frozenset()
    held: int = 0
    """Copies with a record that were remembered when the last pass ended; with fewer, all is listed again."""
    rules: str = ""
    """What decides which messages make a record; where that changes, those without one are read again."""

    def as_place(self) -> Mapping[str, Any]:
        """Return it as JSON values."""
        listed = None if self.listed_at is None else instant_text(self.listed_at)
        states = {folder: dict(state) for folder, state in sorted(self.states.items())}
        passed = "".join(sorted(self.passed))
        return {"states": states, "listed_at": listed, "passed": passed, "held": self.held, "rules": self.rules}

    def pass_over(self, keys: Iterable[str]) -> None:
        """Remember copies that made no record, as many as a cursor should hold; the others are read again."""
        fresh = sorted({mark(key) for key in keys} - self.passed)
        self.passed |= frozenset(fresh[: max(0, _MOST_MARKS - len(self.passed))])


def standing_of(source: str, place: Mapping[str, Any] | None) -> Standing:
    """Return what a place holds; raises `SourceMisunderstood` for one that another program wrote."""
    if place is None:
        return Standing()
    try:
        states = {str(folder): _state(state) for folder, state in place["states"].items()}
        listed, passed = place["listed_at"], str(place["passed"])
        marks = frozenset(passed[start : start + _MARK] for start in range(0, len(passed), _MARK))
        at = None if listed is None else parse_instant(listed, "listed_at")
        return Standing(states, at, marks, int(place["held"]), str(place["rules"]))
    except (KeyError, TypeError, AttributeError, ValueError) as error:  # TimelineError is a ValueError
        raise SourceMisunderstood(source, "protocol", "the cursor is none of this connector's") from error


def _state(value: Mapping[str, Any]) -> State:
    return {str(name): str(each) for name, each in value.items()}
