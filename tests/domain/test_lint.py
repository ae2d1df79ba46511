"""Lint has nothing to say about a sound contract, and says everything about a bad one in order, once."""

import pytest

from syncd.domain.contract import Cover
from syncd.domain.lint_finding import LintFinding, Severity
from tests.domain.lint_samples import codes, contract, findings, fix, minutes, of, percent, revision


def test_a_sound_contract_has_no_findings() -> None:
    assert codes(contract()) == []


def test_errors_come_first_then_warnings_then_notes() -> None:
    bad = of(fix(floor=percent("95"), tolerance_us=minutes(600).us), fix(name="idle", when={"x": ()}, objective={}))
    assert codes(bad) == [
        "error never-fires",
        "error objective-below-floor",
        "warning tolerance-beyond-goal",
        "warning tolerance-beyond-goal",
        "note no-objective",
    ]


def test_a_finding_says_where_it_is_written_and_what_it_is_about() -> None:
    first, second = revision(), revision(fix(), fix(name="late", at_risk=percent("0"), when={"a": ("b",)}),
                                         begins="2026-02-01")  # fmt: skip
    found = [each for each in findings(contract(first, second)) if each.code == "at-risk-useless"]
    (each,) = found
    assert (each.contract, each.revision, each.target) == ("acme-msp", "2026-02-01", "late")
    assert each.place == ("revisions", 1, "targets", 1, "at_risk")


@pytest.mark.parametrize("each", findings(of(fix(min_volume=5, allowed_misses=1))), ids=lambda each: str(each.code))
def test_every_finding_says_what_is_wrong_what_it_means_and_how_to_end_it(each: LintFinding) -> None:
    assert each.severity is Severity.WARNING
    assert all(len(text) > 20 for text in (each.what, each.means, each.fix))


def test_a_contract_about_two_sources_is_told_that_an_incident_in_both_counts_twice() -> None:
    two = revision(covers=(Cover("snow"), Cover("mail", {"team": ("noc",)})))
    later = revision(covers=two.covers, begins="2026-02-01")
    (found,) = (each for each in findings(contract(two, later)) if each.code == "no-system-of-record")
    assert (found.severity, found.revision, found.place) == (Severity.NOTE, two.name, ("revisions", 0, "covers"))
    assert codes(contract(two)) == ["note no-system-of-record"]
    assert codes(contract(two, system_of_record=("snow",))) == []
    twice = revision(covers=(Cover("snow", {"team": ("noc",)}), Cover("snow", {"team": ("field",)})))
    assert codes(contract(twice)) == []
