"""Lint: service credits whose tiers contradict each other or the objective they are about."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from syncd.domain.credit import money_text
from syncd.domain.credit_terms import CreditTerms, CreditTier
from syncd.domain.lint_finding import LintFinding, RevisionClause, Severity
from syncd.domain.lint_words import share_text
from syncd.domain.period import months_of

_Tiers = list[tuple[int, CreditTier]]


def credit_findings(clause: RevisionClause) -> Iterator[LintFinding]:
    """Yield what is wrong with a revision's credits."""
    terms = clause.revision.credits
    if terms is None:
        return
    for target in dict.fromkeys(tier.target for tier in terms.tiers):
        tiers = [(n, tier) for n, tier in enumerate(terms.tiers) if tier.target == target]
        yield from _order(clause, terms, tiers)
        yield from _objective(clause, terms, target, tiers)
        yield from _useless(clause, terms, tiers)


def _order(clause: RevisionClause, terms: CreditTerms, tiers: _Tiers) -> Iterator[LintFinding]:
    for (_, one), (n, other) in pairwise(tiers):
        if other.below > one.below:
            yield clause.find(
                Severity.WARNING,
                "credit-tiers-out-of-order",
                *_at(n),
                what=f"of {other.target}, the tier below {share_text(other.below)} is written after the one below "
                f"{share_text(one.below)}",
                means="whoever reads from the top and stops at the first that holds owes another sum than whoever "
                "reads on",
                fix="write the highest threshold first",
            )
    for (_, one), (n, other) in pairwise(sorted(tiers, key=lambda tier: -tier[1].below)):
        if other.below == one.below:
            yield clause.find(
                Severity.ERROR,
                "credit-tier-twice",
                *_at(n),
                what=f"two tiers of {other.target} are below {share_text(other.below)}: {_owed(clause, terms, one)} "
                f"and {_owed(clause, terms, other)}",
                means="nobody can say which of the two sums is owed",
                fix="keep one of them",
            )
        elif other.credit <= one.credit:
            yield clause.find(
                Severity.ERROR,
                "credit-tiers-inverted",
                *_at(n),
                what=f"of {other.target}, below {share_text(other.below)} {_owed(clause, terms, other)} is owed, and "
                f"below {share_text(one.below)} already {_owed(clause, terms, one)}",
                means="a worse period costs the vendor no more than a better one, or less",
                fix="let credits rise as thresholds fall",
            )


def _objective(clause: RevisionClause, terms: CreditTerms, target: str, tiers: _Tiers) -> Iterator[LintFinding]:
    objective = _agreed(clause, target)
    if objective is None:
        return
    for n, tier in tiers:
        if tier.below > objective:
            yield clause.find(
                Severity.WARNING,
                "credit-above-objective",
                *_at(n),
                what=f"{_owed(clause, terms, tier)} is owed below {share_text(tier.below)}, and the objective of "
                f"{target} is {share_text(objective)}",
                means=f"a period of {share_text(objective)} keeps the promise and owes a credit all the same",
                fix="set below to the objective or less",
            )
    first = max(tier.below for _, tier in tiers)
    if first < objective:
        yield clause.find(
            Severity.NOTE,
            "credit-gap",
            *_at(tiers[0][0]),
            what=f"{target} promises {share_text(objective)}, and its first credit is owed below {share_text(first)}",
            means=f"a period from {share_text(first)} up to {share_text(objective)} breaks the promise at no cost",
            fix="nothing, if that was agreed; else add a tier at the objective",
        )


def _useless(clause: RevisionClause, terms: CreditTerms, tiers: _Tiers) -> Iterator[LintFinding]:
    for n, tier in tiers:
        if tier.below == 0 or tier.credit == 0:
            yield clause.find(
                Severity.WARNING,
                "credit-never-owed",
                *_at(n),
                what=f"of {tier.target}, {_owed(clause, terms, tier)} is owed below {share_text(tier.below)}",
                means="no period can owe anything by this tier",
                fix="correct the figures, or leave the tier out",
            )
        elif terms.cap is not None and tier.credit > terms.cap:
            yield clause.find(
                Severity.NOTE,
                "credit-above-cap",
                *_at(n),
                what=f"of {tier.target}, {_owed(clause, terms, tier)} is owed below {share_text(tier.below)}, and the "
                f"cap is {share_text(terms.cap)}",
                means="the cap is owed, never the full credit",
                fix="raise the cap or lower the credit, so that the figure is one that can be paid",
            )


def _agreed(clause: RevisionClause, target: str) -> Fraction | None:
    """Return the objective of a target or figure; of several by priority the highest, so that none is passed over."""
    stated = [found for each in clause.revision.targets if each.name == target for found in each.objective.values()]
    stated += [kpi.objective for kpi in clause.revision.kpis if kpi.name == target]
    return max(stated, default=None)


def _owed(clause: RevisionClause, terms: CreditTerms, tier: CreditTier) -> str:
    fee = terms.monthly_fee * months_of(clause.contract.period)
    return f"{share_text(tier.credit)} ({money_text(fee * tier.credit, clause.contract.currency)})"


def _at(number: int) -> tuple[str | int, ...]:
    return ("credits", "tiers", number)
