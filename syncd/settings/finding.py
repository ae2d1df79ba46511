"""What is wrong with a configuration, and where: one finding, one line, all of them at once."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from syncd.errors import ConfigError

Place = tuple[str | int, ...]
"""A way into a document: keys and list positions, outermost first."""

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_CREDENTIALS = re.compile(r"://[^/\s]*@")
_LONGEST = 60


def shown_place(place: Place) -> str:
    """Return a place as people write it: `sources[0].options.phases["3/4"]`."""
    text = ""
    for step in place:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN_KEY.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f"[{_quoted(step)}]"
    return text


def shown(value: object) -> str:
    """Return what was found, short and on one line; never credentials, never the inside of a mapping or a list."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case str():
            return "text that holds credentials" if _CREDENTIALS.search(value) else _quoted(value)
        case Mapping():
            return "a mapping" if value else "an empty mapping"
        case Sequence():
            return "a list" if value else "an empty list"
        case _:
            return str(value)


def _quoted(text: str) -> str:
    return json.dumps(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}...", ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake: file, line (0 where there are no lines), place in the document, and what to do about it."""

    file: str
    line: int
    place: Place
    sentence: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        parts = (where, shown_place(self.place), " ".join(self.sentence.split()))
        return ": ".join(part for part in parts if part)


@dataclass(slots=True)
class Findings:
    """Gathers findings, so that the operator learns of all of them at once. Warnings are gathered the same way."""

    _found: dict[Finding, None] = field(default_factory=dict)

    def add(self, finding: Finding) -> None:
        """Keep a finding; the same one is kept once."""
        self._found[finding] = None

    def __len__(self) -> int:
        return len(self._found)

    def lines(self) -> tuple[str, ...]:
        """Return them as text, file by file in order of their lines."""
        ordered = sorted(self._found, key=lambda finding: (finding.file, finding.line))
        return tuple(str(finding) for finding in ordered)

    def raise_if_any(self) -> None:
        """Raise ConfigError with every finding, if there is one."""
        if self._found:
            raise ConfigError(findings=self.lines())
