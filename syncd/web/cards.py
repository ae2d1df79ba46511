"""The scorecard page's contents: a table for each contract, figures in words that are never better than the facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from syncd.domain.account import Account
from syncd.domain.scorecard import ScorecardRow, percent_text
from syncd.report.accounts import account_sentences

ALL_PRIORITIES = "all"


@dataclass(frozen=True, slots=True)
class CardLine:
    """One row of a contract's table."""

    row: ScorecardRow
    priority: str
    attainment: str
    objective: str
    result: str


@dataclass(frozen=True, slots=True)
class Card:
    """One contract's table."""

    vendor: str
    contract: str
    lines: Sequence[CardLine]
    comes_to: Sequence[str] = ()
    """Sentences about credits and the score."""

    @property
    def below(self) -> int:
        """How many of its promises are below their objective."""
        return sum(line.row.attained is False for line in self.lines)

    @property
    def judged(self) -> int:
        """How many of its promises are held against an objective."""
        return sum(line.row.attained is not None for line in self.lines)


def cards(rows: Sequence[ScorecardRow], vendors: Mapping[str, str], accounts: Sequence[Account] = ()) -> list[Card]:
    """Return the rows by vendor and contract, each target's row for all priorities before those by priority."""
    comes_to = {account.contract: tuple(account_sentences(account)) for account in accounts}
    ordered = sorted(
        rows,
        key=lambda row: (
            vendors.get(row.vendor, row.vendor), row.contract, row.period, row.target, row.priority or "",
        ),
    )  # fmt: skip
    return [
        Card(vendors.get(vendor, vendor), contract, [_line(row) for row in group], comes_to.get(contract, ()))
        for (vendor, contract), group in groupby(ordered, key=lambda row: (row.vendor, row.contract))
    ]


def _line(row: ScorecardRow) -> CardLine:
    share = row.attainment
    return CardLine(
        row=row,
        priority=row.priority or ALL_PRIORITIES,
        attainment="" if share is None else percent_text(share, row.objective),
        objective="" if row.objective is None else _agreed(row.objective),
        result=_result(row),
    )


def _agreed(objective: Fraction) -> str:
    """Return an objective as it was probably written: without the decimals it does not need."""
    if (objective * 100).denominator == 1:
        return percent_text(objective, objective, 0)
    return percent_text(objective, objective)


def _result(row: ScorecardRow) -> str:
    if row.n == 0:
        return "nothing decided"
    if row.attained is None:
        return "no objective" if row.beyond is False else "times unknown"
    return "attained" if row.attained else "below"
