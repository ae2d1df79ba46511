"""Every rule of the clock as a ticket worked out by hand: the file name is the rule.

A scenario holds `target` (and, where it matters, `calendars`, `covers`, `contract`, `revisions` and `exclusions`) as
contracts are written, `events` as timelines are, `as_of`, and what to `expect` of the reading: the keys that matter, as
`syncd measure` prints them. Calendars `always` and `office` (Monday to Friday, 09:00 to 17:00 UTC) are there. An event
without an id is `e1`, `e2`, ... by its place. `syncd contract test tests/golden` runs the same files.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from syncd.domain.scenario import Expected, Plain, Scenario, Span, Tried
from syncd.report.scenarios import lines_of, tried_as_text
from syncd.services.scenario import try_scenario
from syncd.settings.scenario_files import load_scenarios

SCENARIOS = sorted((Path(__file__).parent / "clocks").glob("*.yaml"))


@cache
def scenario_in(path: Path) -> Scenario:
    (scenario,) = load_scenarios([path]).scenarios
    return scenario


def tried(scenario: Scenario) -> Tried:
    return try_scenario(scenario, lines_of)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem.replace("-", " "))
def test_scenario(path: Path) -> None:
    outcome = tried(scenario_in(path))
    assert outcome.ok, "\n".join(tried_as_text(outcome))


def test_there_are_scenarios() -> None:
    assert len(SCENARIOS) > 60


def another(value: Plain) -> Plain:
    """A value that is not this one, as near as can be."""
    match value:
        case datetime():
            return value + timedelta(microseconds=1)
        case Span():
            return Span(value.us + 1)
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return f"{value}-"
        case None:
            return "something"


def falsified(expected: Expected) -> Iterator[Expected]:
    """The expectation with one value made wrong, for each value in it, and with one item too many in each list."""
    value = expected.value
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from (replace(expected, value={**value, key: wrong}) for wrong in falsified(item))
    elif isinstance(value, tuple):
        for n, item in enumerate(value):
            yield from (replace(expected, value=(*value[:n], wrong, *value[n + 1 :])) for wrong in falsified(item))
        yield replace(expected, value=(*value, expected))
    else:
        yield replace(expected, value=another(value))


@pytest.mark.parametrize("letter", sorted({path.name[0] for path in SCENARIOS}))
def test_whatever_value_of_a_scenario_were_wrong_it_would_fail(letter: str) -> None:
    blind: list[str] = []
    for path in SCENARIOS:
        if not path.name.startswith(letter):
            continue
        scenario = scenario_in(path)
        if not tried(scenario).ok:  # which is told by its own test
            continue
        for expectation in scenario.expectations:
            for wrong in falsified(expectation.keys):
                outcome = tried(replace(scenario, expectations=(replace(expectation, keys=wrong),)))
                if len(outcome.differences) != 1:
                    blind.append(f"{path.name}: {wrong}")
    assert blind == []


def test_a_wrong_scenario_fails_with_the_line_of_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "a-ticket-is-solved-in-no-time.yaml"
    path.write_text(
        "target: {metric: resolution, goals: {P2: 4h}}\n"
        "events:\n"
        "  - {at: 2026-03-02T08:00Z, kind: opened, by: customer, vendor: acme, priority: P2}\n"
        "  - {at: 2026-03-02T13:00Z, kind: phase, by: vendor, to: resolved}\n"
        "as_of: 2026-03-08T00:00Z\n"
        "expect:\n"
        "  cycles:\n"
        "    - verdict: met\n"
        "      elapsed: 5h\n"
    )
    outcome = tried(scenario_in(path))
    (difference,) = outcome.differences
    assert (difference.path, difference.line) == ("expect.cycles[0].verdict", 8)
    assert (difference.expected, difference.found) == ("met", "missed")
