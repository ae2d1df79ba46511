"""Lint sees dates that leave a revision without time, or cut a period in two."""

from typing import Any

import pytest

from syncd.domain.contract import Contract
from syncd.domain.names import PeriodKind, Transition
from tests.domain.lint_samples import codes, contract, day, findings, revision


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        pytest.param(
            contract(revision(), revision(begins="2027-02-01"), until=day("2027-01-01")),
            ["error revision-never-in-force"],
            id="it begins after the contract's end",
        ),
        pytest.param(
            contract(revision(), revision(begins="2027-01-01"), until=day("2027-02-01")), [], id="it begins before it"
        ),
        pytest.param(
            contract(revision(begins="2026-02-01"), revision(begins="2026-02-01")),
            ["error revision-never-in-force"],
            id="the next one begins on the same day",
        ),
        pytest.param(
            contract(revision(observe_from=day("2027-01-01")), until=day("2027-01-01")),
            ["error observed-after-end"],
            id="observed from the contract's end",
        ),
        pytest.param(
            contract(revision(observe_from=day("2026-12-31")), until=day("2027-01-01")), [], id="observed for a day"
        ),
        pytest.param(
            contract(revision(observe_from=day("2026-03-01")), revision(begins="2026-02-01")),
            ["error observed-after-end"],
            id="observed from after the next revision",
        ),
        pytest.param(
            contract(revision(notify_from=day("2027-01-01")), until=day("2027-01-01")),
            ["warning notified-after-end"],
            id="paging from the contract's end",
        ),
        pytest.param(contract(revision(notify_from=day("2027-01-01"))), [], id="a contract without end"),
    ],
)
def test_revisions_without_time(made: Contract, expected: list[str]) -> None:
    assert codes(made) == expected


@pytest.mark.parametrize(
    ("terms", "begins", "transition", "expected"),
    [
        pytest.param({}, "2026-02-15", Transition.NEW_TICKETS, True, id="in mid-month"),
        pytest.param({}, "2026-02-01", Transition.NEW_TICKETS, False, id="on the first of a month"),
        pytest.param({"anchor": 15}, "2026-02-15", Transition.NEW_TICKETS, False, id="on a contract month's first day"),
        pytest.param({"period": PeriodKind.QUARTER}, "2026-02-01", Transition.NEW_TICKETS, True, id="in a quarter"),
        pytest.param({}, "2026-02-15", Transition.WHOLE_PERIOD, False, id="for the whole period"),
        pytest.param({}, "2026-02-15", Transition.RUNNING_FROM_DATE, False, id="for running tickets too"),
    ],
)
def test_a_revision_in_mid_period(terms: dict[str, Any], begins: str, transition: Transition, expected: bool) -> None:
    found = codes(contract(revision(), revision(begins=begins, transition=transition), **terms))
    assert found == (["note revision-in-mid-period"] if expected else [])


def test_a_contract_that_begins_in_mid_period_is_nothing_to_note() -> None:
    assert codes(contract(revision(begins="2026-01-15"))) == []


def test_a_revision_in_mid_period_is_told_when_to_begin() -> None:
    (found,) = findings(contract(revision(), revision(begins="2026-02-15")))
    assert "begin on 2026-02-01 or 2026-03-01" in found.fix
