"""Pauses that the vendor sets on its own word, and the evidence for them (design.md section 7, `pause_evidence`).

A ticket is seen as the contract sees it: where a pause is refused, or was ended by the customer, it awaits the vendor.
"""

from bisect import bisect_left
from enum import StrEnum
from typing import NamedTuple

from syncd.domain.contract import Target
from syncd.domain.endings import answers, asks
from syncd.domain.events import Opened, PhaseChanged
from syncd.domain.history import History, Moment
from syncd.domain.instant import SECOND_US, from_us
from syncd.domain.names import OPEN_PHASES, Awaiting
from syncd.domain.reading import Refusal

WITHIN_US = 15 * 60 * SECOND_US
"""How far from the pause, on either side, the message that explains it may lie."""

REASON = "no public message of the vendor within 15 minutes of it"


class Evidenced(NamedTuple):
    """A history without the pauses that nothing supports.

    `refused` lists those, in microseconds `(start, until, event)`; `until` is None while one goes on.
    `provisional` holds when those pauses began whose message may still come, in order.
    """

    history: History
    refused: tuple[tuple[int, int | None, str], ...] = ()
    provisional: tuple[int, ...] = ()

    def as_of(self, history: History) -> "Evidenced":
        """Return the same of an earlier state of the ticket: with all that became of its pauses since."""
        return Evidenced(
            history._replace(moments=self.history.moments[: len(history.moments)]),
            tuple(each for each in self.refused if each[0] <= history.now),
            tuple(began for began in self.provisional if began <= history.now),
        )

    @property
    def provisional_until(self) -> int | None:
        """The last instant at which the message for the first of them may still come; None without any."""
        return self.provisional[0] + WITHIN_US if self.provisional else None

    def provisional_in(self, start: int, end: int) -> bool:
        """Whether a pause that may still turn out to be none began in `[start, end]`, in microseconds."""
        return any(start <= began <= end for began in self.provisional)


class _Word(StrEnum):
    """On whose word the customer is awaited, and what became of it."""

    OTHERS = "others"
    SUPPORTED = "supported"
    REFUSED = "refused"
    ENDED = "ended"


def evidenced(history: History, target: Target, vendor: str) -> Evidenced:
    """Return a history in which customer pauses set by the vendor count only where the vendor had asked something."""
    answered = [moment.at for moment in history.moments if answers(moment, target, vendor)]
    seen: list[Moment] = []
    refused: list[tuple[int, int | None, str]] = []
    provisional: list[int] = []
    word: _Word | None = None
    for moment in history.moments:
        before = word
        if moment.awaiting is not Awaiting.CUSTOMER or moment.phase not in OPEN_PHASES:
            word = None
        elif isinstance(moment.event, PhaseChanged | Opened):
            if moment.actor != vendor:
                word = _Word.OTHERS
            elif word not in (_Word.SUPPORTED, _Word.OTHERS):
                first = bisect_left(answered, moment.at - WITHIN_US)
                word = _Word.SUPPORTED
                if first == len(answered) or answered[first] > moment.at + WITHIN_US:
                    if history.now > moment.at + WITHIN_US:
                        word = _Word.REFUSED
                    else:
                        provisional.append(moment.at)
        elif word is _Word.SUPPORTED and asks(moment):
            word = _Word.ENDED
        if _Word.REFUSED in (before, word) and before is not word:
            if before is _Word.REFUSED:
                refused[-1] = (refused[-1][0], moment.at, refused[-1][2])
            else:
                refused.append((moment.at, None, moment.event.id))
        unpaused = word in (_Word.REFUSED, _Word.ENDED)
        seen.append(moment._replace(awaiting=Awaiting.VENDOR) if unpaused else moment)
    return Evidenced(history._replace(moments=tuple(seen)), tuple(refused), tuple(provisional))


def refusals(found: Evidenced, start: int, end: int) -> tuple[Refusal, ...]:
    """Return the refused pauses that touch `[start, end]` of a cycle, as a reading shows them."""
    return tuple(
        Refusal(from_us(since), None if until is None else from_us(until), REASON, event)
        for since, until, event in found.refused
        if since <= end and (until is None or until > start)
    )
