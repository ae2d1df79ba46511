"""Options of connectors and notifiers, checked against types that only they know."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, create_model

from syncd.settings.document import Spot
from syncd.settings.validation import Checker

OptionTypes = Mapping[str, Any]
"""Kinds with their options' types: dataclasses or pydantic models."""


def wrapped(kind: str, options: Any) -> type[BaseModel]:
    """Return a model around a type, which hands unknown-key refusal on to plain dataclasses, however deep."""
    return create_model(f"{kind}_options", __config__=ConfigDict(extra="forbid", frozen=True), options=(options, ...))


class OptionsChecker:
    """Checks the options of every known kind."""

    def __init__(self, types: OptionTypes) -> None:
        self._checkers: dict[str, Checker[Any]] = {
            kind: Checker(wrapped(kind, options), private=True) for kind, options in types.items()
        }

    def check(self, kind: object, options: object, at: Spot, options_at: Spot) -> object:
        """Return the options as a value of their kind's type, or None with reasons; an unknown kind is one, at `at`."""
        if not isinstance(kind, str):
            return None
        if kind not in self._checkers:
            allowed = ", ".join(sorted(self._checkers)) or "none, because none is installed"
            at.at("kind").refuse(f'there is no kind "{kind}"; allowed: {allowed}')
            return None
        checked = self._checkers[kind].check({"options": options}, options_at, outer=1)
        return None if checked is None else checked.options
