"""Lint: policies of a target that leave open what was meant, or hand the clock to the vendor."""

from collections.abc import Iterator

from syncd.domain.duration import Counted
from syncd.domain.lint_finding import LintFinding, RevisionClause, Severity, TargetClause
from syncd.domain.names import Awaiting, Metric, PauseEvidence, Reopen, Starts, Stops

_RESPONSES = frozenset({Metric.FIRST_RESPONSE, Metric.ACKNOWLEDGEMENT})
_SOLUTIONS = frozenset({Metric.RESOLUTION, Metric.RESTORATION})
_FOLLOWING = frozenset({Metric.NEXT_RESPONSE, Metric.UPDATE})


def policy_findings(clause: RevisionClause) -> Iterator[LintFinding]:
    """Yield policies of a revision's targets that somebody should look at again."""
    for target in clause.targets:
        yield from _answer(target)
        yield from _start(target)
        yield from _stop(target)
        yield from _reopening(target)
        yield from _pauses(target)
    if not any(target.target.metric is Metric.FIRST_RESPONSE for target in clause.targets):
        yield from (_no_first(target) for target in clause.targets if target.target.metric in _FOLLOWING)


def _answer(clause: TargetClause) -> Iterator[LintFinding]:
    keys = clause.keys
    if clause.target.metric is Metric.FIRST_RESPONSE and keys is not None and "acknowledgement" not in keys:
        yield clause.find(
            Severity.WARNING,
            "acknowledgement-not-chosen",
            what="the contract does not choose between acknowledging a ticket and answering it",
            means="acknowledgement is refused by default: a ticket that was accepted at once and answered after the "
            "goal is a miss; the vendor will count it as met",
            fix="write acknowledgement: refused (only an answer by a person counts) or acknowledgement: accepted",
        )


def _start(clause: TargetClause) -> Iterator[LintFinding]:
    target = clause.target
    if target.starts is not Starts.ACKNOWLEDGED:
        return
    circular = target.metric in _RESPONSES
    yield clause.find(
        Severity.ERROR if circular else Severity.WARNING,
        "vendor-starts-clock",
        "starts",
        what="the clock starts when the vendor acknowledges the ticket"
        + (", which is the answer that it is to time" if circular else ""),
        means="a ticket that the vendor leaves lying has no deadline at all, and late acknowledgements cost nothing",
        fix="write starts: vendor_notified, or put a target on the acknowledgement itself",
    )


def _stop(clause: TargetClause) -> Iterator[LintFinding]:
    target = clause.target
    if target.metric not in _SOLUTIONS:
        return
    if target.stops is Stops.CLOSED and target.confirm_within is None:
        yield clause.find(
            Severity.WARNING,
            "closed-without-confirmation",
            "stops",
            what="the clock stops only when the ticket is closed, and no time to confirm a resolve is agreed",
            means="a solved ticket that the customer forgets to close becomes a miss of the vendor's, and is disputed",
            fix="add confirm_within: 5 working days, or write stops: resolved",
        )
    if target.stops is not Stops.CLOSED and target.confirm_within is not None:
        yield clause.find(
            Severity.WARNING,
            "confirmation-without-closing",
            "confirm_within",
            what=f"confirm_within is agreed, and the clock stops at {target.stops.value} already",
            means="the time to confirm decides nothing",
            fix="write stops: closed beside it, or leave it out",
        )


def _reopening(clause: TargetClause) -> Iterator[LintFinding]:
    target = clause.target
    if target.reopen is Reopen.WITHIN_GRACE and target.reopen_grace == Counted(0):
        yield clause.find(
            Severity.WARNING,
            "reopen-grace-zero",
            "reopen_grace",
            what="a reopening never belongs to the cycle before it: the grace is zero",
            means="a ticket resolved in time and rejected a minute later counts as met, and the rest as a new one "
            "with a full new goal; false resolves are not counted",
            fix="give a grace such as 5 working days, or say reopen: new_cycle if that is what was agreed",
        )


def _pauses(clause: TargetClause) -> Iterator[LintFinding]:
    target = clause.target
    if Awaiting.VENDOR in target.pause_while:
        yield clause.find(
            Severity.ERROR,
            "vendor-pauses-itself",
            "pause_while",
            what="the clock stands still while the vendor's own turn is awaited",
            means="no second of the vendor's counts, so nothing is ever late",
            fix="take vendor out of pause_while",
        )
    own_word = target.pause_evidence is PauseEvidence.AS_RECORDED
    if own_word and Awaiting.CUSTOMER in target.pause_while:
        yield clause.find(
            Severity.NOTE,
            "pause-on-own-word",
            "pause_evidence",
            what="the vendor may pause the clock by setting the ticket to wait for the customer",
            means="no message to the customer is asked for; the pauses show in every explanation, and count",
            fix="write pause_evidence: required if a pause needs a question to the customer",
        )


def _no_first(clause: TargetClause) -> LintFinding:
    return clause.find(
        Severity.NOTE,
        "no-first-response",
        "metric",
        what=f"{clause.target.metric.value} is promised, and no target of this revision times the first response",
        means="how long the vendor takes to answer at all is not part of this promise"
        if clause.target.metric is Metric.NEXT_RESPONSE
        else "the first silence is judged by the goal of an update only",
        fix="add a target with metric: first_response, if one was agreed",
    )
