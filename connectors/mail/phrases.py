"""Phrases in folded text: at word boundaries, and not where they are denied."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

_WORD = re.compile("[a-z0-9]+")
_SPACELESS = range(0x2E80, 0x10000)
"""Scripts without blanks between words begin here; there every place is a boundary."""


class Searched:
    """A folded text, taken apart into its words once, in which many phrases are looked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = frozenset(_WORD.findall(text))
        self.plain = text.isascii()


class Phrases:
    """Folded phrases that are looked for together.

    A phrase stands in a text as whole words only where each of its words of plain letters and digits is a word of the
    text, so of the many phrases only those are looked for whose longest word is there.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        by_word: defaultdict[str, list[str]] = defaultdict(list)
        plain: list[str] = []
        foreign: list[str] = []
        for phrase in filter(None, dict.fromkeys(phrases)):
            words = _WORD.findall(phrase)
            (by_word[max(words, key=len)] if words else plain if phrase.isascii() else foreign).append(phrase)
        self._by_word = dict(by_word)
        self._words = frozenset(by_word)
        self._plain, self._foreign = tuple(plain), tuple(foreign)
        """Without such a word: nothing but signs, or in other scripts."""

    def any_in(self, searched: Searched) -> bool:
        """Tell whether a text holds any of them as whole words."""
        return any(contains(searched.text, phrase) for phrase in self._candidates(searched))

    def stated_in(self, searched: Searched, denials: Sequence[str]) -> bool:
        """Tell whether a text states any of them: without one of the denials in the same sentence near it."""
        return any(stated(searched.text, phrase, denials) for phrase in self._candidates(searched))

    def _candidates(self, searched: Searched) -> Iterator[str]:
        text = searched.text
        for word in self._words & searched.words:
            for phrase in self._by_word[word]:
                if phrase in text:
                    yield phrase
        for phrase in self._plain if searched.plain else (*self._plain, *self._foreign):
            if phrase in text:
                yield phrase


def contains(text: str, phrase: str) -> bool:
    """Tell whether folded text holds a folded phrase as whole words; linear in the text's length."""
    return place_of(text, phrase) >= 0


def place_of(text: str, phrase: str, start: int = 0) -> int:
    """Return where a phrase stands in text as whole words, from `start` on; -1 where it does not."""
    if not phrase:
        return -1
    place = text.find(phrase, start)
    while place >= 0:
        end = place + len(phrase)
        if not (_joined(text[place - 1 : place], phrase[0]) or _joined(phrase[-1], text[end : end + 1])):
            return place
        place = text.find(phrase, place + 1)
    return -1


def _joined(left: str, right: str) -> bool:
    """Whether two neighbouring characters belong to one word."""
    if not (left and right and left.isalnum() and right.isalnum()):
        return False
    return ord(left) not in _SPACELESS and ord(right) not in _SPACELESS


def any_of(text: str, phrases: Iterable[str]) -> str | None:
    """Return the first of the phrases that text holds."""
    return next((phrase for phrase in phrases if phrase in text and contains(text, phrase)), None)


def begins(text: str, phrases: tuple[str, ...]) -> str | None:
    """Return the first of the phrases with which text begins, as whole words."""
    for phrase in phrases if text.startswith(phrases) else ():
        if text.startswith(phrase) and not _joined(phrase[-1:], text[len(phrase) : len(phrase) + 1]):
            return phrase
    return None


_BEFORE = 48
_AFTER = 24
"""Characters of the same sentence that may deny a phrase."""


def stated(text: str, phrase: str, denials: Iterable[str]) -> bool:
    """Tell whether folded text states a phrase: at least once without a denial in the same sentence near it."""
    if phrase not in text:
        return False
    denials = tuple(denials)
    place = place_of(text, phrase)
    tries = 0
    while place >= 0 and tries < _TRIES:
        before = text[max(0, place - _BEFORE) : place]
        for stop in ".!?;。！？":  # noqa: RUF001 - full-width ends of sentences
            before = before.rpartition(stop)[2]
        after = text[place + len(phrase) : place + len(phrase) + _AFTER]
        ends = [at for stop in ".!;\n。！" if (at := after.find(stop)) >= 0]  # noqa: RUF001 - as above
        question = "?" in after[: min(ends, default=_AFTER)]
        after = after[: min(ends, default=_AFTER)]
        if not question and not any_of(before, denials) and not any_of(after, denials):
            return True
        place = place_of(text, phrase, place + len(phrase))
        tries += 1
    return False


_TRIES = 100
