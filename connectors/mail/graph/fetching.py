"""Messages fetched and read, several side by side; one that cannot be read stops the others three times at most."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from connectors.mail.graph.api import GraphApi
from connectors.mail.graph.items import Item
from connectors.mail.letter import Letter
from connectors.mail.limits import Limits
from connectors.mail.parsing import parse
from connectors.mail.rules import shipped
from syncd.domain.problem import Problem
from syncd.errors import SourceError, SourceThrottled

_PATIENCE = 3
"""Passes in which a message may fail before it is left out."""

_EVERYBODYS = frozenset({"auth", "forbidden", "network", "timeout"})
"""Failures that are not about one message."""

_CONVERSION = frozenset({"server", "protocol", "configuration"})
"""How it shows that a message cannot be given in MIME, or is larger than it was said to be."""


class Fetcher:
    """Reads messages as letters."""

    def __init__(self, api: GraphApi, limits: Limits) -> None:
        self._api = api
        self._limits = limits
        self._rules = shipped()
        self._failures: dict[str, int] = {}

    def letters(self, items: Sequence[Item]) -> list[Letter | None]:
        """Return what messages say, in their order; None for one that is gone meanwhile, or that cannot be read."""
        calls = [self._call(item) for item in items]
        return self._api.side_by_side(calls)

    def problems(self) -> list[Problem]:
        """Return the finding about messages that are left out; they are tried again after a start."""
        count = sum(failed >= _PATIENCE for failed in self._failures.values())
        return [Problem("unreadable_message", f"{count} messages cannot be fetched and are left out")] if count else []

    def _call(self, item: Item) -> Callable[[], Letter | None]:
        return lambda: self._letter(item)

    def _letter(self, item: Item) -> Letter | None:
        failed = self._failures.get(item.id, 0)
        if failed >= _PATIENCE:
            return None
        try:
            letter = self._read(item)
        except SourceThrottled:
            raise
        except SourceError as error:
            if error.reason in _EVERYBODYS or failed + 1 < _PATIENCE:
                self._failures[item.id] = failed + (error.reason not in _EVERYBODYS)
                raise
            self._failures[item.id] = _PATIENCE
            return None
        self._failures.pop(item.id, None)
        return letter

    def _read(self, item: Item) -> Letter | None:
        """Read a message; of one that is too large, or cannot be had in MIME, its header and its text."""
        odd = {"message_too_large": f"{item.size} bytes: only its header and its text were read"}
        if item.size is None or item.size <= self._limits.message_bytes:
            try:
                raw = self._api.mime(item)
                return None if raw is None else parse(raw, self._rules, self._limits)
            except SourceThrottled:
                raise
            except SourceError as error:
                if error.reason not in _CONVERSION:
                    raise
                odd = {
                    "message_not_whole": f"the mailbox cannot give it in MIME ({error.reason}): header and text only"
                }
        raw = self._api.bare(item)
        if raw is None:
            return None
        letter = parse(raw, self._rules, self._limits)
        return replace(letter, size=item.size or letter.size, problems={**letter.problems, **odd})
