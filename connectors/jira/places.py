"""The order of what happens in one millisecond.

`seq` is made of the history's id, which Jira numbers as it writes them, and of a rank within the history. A message
stands before a resolve of the same instant (the vendor answered, then resolved) and behind a reopening.
"""

_WIDTH = 16

ATTRIBUTE, PRIORITY, TAKEN, PHASE, LINK, MESSAGE, OVER, LEFT, GONE = range(9)


def seq(history: int, rank: int) -> int:
    """Return an event's place among those of its instant."""
    return history * _WIDTH + rank
