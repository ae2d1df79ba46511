"""What a contract's period comes to beyond its rows: the credits that its misses cost, and its score."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from syncd.domain.contract import Agreements, Contract, Revision
from syncd.domain.credit import Credits, credits_of
from syncd.domain.period import Period, period_named
from syncd.domain.score import Score, score_of
from syncd.domain.scorecard import ScorecardRow


@dataclass(frozen=True, slots=True)
class Account:
    """One contract in one period, by the newest revision that is in force in it."""

    vendor: str
    contract: str
    period: str
    credits: Credits | None
    score: Score


def account_of(contract: Contract, period: Period, rows: Sequence[ScorecardRow]) -> Account | None:
    """Return what a contract's own rows of a period come to; None where it was not in force."""
    revision = _governing(contract, period)
    if revision is None:
        return None
    return Account(
        contract.vendor.id,
        contract.id,
        period.name,
        credits_of(contract, revision, period, rows),
        score_of(revision, rows),
    )


def accounts_of(agreements: Agreements, rows: Iterable[ScorecardRow]) -> list[Account]:
    """Return what a scorecard's rows come to, contract by contract, in the order of the contracts."""
    by_contract: dict[str, list[ScorecardRow]] = {}
    for row in rows:
        by_contract.setdefault(row.contract, []).append(row)
    found = [
        account_of(contract, period_named(contract, own[0].period), own)
        for contract in agreements.contracts
        if (own := by_contract.get(contract.id))
    ]
    return [account for account in found if account is not None]


def _governing(contract: Contract, period: Period) -> Revision | None:
    if contract.until is not None and contract.until <= period.start:
        return None
    begun = [revision for revision in contract.revisions if revision.effective_from < period.end]
    return begun[-1] if begun else None
