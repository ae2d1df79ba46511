"""Notices that nobody has got yet: found by what people know of them, tried again, dropped.

All of it may be done beside a running daemon: each delivery is changed in a transaction of its own, which needs no
lease (`Store.sorting`), and nothing is changed that somebody may be handing over.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVar

from syncd.domain.notice import Notice, short
from syncd.ports.held import Held
from syncd.ports.outbox import Letter, LetterState
from syncd.ports.store import Store, Work

PAGE = 500
"""How many are read at once."""

Outcome = Literal["to be tried again", "over", "no such notifier", "dropped", "gone"]
"""What became of a letter: `over` says that what it tells is so no more, `gone` that somebody else was quicker."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which notices are meant; None means any. `key` is a key's text or its short form."""

    key: str | None = None
    channel: str | None = None
    vendor: str | None = None

    def means(self, key: str, notice: Notice, channels: Collection[str]) -> bool:
        """Tell whether a notice for some channels is meant."""
        return (
            (self.key is None or self.key in {key, short(key)})
            and (self.channel is None or self.channel in channels)
            and (self.vendor is None or self.vendor == notice.vendor)
        )


def letters_of(view: Work, wanted: Wanted, state: LetterState) -> list[Letter]:
    """Return the letters of one state that are meant, oldest first."""

    def page(offset: int) -> Sequence[Letter]:
        return view.outbox.letters(state, limit=PAGE, offset=offset)

    return [each for each in _pages(page) if wanted.means(each.key, each.notice, [each.channel])]


def held_of(view: Work, wanted: Wanted) -> list[Held]:
    """Return the notices that are decided, meant, and not let go yet, most urgent first."""

    def page(offset: int) -> Sequence[Held]:
        return view.held.listed(limit=PAGE, offset=offset)

    return [each for each in _pages(page) if wanted.means(each.key, each.notice, each.channels)]


def try_again(store: Store, letters: Sequence[Letter], configured: Collection[str], *, now: datetime) -> list[Outcome]:
    """Give dead letters back to the outbox, due now, as if never tried; return what became of each.

    Not those that are over, and not those for notifiers that are not configured: nobody would try them.
    """
    outcomes: list[Outcome] = []
    for each in letters:
        if each.channel not in configured:
            outcomes.append("no such notifier")
        elif each.over:
            outcomes.append("over")
        else:
            with store.sorting() as work:
                revived = work.outbox.revive(each.id, now)
                work.commit()
            outcomes.append("to be tried again" if revived else "gone")
    return outcomes


def drop(store: Store, letters: Sequence[Letter], dropped: Callable[[Letter], None], *, now: datetime) -> list[Outcome]:
    """See to it that letters are never tried again; return what became of each. Their keys stay known.

    `dropped` is told of each as soon as it is so, because whoever drops many may be interrupted.
    """
    outcomes: list[Outcome] = []
    for each in letters:
        with store.sorting() as work:
            found = work.outbox.drop(each.id, now)
            work.commit()
        if found:
            dropped(each)
        outcomes.append("dropped" if found else "gone")
    return outcomes


def _pages(page: Callable[[int], Sequence[T]]) -> Iterator[T]:
    offset = 0
    while found := page(offset):
        yield from found
        offset += len(found)
