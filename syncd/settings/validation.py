"""Checks a document against its model, and says for operators what was found and what is allowed."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from syncd.settings.document import Spot
from syncd.settings.finding import Place, shown
from syncd.settings.schema_walk import Schema, allowed_keys, description, inside
from syncd.settings.section import PlainSchema, Refused

T = TypeVar("T")

_ALLOWED: Mapping[str, str] = {
    "string": "text, in quotes where it looks like something else",
    "int": "a whole number",
    "bool": "true or false",
    "float": "a number",
    "decimal": "a number",
    "finite_number": "a number",
    "list": "a list",
    "tuple": "a list",
    "set": "a list",
    "frozen_set": "a list",
    "dict": "a mapping",
    "mapping": "a mapping",
    "model": "a mapping",
    "model_attributes": "a mapping",
    "dataclass": "a mapping",
    "none_required": "nothing",
}
_LIMITS: Mapping[str, str] = {
    "greater_than": "more than {gt}",
    "greater_than_equal": "{ge} or more",
    "less_than": "less than {lt}",
    "less_than_equal": "{le} or less",
    "too_short": "{min_length} or more",
    "too_long": "{max_length} or fewer",
    "string_too_short": "text of {min_length} or more characters",
    "string_too_long": "text of {max_length} or fewer characters",
    "string_pattern_mismatch": "text that matches {pattern}",
    "union_tag_invalid": "{expected_tags}",
    "union_tag_not_found": "a mapping with the key {discriminator}",
    "enum": "{expected}",
    "literal_error": "{expected}",
}
_CHOICES = frozenset({"enum", "literal_error", "union_tag_invalid"})


class Checker(Generic[T]):
    """Validates one kind of section.

    In a `private` section text is shown only where it should have been one of a few words, since elsewhere it may be a
    secret in the wrong place.
    """

    def __init__(self, kind: Any, *, private: bool = False) -> None:
        self._adapter: TypeAdapter[T] = TypeAdapter(kind)
        self._private = private

    @cached_property
    def schema(self) -> Schema:
        """The JSON Schema that says which keys there are and what they are for."""
        return self._adapter.json_schema(schema_generator=PlainSchema)

    def check(self, data: object, spot: Spot, *, outer: int = 0) -> T | None:
        """Return the validated section, or None with every reason in the spot's findings.

        `outer` levels of `data` stand around what was written, and are left out of places.
        """
        try:
            return self._adapter.validate_python(data)
        except ValidationError as error:
            details = error.errors(include_url=False)
        for place, sentence in self._sentences(data, details):
            spot.at(*place[outer:]).refuse(sentence)
        return None

    def _sentences(self, data: object, details: list[ErrorDetails]) -> Iterator[tuple[Place, str]]:
        choices: dict[tuple[Place, str], list[str]] = {}
        for detail in filter(_is_telling, details):
            place = _place(data, detail)
            sentence, allowed = self._explain(data, place, detail)
            choices.setdefault((place, sentence), []).extend([allowed] if allowed else [])
        for (place, sentence), allowed_here in choices.items():
            # A value may be wrong in one way for each of several types that it could have been.
            allowed = ", or ".join(dict.fromkeys(allowed_here))
            yield place, f"{sentence}; allowed: {allowed}" if allowed else sentence

    def _explain(self, data: object, place: Place, detail: ErrorDetails) -> tuple[str, str]:
        kind, context = detail["type"], detail.get("ctx", {})
        cause = context.get("error")
        match kind:
            case "missing" | "missing_argument" | "missing_keyword_only_argument":
                purpose = description(self.schema, data, place)
                return f"is required, but missing{': ' if purpose else ''}{purpose}", ""
            case "extra_forbidden" | "unexpected_keyword_argument":
                return "unknown key", ", ".join(allowed_keys(self.schema, data, place[:-1])) or "none"
            case _ if context.get("class_name") == "SecretRef":
                return "a secret is never written into this file", "{env: NAME} or {file: PATH}"
            case "value_error" if isinstance(cause, Refused):
                return self._found(detail), cause.allowed
            case "value_error":
                return str(cause), ""
            case _:
                return self._found(detail), _allowed(kind, context) or detail["msg"]

    def _found(self, detail: ErrorDetails) -> str:
        found = detail["input"]
        if detail["type"] == "union_tag_invalid":
            return f'found "{detail.get("ctx", {}).get("tag")}"'
        if self._private and isinstance(found, str) and detail["type"] not in _CHOICES:
            return "found text" if found else 'found ""'
        return f"found {shown(found)}"


def _is_telling(detail: ErrorDetails) -> bool:
    """Return no for a list that is only too short because its entries are wrong, which is told of each of them."""
    return detail["type"] != "too_short" or len(detail["input"]) < detail["ctx"]["min_length"]


def _allowed(kind: str, context: Mapping[str, object]) -> str:
    if kind in _LIMITS:
        return _LIMITS[kind].format_map({name: str(value).replace("'", "") for name, value in context.items()})
    for suffix in ("_type", "_parsing", "_from_float", "_parsing_size"):
        if kind.endswith(suffix) and (known := _ALLOWED.get(kind.removesuffix(suffix))):
            return known
    return _ALLOWED.get(kind, "")


def _place(data: object, detail: ErrorDetails) -> Place:
    """Return where in the document an error is: its location without what names a branch of a union."""
    place: list[str | int] = []
    location = detail["loc"]
    for n, step in enumerate(location):
        deeper = inside(data, step)
        is_key = isinstance(data, Mapping) and step in data
        missing = n == len(location) - 1 and detail["type"].startswith("missing")
        if is_key or isinstance(step, int) or missing:
            place.append(step)
            data = deeper
    if detail["type"] == "union_tag_invalid":
        place.append(str(detail["ctx"]["discriminator"]).strip("'"))
    return tuple(place)
