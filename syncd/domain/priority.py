"""Which of two priorities is the more urgent."""

import re
from functools import lru_cache


@lru_cache(maxsize=4096)
def urgency(priority: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts more urgent priorities first: P1 before P2 before P10; numbers count as numbers."""
    return tuple(
        (0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"([0-9]+)", priority) if part
    )


def by_letters(one: str, other: str) -> bool:
    """Return whether nothing but the alphabet says which of two different priorities is the more urgent."""
    decided = next((pair for pair in zip(urgency(one), urgency(other), strict=False) if pair[0] != pair[1]), None)
    return decided is None or any(kind for kind, _, _ in decided)


def more_urgent(one: str | None, other: str | None) -> str | None:
    """Return the more urgent of two priorities; any is more urgent than none."""
    if one is None or other is None:
        return one if other is None else other
    return min(one, other, key=urgency)
