"""What came of scenarios, as text for the two parties of a contract and as JSON for programs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from syncd.domain.contract import Agreements
from syncd.domain.counted_once import measure_in
from syncd.domain.instant_text import instant_text, parse_instant
from syncd.domain.scenario import Agreed, Difference, Expected, Scenario, Span, Tried
from syncd.domain.timeline_error import TimelineError
from syncd.report.durations import duration_text
from syncd.report.explanation import explain, local
from syncd.report.readings import seconds, ticket_as_json

_INDENT = "      "


def lines_of(scenario: Scenario) -> list[dict[str, object]]:
    """Return what `syncd measure` prints of a scenario's ticket, with what was rejected of each clock.

    Each cycle has its `ledger` beside, in seconds by owner, where the scenario expects one. Raises ValueError for a
    ticket that cannot be measured.
    """
    found = measure_in(scenario.timeline, scenario.incident, scenario.agreements, as_of=scenario.as_of)
    ledger = any(_names_ledger(each.keys) for each in scenario.expectations)
    lines = ticket_as_json(
        scenario.timeline, scenario.agreements, as_of=scenario.as_of, ledger=ledger, incident=scenario.incident
    )
    for line, reading in zip(lines, found.readings, strict=False):
        line["rejected"] = [
            {"event": each.event, "at": instant_text(each.at), "reason": each.reason} for each in reading.rejected
        ]
    return lines


def _names_ledger(expected: Expected) -> bool:
    value = expected.value
    if isinstance(value, Mapping):
        return "ledger" in value or any(map(_names_ledger, value.values()))
    return isinstance(value, tuple) and any(map(_names_ledger, value))


def tried_as_text(tried: Tried) -> Iterator[str]:
    """Yield a line that names the rule, and below it, where it fails, every difference and why it is so."""
    scenario = tried.scenario
    yield f"{'ok  ' if tried.ok else 'FAIL'}  {_named(scenario)}"
    for each in tried.differences:
        where = f"{scenario.file}:{each.line}: {each.path}"
        yield f"{_INDENT}{where}: expected {_words(each.expected, scenario)}, found {_found(each, scenario)}"
    if not tried.ok:
        why = why_differs(tried)
        yield from (f"{_INDENT}| {line}".rstrip() for line in (why or "").splitlines())


def summary(tried: Sequence[Tried]) -> str:
    """Return how many scenarios there were and how many failed."""
    failed = sum(not each.ok for each in tried)
    unsigned = sum(not each.scenario.agreed_by for each in tried)
    what = "1 scenario" if len(tried) == 1 else f"{len(tried)} scenarios"
    agreed = "" if unsigned in (0, len(tried)) else f"; {unsigned} not agreed by anybody"
    return f"{what}: {len(tried) - failed} ok, {failed} failed{agreed}"


def tried_as_json(tried: Tried) -> dict[str, object]:
    """Return what came of a scenario; instants RFC 3339 in UTC, durations in seconds, as readings have them."""
    scenario = tried.scenario
    return {
        "rule": scenario.rule,
        "file": scenario.file,
        "title": scenario.title,
        "clause": scenario.clause,
        "agreed_by": [
            {"name": each.name, "of": each.party, "date": None if each.on is None else each.on.isoformat()}
            for each in scenario.agreed_by
        ],
        "ok": tried.ok,
        "differences": [
            {"path": each.path, "line": each.line, "expected": _plain(each.expected), "found": each.found}
            for each in tried.differences
        ],
        "why": None if tried.ok else why_differs(tried),
    }


def why_differs(tried: Tried) -> str | None:
    """Return the explanation of the clocks that differ; None of a ticket that cannot be measured."""
    scenario = tried.scenario
    agreements = _only(scenario.agreements, tried.targets) if tried.targets else scenario.agreements
    try:
        return explain(scenario.timeline, agreements, as_of=scenario.as_of, incident=scenario.incident)
    except ValueError:
        # What could not be measured is the difference itself.
        return None


def _only(agreements: Agreements, targets: frozenset[str]) -> Agreements:
    """Return the agreements without other targets, so that only what matters is explained."""
    contracts = []
    for contract in agreements.contracts:
        revisions = tuple(
            replace(revision, targets=tuple(target for target in revision.targets if target.name in targets))
            for revision in contract.revisions
        )
        contracts.append(replace(contract, revisions=revisions))
    return replace(agreements, contracts=tuple(contracts))


def _named(scenario: Scenario) -> str:
    notes = [f"clause {scenario.clause}"] if scenario.clause else []
    if scenario.agreed_by:
        notes.append(f"agreed by {', '.join(map(_agreed, scenario.agreed_by))}")
    title = f": {scenario.title}" if scenario.title else ""
    noted = f" ({'; '.join(notes)})" if notes else ""
    return f"{scenario.rule}{title}{noted}"


def _agreed(agreed: Agreed) -> str:
    party = f" for {agreed.party}" if agreed.party else ""
    return f"{agreed.name}{party}{f' on {agreed.on}' if agreed.on else ''}"


def _found(difference: Difference, scenario: Scenario) -> str:
    found = difference.found
    if isinstance(difference.expected, Span) and isinstance(found, int | float) and not isinstance(found, bool):
        return _words(Span(round(found * 1_000_000)), scenario)
    if isinstance(found, str):
        try:
            return _words(parse_instant(found, ""), scenario)
        except TimelineError:
            return found
    return _words(found, scenario)


def _words(value: object, scenario: Scenario) -> str:
    if isinstance(value, datetime):
        return instant_text(value) if scenario.zone == "UTC" else f"{local(value, scenario.zone)} {scenario.zone}"
    if isinstance(value, Span):
        return f"{duration_text(value.us)} ({seconds(value.us)} s)"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return instant_text(value)
    return seconds(value.us) if isinstance(value, Span) else value
