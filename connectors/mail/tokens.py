"""A vendor's ticket number in a text, found by a template without any pattern language that could go astray.

A template is literal text with placeholders: `{digits}` or `{digits:5-12}`, `{word}` (letters and digits), `{key}` (a
project key, a dash and a number). A blank stands for any blanks or none. Case does not matter.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

_PLACEHOLDER = re.compile(r"\{(digits|word|key)(?::(\d{1,3})(?:-(\d{1,3}))?)?\}")
_MOST = 64


class Token(NamedTuple):
    """A ticket number, and the template that it fits; two tokens of one template are two tickets."""

    template: str
    text: str

    @property
    def key(self) -> str:
        """The number as it is compared."""
        return "".join(self.text.casefold().split())


def check(template: str) -> str:
    """Return a template that can be used; raises ValueError saying what is wrong with it."""
    holes = _PLACEHOLDER.findall(template)
    if len(holes) == 0 or len(holes) > _HOLES:
        raise ValueError(f"{template!r}: one to {_HOLES} of {{digits}}, {{word}}, {{key}} are needed")
    rest = _PLACEHOLDER.sub("", template)
    if "{" in rest or "}" in rest:
        raise ValueError(f"{template!r}: placeholders are {{digits}}, {{digits:5-12}}, {{word}} and {{key}}")
    if len(template) > _MOST * 2:
        raise ValueError("a template has at most 128 characters")
    if not rest.strip() and holes[0][0] != "key":
        raise ValueError(f"{template!r}: some literal text is needed, or every number would be a ticket")
    return template


_HOLES = 3


class _Compiled(NamedTuple):
    """A template as it is looked for: only in texts that hold `needed` (in lower case), and a digit if it has one."""

    template: str
    needed: str
    digit: bool
    pattern: re.Pattern[str]


_PLAIN = re.compile(r"[!-~]+")
_DIGIT = re.compile("[0-9]")


@lru_cache(maxsize=1024)
def _compiled(templates: tuple[str, ...]) -> tuple[_Compiled, ...]:
    return tuple(map(_one, templates))


def _one(template: str) -> _Compiled:
    holes = _PLACEHOLDER.findall(template)
    literals = _PLAIN.findall(_PLACEHOLDER.sub(" ", template).lower())
    keyed = any(hole[0] == "key" for hole in holes)
    needed = max((*literals, "-") if keyed else literals, key=len, default="")
    return _Compiled(template, needed, any(hole[0] != "word" for hole in holes), _pattern(template))


def _pattern(template: str) -> re.Pattern[str]:
    """Compile a template: escaped literals and bounded classes only, so that matching is linear."""
    pieces, place = [], 0
    for hole in _PLACEHOLDER.finditer(template):
        pieces.append(_literal(template[place : hole.start()]))
        low = int(hole[2] or 1)
        high = max(low, min(_MOST, int(hole[3] or hole[2] or _MOST)))
        if hole[1] == "key":
            pieces.append(r"[A-Z][A-Z0-9_]{1,15}-[0-9]{1,10}")
        else:
            pieces.append(f"[0-9]{{{low},{high}}}" if hole[1] == "digits" else f"[A-Z0-9]{{{low},{high}}}")
        place = hole.end()
    pieces.append(_literal(template[place:]))
    body = "".join(pieces)
    before = r"(?<![A-Za-z0-9_])" if template[:1].isalnum() or template.startswith("{") else ""
    after = r"(?![A-Za-z0-9_])" if template[-1:].isalnum() or template.endswith("}") else ""
    # A project key is written in capitals; in lower case every "part-2" would be one.
    flags = re.ASCII if "{key}" in template else re.ASCII | re.IGNORECASE
    return re.compile(f"{before}(?:{body}){after}", flags)


def _literal(text: str) -> str:
    return r"\s{0,3}".join(re.escape(piece) for piece in text.split(" "))


def find(text: str, templates: Iterable[str]) -> tuple[Token, ...]:
    """Return the ticket numbers in a text, in the templates' order, each once; text within another's is not looked at.

    Brackets around a number are not part of it.
    """
    found: dict[str, Token] = {}
    taken: list[tuple[int, int]] = []
    lowered, digits = text.lower(), _DIGIT.search(text) is not None
    for template, needed, digit, pattern in _compiled(tuple(templates)):
        if needed not in lowered or (digit and not digits):
            continue
        for match in pattern.finditer(text):
            if any(start <= match.start() and match.end() <= end for start, end in taken):
                continue
            taken.append(match.span())
            token = Token(template, _bare(match[0]))
            if token.key not in found and len(found) < _MOST:
                found[token.key] = token
    return tuple(found.values())


def _bare(matched: str) -> str:
    if matched.endswith(")") and "(" in matched:
        return matched.rpartition("(")[2].rstrip(")").strip()
    return matched.strip("[]() ")


def as_payload(tokens: Iterable[Token]) -> list[list[str]]:
    """Return tokens as JSON values."""
    return [[token.template, token.text] for token in tokens]


def from_payload(value: object) -> tuple[Token, ...]:
    """Return the tokens that JSON values are."""
    items = value if isinstance(value, list | tuple) else ()
    return tuple(
        Token(str(item[0]), str(item[1]))
        for item in items
        if isinstance(item, list | tuple) and len(item) == len(Token._fields)
    )
