"""Lint: whether targets can measure any ticket at all, and whether two of them measure the same one."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import combinations

from syncd.domain.contract import DEFAULT, Contract, Revision, Target
from syncd.domain.lint_conditions import (
    both,
    can_meet,
    clash,
    common_tickets,
    differs_in_case_only,
    example_ticket,
    implies,
)
from syncd.domain.lint_finding import LintFinding, RevisionClause, Severity, TargetClause
from syncd.domain.lint_promises import by_urgency, named
from syncd.domain.lint_words import listed, listed_priorities

_NEVER = datetime.max.replace(tzinfo=UTC)


def matching_findings(clause: RevisionClause) -> Iterator[LintFinding]:
    """Yield what is wrong with which tickets a revision's targets are about."""
    yield from _redundant_covers(clause)
    for target in clause.targets:
        if not can_meet(clause.revision, target.target):
            yield _never_fires(target)
            continue
        yield from _excluded_anyway(target)
        yield from _calendars_never_chosen(target)
    for one, other in combinations(clause.targets, 2):
        if one.target.metric is other.target.metric:
            yield from _overlap(one, other)


def _never_fires(clause: TargetClause) -> LintFinding:
    when, covers = clause.target.when, clause.of.revision.covers
    reasons: list[str] = []
    hint = ""
    for cover in covers:
        name = clash(cover.attributes, when)
        if name is None:
            continue
        asked, given = listed(when.get(name, ())), listed(cover.attributes.get(name, ()))
        reasons.append(
            f"{cover.source} is covered for {name} {given}, and when wants {asked}"
            if name in cover.attributes and name in when
            else f"the conditions on {name} name no value"
        )
        if differs_in_case_only(name, cover.attributes, when):
            hint = "; values are compared letter by letter, capitals included"
    return clause.find(
        Severity.ERROR,
        "never-fires",
        "when",
        what=f"no ticket can meet both when and covers: {'; '.join(reasons) or 'the revision covers nothing'}{hint}",
        means="the target never measures a ticket: it has no misses, no attainment and no credits, whatever happens",
        fix="let when and covers name a value in common, or leave the condition out",
    )


def _excluded_anyway(clause: TargetClause) -> Iterator[LintFinding]:
    target = clause.target
    found = list(common_tickets(clause.of.revision, target))
    if target.excluded_when and all(implies(ticket, target.excluded_when) for _, ticket in found):
        yield clause.find(
            Severity.ERROR,
            "always-excluded",
            "excluded_when",
            what="every ticket that the target is about also meets excluded_when",
            means="each of its cycles is excluded: the target counts nothing, met or missed",
            fix="exclude only some of the values that when and covers name",
        )
    elif target.excluded_when and not any(both(ticket, target.excluded_when) for _, ticket in found):
        yield clause.find(
            Severity.WARNING,
            "never-excluded",
            "excluded_when",
            what="no ticket can meet excluded_when beside when and covers",
            means="what was to be excluded counts, unless the attribute changes after the clock starts",
            fix="name values that tickets of this target can have, or leave excluded_when out",
        )


def _calendars_never_chosen(clause: TargetClause) -> Iterator[LintFinding]:
    target = clause.target
    if target.calendar_by is None:
        return
    values = [ticket.get(target.calendar_by) for _, ticket in common_tickets(clause.of.revision, target)]
    if None in values:
        return
    possible = {value for found in values if found is not None for value in found}
    for value in target.calendars:
        if value not in possible and value != DEFAULT:
            yield clause.find(
                Severity.WARNING,
                "calendar-never-chosen",
                "calendar",
                value,
                what=f"no ticket of this target starts with {target.calendar_by} {value}",
                means=f"the calendar of {value} is never counted on",
                fix=f"correct the value; when and covers allow {listed(sorted(possible))}",
            )


def _overlap(one: TargetClause, other: TargetClause) -> Iterator[LintFinding]:
    found = next(common_tickets(one.of.revision, one.target, other.target), None)
    if found is None:
        return
    cover, ticket = found
    shared = _shared_priorities(one.target, other.target)
    metric = one.target.metric.value
    whose = f"for example {example_ticket(cover.source, ticket)}"
    if shared:
        yield other.find(
            Severity.ERROR,
            "targets-overlap",
            what=f"{one.target.name} and {other.target.name} both time {metric} of one ticket, {whose}; "
            f"both have a goal for {listed_priorities(shared)}",
            means="such a ticket has two deadlines of one kind, is counted twice, and may be met and missed at once",
            fix="give each a when that excludes the other, such as two values of one attribute",
        )
    else:
        yield other.find(
            Severity.WARNING,
            "targets-overlap",
            what=f"{one.target.name} and {other.target.name} both time {metric} of one ticket, {whose}; "
            "no priority has a goal in both",
            means="each ticket has both clocks, and one of them stands still as uncovered until its priority changes",
            fix="put the goals of both into one target, or give each a when that excludes the other",
        )


def _shared_priorities(one: Target, other: Target) -> list[str]:
    """Return priorities for which both can have a goal; where they read priorities differently, any may meet any."""
    first, second = named(one), named(other)
    if one.priority_from != other.priority_from or (DEFAULT in first and DEFAULT in second):
        return by_urgency([*first, *second])
    if DEFAULT in first:
        return second
    return first if DEFAULT in second else by_urgency(set(first) & set(second))


def _redundant_covers(clause: RevisionClause) -> Iterator[LintFinding]:
    covers = clause.revision.covers
    for n, cover in enumerate(covers):
        for m, wider in enumerate(covers):
            same = cover.attributes == wider.attributes
            if n == m or cover.source != wider.source or (same and n < m):
                continue
            if implies(cover.attributes, wider.attributes):
                yield clause.find(
                    Severity.NOTE,
                    "redundant-cover",
                    "covers",
                    n,
                    what=f"covers[{m}] already takes every ticket of {cover.source} that covers[{n}] names",
                    means="nothing is counted twice; whoever reads the contract may take the narrower one for a limit",
                    fix=f"leave covers[{n}] out, or narrow covers[{m}]",
                )
                break


def contract_overlaps(contracts: Sequence[Contract]) -> Iterator[LintFinding]:
    """Yield pairs of contracts with one vendor that time the same metric of the same tickets at the same time."""
    for one, other in combinations(contracts, 2):
        if one.vendor.id != other.vendor.id:
            continue
        for metric in dict.fromkeys(target.metric for revision in other.revisions for target in revision.targets):
            found = next((pair for pair in _pairs(one, other) if _both_time(*pair, metric)), None)
            if found is not None:
                yield LintFinding(
                    severity=Severity.WARNING,
                    code="contracts-overlap",
                    contract=other.id,
                    revision=found[1].name,
                    place=("revisions", other.revisions.index(found[1]), "covers"),
                    what=f"{one.id} times {metric.value} of the same tickets of {other.vendor.name} at the same time",
                    means="such a ticket is measured, and its misses and credits are owed, under both contracts",
                    fix="let their covers name different attributes, or end one where the other begins",
                )


def _pairs(one: Contract, other: Contract) -> Iterator[tuple[Revision, Revision]]:
    for n, first in enumerate(one.revisions):
        for m, second in enumerate(other.revisions):
            if max(map(_measures_from, (first, second))) < min(_ends(one, n), _ends(other, m)):
                yield first, second


def _measures_from(revision: Revision) -> datetime:
    """Return the first instant at which a ticket can be opened and its clock start under a revision."""
    return max(revision.effective_from, revision.observe_from)


def _ends(contract: Contract, number: int) -> datetime:
    return RevisionClause(contract, number, contract.revisions[number].effective_from).ends or _NEVER


def _both_time(first: Revision, second: Revision, metric: object) -> bool:
    return any(
        one.source == other.source and both(one.attributes, other.attributes, mine.when, theirs.when) is not None
        for one in first.covers
        for other in second.covers
        for mine in _of(first.targets, metric)
        for theirs in _of(second.targets, metric)
    )


def _of(targets: Iterable[Target], metric: object) -> Iterator[Target]:
    return (target for target in targets if target.metric is metric)
