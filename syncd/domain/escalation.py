"""Whom a contract wants told when: the rows of its escalation, beside the at-risk share and the breach themselves."""

from collections.abc import Iterable, Sequence

from syncd.domain.contract import Escalation, Revision, Target
from syncd.domain.deadlines import share_of, used_up
from syncd.domain.instant import from_us
from syncd.domain.names import Stage
from syncd.domain.notice import NoticeKey, Step
from syncd.domain.outcome import Outcome
from syncd.domain.reading import Rung


def rungs_of(
    escalation: Sequence[Escalation], binding: Outcome, target: Target, stage: Stage, end: int
) -> tuple[Rung, ...]:
    """Return when each row is reached that is neither the at-risk share nor the breach; no row twice.

    Time after a breach is counted as the clock counts: nobody is escalated to while it is paused or out of hours.
    """
    found: dict[str, Rung] = {}
    for row in escalation:
        if row.after_us == 0 or row.share == target.at_risk or row.text in found:
            continue
        amount = share_of(binding.goal, row.share) if row.share is not None else binding.limit + (row.after_us or 0)
        if amount > binding.elapsed and not binding.in_force:
            continue
        at = used_up(binding, amount, stage, end)
        if at is not None:
            found[row.text] = Rung(row.text, from_us(at), after_breach=row.share is None)
    return tuple(found.values())


def recipients(key: NoticeKey, revision: Revision) -> tuple[str, ...] | None:
    """Return the names that a notice of a clock goes to by a revision's escalation; None where it says nothing of it.

    A table that names no share says nothing of risks of its own: those go where its breaches go.
    """
    rows = revision.escalation
    match key.step:
        case Step.AT_RISK:
            at_risk = revision.target(key.target).at_risk
            if any(row.share is not None for row in rows):
                return _names(row for row in rows if row.share == at_risk)
            return recipients_of_breaches(revision)
        case Step.ESCALATED:
            return _names(row for row in rows if row.text == key.detail)
        case _:
            return recipients_of_breaches(revision)


def recipients_of_breaches(revision: Revision) -> tuple[str, ...] | None:
    """Return the names that breaches go to; None where the escalation has no row for them."""
    return _names(row for row in revision.escalation if row.after_us == 0) or None


def _names(rows: Iterable[Escalation]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for row in rows for name in row.to))
