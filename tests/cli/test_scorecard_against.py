"""`syncd scorecard compute`: with bounds and exclusions, and two sets of contracts side by side."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from syncd.domain.names import Metric
from syncd.domain.scorecard import ScorecardRow
from syncd.report.scorecards import (
    pair_as_json,
    pair_cells,
    points_text,
    scorecard_as_json,
    scorecard_cells,
    side_by_side,
)
from tests.cli.command import syncd_command as syncd

MARCH = ("--period", "2026-03", "--as-of", "2026-04-01T00:00:00Z")
HOUR_US = 3_600_000_000


@pytest.fixture
def proposal(agreements: Path, tmp_path: Path) -> Path:
    """The same contract under another name, with a response goal of an hour for P2, without the other target."""
    folder = tmp_path / "proposal"
    folder.mkdir()
    for path in agreements.iterdir():
        text = path.read_text().replace("P2: 30m", "P2: 1h").replace("contract: acme-msp", "contract: acme-new")
        (folder / path.name).write_text(text.partition("      - name: fix")[0])
    return folder


def test_two_scorecards_side_by_side(agreements: Path, proposal: Path, example: str) -> None:
    done = syncd(
        "scorecard", "compute", "--contracts", agreements, "--against", proposal, *MARCH, stdin=example
    )  # fmt: skip
    assert done.code == 0, done.err
    pairs = {(pair["target"], pair["priority"]): pair for pair in json.loads(done.out)}
    response = pairs["response", None]
    assert (response["ours"]["met"], response["theirs"]["met"]) == (0, 1)
    assert (response["ours"]["contract"], response["theirs"]["contract"]) == ("acme-msp", "acme-new")
    assert response["difference"] == {"n": 0, "met": 1, "missed": -1, "attainment": 1.0, "attainment_exact": "1/1"}
    assert pairs["fix", None]["theirs"] is None
    assert pairs["fix", None]["difference"] is None


def test_side_by_side_as_a_table(agreements: Path, proposal: Path, example: str) -> None:
    done = syncd(
        "scorecard", "compute", "--contracts", agreements, "--against", proposal, *MARCH, "--output", "table",
        stdin=example,
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "0 -> 1" in done.out
    assert "Scorecard 2026-03: acme-msp, acme-new" in done.out
    assert [line.partition(" Score: ")[0] for line in done.out.splitlines() if " Score: " in line] == [
        "ours, acme-msp:", "theirs, acme-new:",
    ]  # fmt: skip


CREDITS = """    credits:
      monthly_fee: 12000.00
      cap: 20%
      claim_within: 30 days
      tiers:
        - {target: fix, below: 90%, credit: 5%}
        - {target: response, below: 80%, credit: 10%}
"""


def test_credits_and_the_score_are_the_contract_s_and_stand_in_its_rows(
    agreements: Path, proposal: Path, example: str
) -> None:
    contract = agreements / "acme-msp.yaml"
    contract.write_text(contract.read_text() + CREDITS)
    arguments = ("scorecard", "compute", "--contracts", agreements, *MARCH)
    rows = json.loads(syncd(*arguments, stdin=example).out)
    whole = [row for row in rows if row["priority"] is None]
    assert len(whole) == 2
    for row in whole:
        found = row["credits"]
        assert (found["fee"], found["cap"], found["total"], found["currency"]) == (12_000, 2_400, 1_800, None)
        assert [(item["target"], item["below"], item["amount"]) for item in found["items"]] == [
            ("response", 0.8, 1200), ("fix", 0.9, 600),
        ]  # fmt: skip
        assert row["score"]["value"] == 0.0
        assert [part["target"] for part in row["score"]["parts"]] == ["response", "fix"]
    assert all("credits" not in row for row in rows if row["priority"] is not None)
    table = syncd(*arguments, "--output", "table", stdin=example).out
    assert "acme-msp: Credits at stake: 1800.00 of the fee currency." in table
    assert "fix: 0.00 % is below 90 %, which costs 5 % of 12000.00 = 600.00." in table
    pairs = json.loads(syncd(*arguments, "--against", proposal, stdin=example).out)
    response = next(pair for pair in pairs if pair["target"] == "response" and pair["priority"] is None)
    assert response["ours"]["credits"]["total"] == 1800
    assert response["theirs"]["credits"] is None
    assert response["theirs"]["score"]["value"] == 1.0


def test_a_ticket_that_cannot_be_measured_is_on_neither_side(agreements: Path, proposal: Path, example: str) -> None:
    arguments = ("scorecard", "compute", "--contracts", agreements, *MARCH)
    done = syncd(*arguments, "--against", proposal, stdin=f"no line\n{example}")
    assert done.code == 1
    assert "line 1" in done.err
    assert json.loads(done.out)[0]["difference"]["n"] == 0


def test_a_period_that_one_side_does_not_have_is_a_usage_error(agreements: Path, proposal: Path, example: str) -> None:
    contract = proposal / "acme-msp.yaml"
    contract.write_text(contract.read_text().replace("revisions:", "period: quarter\nrevisions:", 1))
    done = syncd("scorecard", "compute", "--contracts", agreements, "--against", proposal, *MARCH, stdin=example)
    assert done.code == 2
    assert "acme-new" in done.err


def a_row(**more: Any) -> ScorecardRow:
    facts: dict[str, Any] = {
        "vendor": "acme", "contract": "acme-msp", "target": "fix", "metric": Metric.RESOLUTION, "priority": "P1",
        "period": "2026-03", "met": 19, "missed": 1, "pending": 2, "unverifiable": 0, "excluded": 3,
        "objective": Fraction(9, 10),
    }  # fmt: skip
    return ScorecardRow(**{**facts, **more})


def test_a_table_has_columns_for_what_some_row_has() -> None:
    assert list(scorecard_cells([a_row()])[0]) == [
        "target", "priority", "n", "met", "missed", "pending", "attainment", "objective", "attained",
    ]  # fmt: skip
    assert "pending" not in scorecard_cells([a_row(pending=0)])[0]
    assert [row["unverifiable"] for row in scorecard_cells([a_row(unverifiable=1), a_row()])] == [1, 0]
    bounded = a_row(
        unadjusted=(18, 2), provisional=4, maximum_us=8 * HOUR_US, average_us=2 * HOUR_US, longest_us=9 * HOUR_US,
        mean_us=Fraction(4 * HOUR_US + 1, 2), beyond=True,
    )  # fmt: skip
    other = a_row(contract="other", target="plain")
    first, second = scorecard_cells([bounded, other])
    assert (first["contract"], first["raw"], first["provisional"]) == ("acme-msp", "90.00 %", 4)
    assert (first["longest"], first["mean"]) == ("9h > 8h", "2h0.000001s > 2h")
    assert (first["attained"], second["attained"]) == ("no", "yes")
    assert (second["raw"], second["longest"]) == ("95.00 %", "")


@pytest.mark.parametrize(
    ("row", "objective", "attained"),
    [
        pytest.param(a_row(min_volume=30, allowed_misses=1), "1 missed (n below 30)", "yes", id="few: misses decide"),
        pytest.param(a_row(min_volume=20, allowed_misses=0), "90.00 %", "yes", id="enough: the share decides"),
        pytest.param(a_row(maximum_us=1, beyond=None), "90.00 %", "not known", id="tallies cannot tell"),
        pytest.param(a_row(objective=None), "", "", id="nothing was agreed"),
        pytest.param(a_row(met=0, missed=0), "90.00 %", "", id="nothing was decided"),
    ],
)  # fmt: skip
def test_what_was_agreed_and_reached_in_words(row: ScorecardRow, objective: str, attained: str) -> None:
    (cells,) = scorecard_cells([row])
    assert (cells["objective"], cells["attained"]) == (objective, attained)


def test_a_row_as_json_has_raw_figures_and_durations_in_seconds() -> None:
    found = scorecard_as_json(
        a_row(unadjusted=(18, 2), longest_us=HOUR_US, maximum_us=2 * HOUR_US, mean_us=Fraction(10, 3), average_us=3)
    )
    assert (found["raw_met"], found["raw_missed"], found["raw_attainment_exact"]) == (18, 2, "9/10")
    assert (found["longest_seconds"], found["maximum_seconds"]) == (3600, 7200)
    # Beyond the average by a part of a microsecond, it is not shown as the average.
    assert (found["mean_seconds"], found["mean_seconds_exact"], found["average_seconds"]) == (4e-06, "1/300000", 3e-06)
    assert "to_approve" not in found
    assert scorecard_as_json(a_row(priority=None))["to_approve"] == []


def test_rows_belong_together_by_contract_first_and_then_by_vendor() -> None:
    mine = [a_row(), a_row(contract="second"), a_row(target="mine")]
    others = [a_row(contract="proposal", met=1), a_row(met=2), a_row(target="theirs")]
    pairs = [(one and (one.contract, one.target), two and (two.contract, two.met)) for one, two in
             side_by_side(mine, others)]  # fmt: skip
    assert pairs == [
        (("acme-msp", "fix"), ("acme-msp", 2)),
        (("second", "fix"), ("proposal", 1)),
        (("acme-msp", "mine"), None),
        (None, ("acme-msp", 19)),
    ]


def test_a_row_of_one_side_alone_has_no_difference() -> None:
    assert pair_as_json((None, a_row()))["difference"] is None
    (cells,) = pair_cells([(None, a_row())])
    assert (cells["n"], cells["ours"], cells["theirs"], cells["points"]) == (
        "- -> 20", "no such row", "95.00 %, attained", "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(Fraction(1, 8), "+12.50", id="better under theirs"),
        pytest.param(Fraction(-1, 8), "-12.50", id="worse under theirs"),
        pytest.param(Fraction(0), "0.00", id="no change"),
        pytest.param(Fraction(-1, 10**6), "-0.0001", id="a small change is not shown as none"),
    ],
)
def test_a_change_in_points(change: Fraction, expected: str) -> None:
    assert points_text(change) == expected
