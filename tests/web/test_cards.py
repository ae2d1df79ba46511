"""The scorecard page's figures and words."""

from dataclasses import replace
from fractions import Fraction

import pytest

from syncd.domain.scorecard import ScorecardRow
from syncd.web.cards import cards
from tests.web.facts import A_ROW, AN_ACCOUNT, ROWS

NAMES = {"acme": "ACME Managed Services", "globex": "Globex & Sons"}


def test_a_table_for_each_contract_with_all_priorities_before_each() -> None:
    assert [
        (card.vendor, card.contract, [(line.row.target, line.priority) for line in card.lines])
        for card in cards(list(reversed(ROWS)), NAMES)
    ] == [
        ("ACME Managed Services", "acme-msp", [("fix", "all"), ("fix", "P1"), ("response", "all")]),
        ("Globex & Sons", "globex-wan", [("response", "all")]),
    ]


def test_two_contracts_of_one_vendor_stay_apart() -> None:
    rows = [A_ROW, replace(A_ROW, contract="acme-wan"), replace(A_ROW, target="fix")]
    assert [(card.contract, len(card.lines)) for card in cards(rows, NAMES)] == [("acme-msp", 2), ("acme-wan", 1)]


@pytest.mark.parametrize(
    ("row", "attainment", "objective", "result"),
    [
        pytest.param(A_ROW, "94.96 %", "95 %", "below", id="94.96 % is below 95 % and shown so"),
        pytest.param(
            replace(A_ROW, met=949_996, missed=50_004),
            "94.99 %",
            "95 %",
            "below",
            id="not rounded across the objective",
        ),
        pytest.param(replace(A_ROW, met=95, missed=5), "95.00 %", "95 %", "attained", id="exactly the objective"),
        pytest.param(replace(A_ROW, met=0, missed=0), "", "95 %", "nothing decided", id="nothing decided"),
        pytest.param(replace(A_ROW, objective=None), "94.96 %", "", "no objective", id="no objective"),
        pytest.param(
            replace(A_ROW, met=95, missed=5, maximum_us=1, beyond=None),
            "95.00 %",
            "95 %",
            "times unknown",
            id="a share that suffices is not attained while a maximum was not checked",
        ),
        pytest.param(
            replace(A_ROW, objective=Fraction(999, 1000)), "94.96 %", "99.90 %", "below", id="a finer objective"
        ),
    ],
)
def test_a_line_in_words(row: ScorecardRow, attainment: str, objective: str, result: str) -> None:
    (card,) = cards([row], NAMES)
    (line,) = card.lines
    assert (line.attainment, line.objective, line.result) == (attainment, objective, result)


def test_promises_below_their_objective_are_counted() -> None:
    without = replace(A_ROW, target="fix", objective=None)
    assert [(card.below, card.judged) for card in cards([*ROWS, without], NAMES)] == [(1, 2), (0, 0)]


def test_what_a_contract_s_period_comes_to_stands_with_its_table_and_no_other() -> None:
    ours, theirs = cards(ROWS, NAMES, [AN_ACCOUNT])
    assert list(ours.comes_to) == [
        "Credits at stake: 600.00 EUR.",
        "response: 94.96 % is below 95 %, which costs 5 % of 12000.00 = 600.00.",
        "To be claimed before 2026-04-30 22:00 UTC.",
        "Score: 97.00 %.",
    ]
    assert list(theirs.comes_to) == []
