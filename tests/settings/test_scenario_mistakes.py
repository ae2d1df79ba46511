"""What is wrong with a scenario is told with its file, line and place; all of it at once, and nothing is guessed."""

from pathlib import Path

import pytest

from syncd.errors import ConfigError
from syncd.settings.scenario_files import load_scenarios

GOOD = """\
times in: Europe/Berlin
target: {metric: resolution, goals: {P2: 4h}}
events:
  - {at: 2026-03-02 08:00, kind: opened, by: customer, vendor: acme, priority: P2}
  - {at: 2026-03-02 13:00, kind: phase, by: vendor, to: resolved}
as_of: 2026-03-08 00:00
expect:
  cycles: [{verdict: missed}]
"""
CONTRACT = """\
contract: NAME
vendor: {id: acme}
time_zone: UTC
revisions:
  - effective: {from: 2026-01-01}
    covers: [{source: snow}]
    targets: [{name: fix, metric: resolution, goals: {P2: 4h}, calendar: always}]
"""
ABOUT_A_CONTRACT = GOOD.replace("target: {metric: resolution, goals: {P2: 4h}}", "timeline: {source: snow}").replace(
    "cycles: [{verdict: missed}]", "fix: {cycles: [{verdict: missed}]}"
)
KEYS = (
    "vendor, source, ticket, contract, revision, target, uncovered, metric, as_of, flags, linked, measured_elsewhere, "
    "rejected, cycles"
)


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    """A contract and its calendar."""
    folder = tmp_path / "contracts"
    folder.mkdir()
    (folder / "calendars.yaml").write_text("calendars: [{name: always, time_zone: UTC, hours: always}]\n")
    (folder / "one.yaml").write_text(CONTRACT.replace("NAME", "one"))
    return folder


def findings(text: str, folder: Path, *contracts: Path) -> list[str]:
    path = folder / "rule.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_scenarios([path], contracts)
    return [finding.replace(f"{folder}/", "") for finding in caught.value.findings]


@pytest.mark.parametrize("time", ["0001-01-01 00:00", "9999-12-31 23:59"])
def test_a_local_time_at_the_end_of_all_years_is_told(tmp_path: Path, time: str) -> None:
    text = GOOD.replace("2026-03-08 00:00", time).replace(
        "Europe/Berlin", "Etc/GMT+12" if "9" in time else "Etc/GMT-14"
    )
    (found,) = findings(text, tmp_path)
    assert found.startswith(f'rule.yaml:6: as_of: found "{time}"; allowed: a local time such as 2026-03-02 09:00')


@pytest.mark.parametrize(("key", "words"), [("ledger", "vendor, other_vendor"), ("raw", "verdict, period")])
def test_an_object_in_which_nothing_is_expected_shows_nothing(tmp_path: Path, key: str, words: str) -> None:
    (found,) = findings(GOOD.replace("verdict: missed", f"{key}: {{}}"), tmp_path)
    assert found.startswith(
        f"rule.yaml:8: expect.cycles[0].{key}: expects nothing; name what must be in it, of {words}"
    )


def test_without_a_mistake_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "rule.yaml"
    path.write_text(GOOD)
    (scenario,) = load_scenarios([path]).scenarios
    assert scenario.rule == "rule"


@pytest.mark.parametrize(
    ("written", "instead", "told"),
    [
        pytest.param("as_of:", "asof:", [
            "rule.yaml:1: as_of: is required, but missing: The instant at which it is asked what came of it",
            "rule.yaml:6: asof: unknown key; allowed: title, clause, agreed_by, times in, about",
        ], id="a key that there is not"),
        pytest.param("goals: {P2: 4h}", "goals: {P2: 1d}", [
            'rule.yaml:2: target.goals.P2: "1d" does not say how its days are counted: as hours of service',
        ], id="a mistake in its own target is told there"),
        pytest.param("goals: {P2: 4h}", "goals: {P2: 4h}, calendar: night", [
            'rule.yaml:2: target.calendar.default: there is no calendar "night"; allowed: always, office',
        ], id="a calendar that there is not"),
        pytest.param("target:", "calendars: [{name: night, time_zone: UTC, hours: never}]\ntarget:", [
            "rule.yaml:2: calendars[0].hours",
        ], id="a mistake in a calendar of its own"),
        pytest.param("target:", "contract: {time_zone: Mars}\ntarget:", [
            'rule.yaml:2: contract.time_zone: found "Mars"; allowed: an IANA time zone, such as Europe/Berlin or UTC',
        ], id="a mistake in its contract"),
        pytest.param("target:", "revisions: [{effective: {form: 2026-01-01}}]\ntarget:", [
            "rule.yaml:2: revisions[0].effective.from: is required, but missing",
            "rule.yaml:2: revisions[0].effective.form: unknown key; allowed: from, until",
        ], id="a mistake in a revision of its contract"),
        pytest.param("target:", "covers: [{sauce: desk}]\ntarget:", [
            "rule.yaml:2: covers[0].source: is required, but missing",
            "rule.yaml:2: covers[0].sauce: unknown key; allowed: source, attributes",
        ], id="a mistake in what it covers"),
        pytest.param("target:", "exclusions: [{id: X-1}]\ntarget:", [
            "rule.yaml:2: exclusions[0].clause: is required, but missing",
            "rule.yaml:2: exclusions[0].author: is required, but missing",
            "rule.yaml:2: exclusions[0].approver: is required, but missing",
            "rule.yaml:2: exclusions[0].evidence: is required, but missing",
        ], id="a mistake in an exclusion"),
        pytest.param("kind: opened, by: customer", "kind: open, by: customer", [
            "rule.yaml:4: events[0].kind: 'open' is none of opened",
        ], id="a kind of event that there is not"),
        pytest.param("to: resolved", "too: resolved", [
            "rule.yaml:5: events[1].too: an event of kind phase has no such field",
        ], id="a field of an event that there is not"),
        pytest.param("at: 2026-03-02 08:00", "at: yesterday", [
            'rule.yaml:4: events[0].at: found "yesterday"; allowed: a local time such as 2026-03-02 09:00 in Eur',
        ], id="a time that is none"),
        pytest.param("as_of: 2026-03-08 00:00", "as_of: 2026-03-08", [
            'rule.yaml:6: as_of: found "2026-03-08"; allowed: a local time such as 2026-03-02 09:00',
        ], id="a day is no instant"),
        pytest.param("as_of: 2026-03-08 00:00", "as_of: 2026-10-25 02:30", [
            "rule.yaml:6: as_of: 2026-10-25 02:30:00 happens twice in Europe/Berlin; write 2026-10-25T02:30",
        ], id="a local time that happens twice"),
        pytest.param("as_of: 2026-03-08 00:00", "as_of: 2026-03-29 02:30", [
            "rule.yaml:6: as_of: 2026-03-29 02:30:00 does not exist in Europe/Berlin: the clock skips it",
        ], id="a local time that the clock skips"),
        pytest.param("times in: Europe/Berlin", "title: Without a zone", [
            'rule.yaml:4: events[0].at: found "2026-03-02 08:00"; allowed: an instant with its offset',
            "rule.yaml:5: events[1].at",
            "rule.yaml:6: as_of",
        ], id="local times need a zone"),
        pytest.param("  cycles: [{verdict: missed}]", "  {}", [
            "rule.yaml:7: expect: found an empty mapping; a scenario that expects nothing shows nothing",
        ], id="nothing expected"),
        pytest.param("cycles: [{verdict: missed}]", "clock: {}", [
            "rule.yaml:8: expect.clock: expects nothing of clock",
        ], id="nothing expected of a target"),
        pytest.param("cycles:", "cycels:", [
            f"rule.yaml:8: expect.cycels: unknown key; allowed: {KEYS}, or by target: clock",
        ], id="a key of a reading that there is not"),
        pytest.param("verdict: missed", "verdikt: missed", [
            "rule.yaml:8: expect.cycles[0].verdikt: unknown key; allowed: number, false_resolves, misses",
        ], id="a key of a cycle that there is not"),
        pytest.param("verdict: missed", "verdict: late", [
            'rule.yaml:8: expect.cycles[0].verdict: found "late"; allowed: met, missed',
        ], id="a verdict that there is not"),
        pytest.param("verdict: missed", "elapsed: 2 working days", [
            'rule.yaml:8: expect.cycles[0].elapsed: found "2 working days"; allowed: hours, minutes and seconds',
        ], id="working days are no elapsed time"),
        pytest.param("verdict: missed", "elapsed: 4h, elapsed_seconds: 14400", [
            "rule.yaml:8: expect.cycles[0].elapsed_seconds: says again what another key says of elapsed_seconds",
        ], id="one thing twice"),
        pytest.param("verdict: missed", "elapsed_seconds: 0.0000001", [
            "rule.yaml:8: expect.cycles[0].elapsed_seconds: found 1E-7; allowed: a number of",
        ], id="finer than a microsecond"),
        pytest.param("verdict: missed", "pauses: {cause: customer}", [
            "rule.yaml:8: expect.cycles[0].pauses: found a mapping; allowed: a list",
        ], id="pauses are a list"),
        pytest.param("times in: Europe/Berlin", "times in: Berlin", [
            'rule.yaml:1: ["times in"]: found "Berlin"; allowed: an IANA time zone',
        ], id="a zone that there is not"),
        pytest.param("target:", "agreed_by: [{nome: Ada}]\ntarget:", [
            "rule.yaml:2: agreed_by[0].name: is required, but missing: Who agreed",
            "rule.yaml:2: agreed_by[0].nome: unknown key; allowed: name, of, date",
        ], id="a signature without a name"),
        pytest.param("target:", "timeline: {quality: poor}\ntarget:", [
            "rule.yaml:2: timeline.quality: 'poor' is none of full",
        ], id="a quality that there is not"),
        pytest.param("target:", "about: acme-msp\ntarget:", [
            "rule.yaml:2: about: a scenario with a target of its own is about no other contract",
        ], id="its own target and another contract"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_where_it_is(written: str, instead: str, told: list[str], tmp_path: Path) -> None:
    assert written in GOOD
    found = findings(GOOD.replace(written, instead, 1), tmp_path)
    assert len(found) == len(told), found
    assert [line[: len(start)] for line, start in zip(found, told, strict=True)] == told


@pytest.mark.parametrize(
    ("written", "instead", "told"),
    [
        pytest.param("fix:", "mend:", ["rule.yaml:8: expect.mend: unknown key; allowed: targets fix"],
                     id="a target that there is not"),
        pytest.param("fix: {cycles: [{verdict: missed}]}", "cycles: []", [
            "rule.yaml:8: expect.cycles: unknown key; allowed: targets fix",
        ], id="of a contract the target is named"),
        pytest.param("fix: {cycles: [{verdict: missed}]}", "- {cycles: []}", [
            "rule.yaml:8: expect[0]: allowed: a mapping that names its target, and what must come of it",
        ], id="in a list the target is named"),
        pytest.param("fix: {cycles: [{verdict: missed}]}", "- {target: mend, cycles: []}", [
            'rule.yaml:8: expect[0].target: found "mend"; allowed: fix',
        ], id="in a list a target that there is not"),
        pytest.param("fix: {cycles: [{verdict: missed}]}", "- {target: fix, contract: two, cycles: []}", [
            'rule.yaml:8: expect[0].contract: no contract "two" has a target fix; allowed: one',
        ], id="a contract that has no such target"),
        pytest.param("timeline: {source: snow}", "covers: []", [
            "rule.yaml:1: timeline: source is required: the source whose ticket it is; contracts cover snow",
            "rule.yaml:2: covers: stands only beside a target of the scenario's own",
        ], id="whose ticket it is"),
        pytest.param("timeline:", "about: two\ntimeline:", [
            'rule.yaml:2: about: found "two"; allowed: one',
            "rule.yaml:9: expect.fix: unknown key; allowed: targets none",
        ], id="a contract that there is not"),
        pytest.param("timeline:", "exclusions: [{id: X, contract: one, targets: mend, ticket: {source: snow, "
                     "ticket: T-1}, clause: '1', author: Ada, approver: Max, evidence: 'https://example.com/1'}]\n"
                     "timeline:", [
            'rule.yaml:2: exclusions[0].targets: there is no target "mend" in contract one; allowed: fix',
        ], id="an exclusion of what there is not"),
    ],
)  # fmt: skip
def test_of_a_given_contract_only_what_it_holds_can_be_expected(
    written: str, instead: str, told: list[str], tmp_path: Path, contracts: Path
) -> None:
    assert written in ABOUT_A_CONTRACT
    assert findings(ABOUT_A_CONTRACT.replace(written, instead, 1), tmp_path, contracts) == told


def test_a_target_of_two_contracts_must_say_which(tmp_path: Path, contracts: Path) -> None:
    (contracts / "two.yaml").write_text(CONTRACT.replace("NAME", "two"))
    assert findings(ABOUT_A_CONTRACT, tmp_path, contracts) == [
        "rule.yaml:8: expect.fix: target fix is in contracts one, two; say at the top which one it is about"
    ]
    path = tmp_path / "rule.yaml"
    path.write_text(f"about: two\n{ABOUT_A_CONTRACT}")
    (scenario,) = load_scenarios([path], [contracts]).scenarios
    assert [each.contract for each in scenario.expectations] == ["two"]


def test_without_a_contract_a_scenario_without_a_target_is_about_nothing(tmp_path: Path) -> None:
    (first, *_) = findings(ABOUT_A_CONTRACT, tmp_path)
    assert first.startswith("rule.yaml:1: has no target of its own, so it is about a contract")


def test_mistakes_of_the_contracts_are_told_beside_those_of_the_scenario(tmp_path: Path, contracts: Path) -> None:
    path = contracts / "one.yaml"
    path.write_text(path.read_text().replace("calendar: always", "calendar: never"))
    found = findings(ABOUT_A_CONTRACT.replace("verdict: missed", "verdict: late"), tmp_path, contracts)
    assert any(line.startswith("contracts/one.yaml:7: revisions[0].targets[0].calendar") for line in found), found


def test_a_folder_without_scenarios_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("nothing here")
    with pytest.raises(ConfigError, match=r"holds no \.yaml or \.yml file"):
        load_scenarios([tmp_path])
