"""What two sets of contracts say differently of the same tickets, as JSON, as cells of a table, and why in words.

Every sentence says what holds under theirs, "instead of" what holds under ours.
"""

from collections import Counter

from syncd.domain.difference import Compared, Difference, Side
from syncd.domain.instant_text import instant_text
from syncd.domain.names import Metric
from syncd.report.difference_words import words_of
from syncd.report.durations import duration_text
from syncd.report.readings import optional_instant, seconds


def difference_as_json(difference: Difference) -> dict[str, object]:
    """Return one cycle of which two sets of contracts say different things; durations are seconds."""
    return {
        "source": difference.source,
        "ticket": difference.ticket,
        "target": difference.target,
        "started_by": _started_by(difference),
        "ours": _side_as_json(difference.ours),
        "theirs": _side_as_json(difference.theirs),
        "why": why_in_words(difference),
    }


def difference_cells(difference: Difference) -> dict[str, object]:
    """Return the cells of one row of a table."""
    return {
        "ticket": difference.ticket,
        "target": difference.target,
        "cycle": _started_by(difference) or "",
        "ours": _figures(difference.ours),
        "theirs": _figures(difference.theirs),
        "why": "; ".join(why_in_words(difference)),
    }


class Summary:
    """How many cycles of how many tickets were compared, and how many went from which verdict to which."""

    def __init__(self) -> None:
        self.tickets = 0
        self.cycles = 0
        self.changes: Counter[str] = Counter()

    def add(self, compared: Compared) -> None:
        """Add one ticket."""
        self.tickets += 1
        self.cycles += compared.cycles
        self.changes.update(f"{_verdict(each.ours)} -> {_verdict(each.theirs)}" for each in compared.differences)

    def text(self) -> str:
        """Return it as a line."""
        each = ", ".join(f"{change} {count}" for change, count in sorted(self.changes.items()))
        found = f"tickets {self.tickets}, cycles {self.cycles}, differing {self.changes.total()}"
        return f"{found} ({each})" if each else found


def why_in_words(difference: Difference) -> list[str]:
    """Return what makes the difference; several sentences do so together unless each says that it does alone."""
    words = [words_of(term, difference) for term in difference.why]
    return [f"{each} (enough by itself)" for each in words] if difference.each_alone else words


def _started_by(difference: Difference) -> str | None:
    cycle = difference.ours.cycle or difference.theirs.cycle
    return None if cycle is None else cycle.started_by


def _side_as_json(side: Side) -> dict[str, object]:
    cycle = side.cycle
    said: dict[str, object] = {"verdict": None if side.verdict is None else side.verdict.value}
    if side.clock is None:
        said["uncovered"] = side.uncovered or "no_such_target"
        return said
    said |= {"contract": side.clock.contract.id, "revision": side.clock.reading.revision}
    if cycle is None:
        return said | {"flags": list(side.clock.reading.flags)}
    said |= {
        "amended_by": cycle.revision,
        "priority": cycle.priority,
        "started_by": cycle.started_by,
        "started_at": instant_text(cycle.started_at),
        "stopped_at": optional_instant(cycle.stopped_at),
        "goal_seconds": seconds(cycle.goal_us),
        "elapsed_seconds": seconds(cycle.elapsed_us),
        "due_at": optional_instant(cycle.due_at),
        "breached_at": optional_instant(cycle.breached_at),
        "flags": list(cycle.flags),
    }
    return said | ({"misses": cycle.misses} if side.clock.target.metric is Metric.UPDATE else {})


def _verdict(side: Side) -> str:
    if side.verdict is not None:
        return side.verdict.value
    return "uncovered" if side.clock is None else "no cycle"


def _figures(side: Side) -> str:
    cycle = side.cycle
    if cycle is None or cycle.goal_us is None:
        return _verdict(side)
    return f"{_verdict(side)}, {duration_text(cycle.elapsed_us)} of {duration_text(cycle.goal_us)}"
