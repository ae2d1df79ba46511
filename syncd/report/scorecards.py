"""Scorecards as JSON and as the cells of a table."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from syncd.domain.account import Account
from syncd.domain.scorecard import ForApproval, ScorecardRow, percent_text, whole_us
from syncd.report.accounts import credits_as_json, score_as_json
from syncd.report.durations import duration_text
from syncd.report.ratios import exact, number
from syncd.report.readings import optional_instant, seconds

_NOTHING = "none decided"


Accounts = Mapping[str, Account]
"""By contract."""

_NO_ACCOUNTS: Accounts = {}


def scorecard_as_json(row: ScorecardRow, accounts: Accounts = _NO_ACCOUNTS) -> dict[str, object]:
    """Return one row; ratios as exact fractions in text beside their decimal value, null where nothing was decided.

    Durations are seconds. Raw figures are those before exclusions. `to_approve` stands in rows of all priorities only,
    and so do `credits` and `score`, which are the contract's: the same in each of its rows, null where there are none.
    """
    found: dict[str, object] = {
        "vendor": row.vendor,
        "contract": row.contract,
        "target": row.target,
        "metric": row.metric.value,
        "priority": row.priority,
        "period": row.period,
        "n": row.n,
        "met": row.met,
        "missed": row.missed,
        "pending": row.pending,
        "unverifiable": row.unverifiable,
        "excluded": row.excluded,
        "provisional": row.provisional,
        "attainment": number(row.attainment),
        "attainment_exact": exact(row.attainment),
        "raw_met": row.raw_met,
        "raw_missed": row.raw_missed,
        "raw_attainment": number(row.raw_attainment),
        "raw_attainment_exact": exact(row.raw_attainment),
        "objective": number(row.objective),
        "objective_exact": exact(row.objective),
        "min_volume": row.min_volume,
        "allowed_misses": row.allowed_misses,
        "longest_seconds": seconds(row.longest_us),
        "maximum_seconds": seconds(row.maximum_us),
        "mean_seconds": None if row.mean_us is None else seconds(whole_us(row.mean_us, row.average_us)),
        "mean_seconds_exact": None if row.mean_us is None else exact(row.mean_us / 1_000_000),
        "average_seconds": seconds(row.average_us),
        "beyond": row.beyond,
        "attained": row.attained,
    }
    if row.priority is None:
        account = accounts.get(row.contract)
        found["to_approve"] = [_for_approval(each) for each in row.to_approve]
        found["credits"] = None if account is None or account.credits is None else credits_as_json(account.credits)
        found["score"] = None if account is None else score_as_json(account.score)
    return found


def scorecard_cells(rows: Sequence[ScorecardRow]) -> list[dict[str, object]]:
    """Return the cells of a table, with columns for what only some contracts agree where any of the rows has it.

    Vendor and contract are columns only where there are several contracts, what is pending, unverifiable or provisional
    only where anything is; a terminal is narrow.
    """
    several = len({row.contract for row in rows}) > 1
    raw = any(row.unadjusted is not None for row in rows)
    beside = {
        "pending": any(row.pending for row in rows),
        "unverifiable": any(row.unverifiable for row in rows),
        "provisional": any(row.provisional for row in rows),
    }
    bounded = any(row.maximum_us is not None or row.average_us is not None for row in rows)
    found = []
    for row in rows:
        cells: dict[str, object] = {"vendor": row.vendor, "contract": row.contract} if several else {}
        cells |= {
            "target": row.target,
            "priority": row.priority or "all",
            "n": row.n,
            "met": row.met,
            "missed": row.missed,
        }
        counts = {"pending": row.pending, "unverifiable": row.unverifiable, "provisional": row.provisional}
        cells |= {name: "" if count is None else count for name, count in counts.items() if beside[name]}
        cells["attainment"] = share_text(row)
        if raw:
            cells["raw"] = _NOTHING if row.raw_attainment is None else percent_text(row.raw_attainment, row.objective)
        cells["objective"] = agreed_text(row)
        if bounded:
            cells["longest"] = _bounded(None if row.longest_us is None else Fraction(row.longest_us), row.maximum_us)
            cells["mean"] = _bounded(row.mean_us, row.average_us)
        cells["attained"] = {"attained": "yes", "not attained": "no"}.get(result_text(row), result_text(row))
        found.append(cells)
    return found


Pair = tuple[ScorecardRow | None, ScorecardRow | None]
"""What two scorecards say of one target and priority; None where one has no such row."""


def side_by_side(ours: Sequence[ScorecardRow], theirs: Sequence[ScorecardRow]) -> Iterator[Pair]:
    """Yield the rows of two scorecards in pairs, ours in order, then what only theirs has.

    Rows belong together that are of the same contract, target and priority; of those left, the ones of the same vendor,
    target and priority, because a proposal may go by another name.
    """
    named = {(row.contract, row.target, row.priority): row for row in theirs}
    found = {
        place: other
        for place, row in enumerate(ours)
        if (other := named.pop((row.contract, row.target, row.priority), None)) is not None
    }
    renamed = {(row.vendor, row.target, row.priority): key for key, row in reversed(named.items())}
    for place, row in enumerate(ours):
        if place not in found and (key := renamed.pop((row.vendor, row.target, row.priority), None)) is not None:
            found[place] = named.pop(key)
        yield row, found.get(place)
    for row in named.values():
        yield None, row


def pair_as_json(
    pair: Pair, ours_come_to: Accounts = _NO_ACCOUNTS, theirs_come_to: Accounts = _NO_ACCOUNTS
) -> dict[str, object]:
    """Return a row under two sets of contracts, null where one has none, and theirs less ours where both have it."""
    ours, theirs = pair
    known = ours or theirs
    found: dict[str, object] = {} if known is None else {
        "vendor": known.vendor,
        "contract": known.contract,
        "target": known.target,
        "priority": known.priority,
        "period": known.period,
    }  # fmt: skip
    found["ours"] = None if ours is None else scorecard_as_json(ours, ours_come_to)
    found["theirs"] = None if theirs is None else scorecard_as_json(theirs, theirs_come_to)
    change = _change(pair)
    found["difference"] = None if ours is None or theirs is None else {
        "n": theirs.n - ours.n,
        "met": theirs.met - ours.met,
        "missed": theirs.missed - ours.missed,
        "attainment": number(change),
        "attainment_exact": exact(change),
    }  # fmt: skip
    return found


def pair_cells(pairs: Sequence[Pair]) -> list[dict[str, object]]:
    """Return the cells of a table of two scorecards side by side: ours, theirs, and the change in attainment."""
    several = len({row.contract for pair in pairs for row in pair if row is not None}) > 1
    found: list[dict[str, object]] = []
    for ours, theirs in pairs:
        known = ours or theirs
        if known is None:
            continue
        cells: dict[str, object] = {"contract": known.contract} if several else {}
        cells |= {"target": known.target, "priority": known.priority or "all"}
        for figure in ("n", "met", "missed"):
            cells[figure] = _beside(*(None if row is None else getattr(row, figure) for row in (ours, theirs)))
        for whose, row in (("ours", ours), ("theirs", theirs)):
            cells[whose] = (
                "no such row" if row is None else ", ".join(filter(None, (share_text(row), result_text(row))))
            )
        change = _change((ours, theirs))
        cells["points"] = "" if change is None else points_text(change)
        found.append(cells)
    return found


def points_text(change: Fraction) -> str:
    """Return a change of a share in percentage points, with its sign; never 0 unless it is none."""
    sign = "+" if change > 0 else "-" if change < 0 else ""
    return sign + percent_text(abs(change)).removesuffix(" %")


def _change(pair: Pair) -> Fraction | None:
    ours, theirs = (None if row is None else row.attainment for row in pair)
    return None if ours is None or theirs is None else theirs - ours


def _beside(ours: int | None, theirs: int | None) -> str:
    """Two counts, one where they are the same."""
    shown = ["-" if count is None else str(count) for count in (ours, theirs)]
    return shown[0] if ours == theirs else " -> ".join(shown)


def share_text(row: ScorecardRow) -> str:
    """Return a row's attainment as people read it, never on the wrong side of its objective."""
    return _NOTHING if row.attainment is None else percent_text(row.attainment, row.objective)


def agreed_text(row: ScorecardRow) -> str:
    """Return what was agreed of a row's cycles; where few were decided, the number of misses allowed."""
    if row.objective is None:
        return ""
    if row.by_count and row.n:
        return f"{row.allowed_misses or 0} missed (n below {row.min_volume})"
    return percent_text(row.objective)


def result_text(row: ScorecardRow) -> str:
    """Return in a word whether what was agreed is reached."""
    if row.n == 0:
        return ""
    if row.attained is not None:
        return "attained" if row.attained else "not attained"
    return "not known" if row.beyond is None else ""


def _bounded(us: Fraction | None, bound: int | None) -> str:
    """An elapsed time with its bound; rounded to microseconds towards the side of the bound that it lies on."""
    if us is None:
        return ""
    shown = duration_text(whole_us(us, bound))
    if bound is None:
        return shown
    return f"{shown} {'>' if us > bound else 'of'} {duration_text(bound)}"


def _for_approval(cycle: ForApproval) -> dict[str, object]:
    return {
        "source": cycle.source,
        "ticket": cycle.ticket,
        "started_by": cycle.started_by,
        "priority": cycle.priority,
        "verdict": cycle.verdict.value,
        "started_at": optional_instant(cycle.started_at),
        "stopped_at": optional_instant(cycle.stopped_at),
        "breached_at": optional_instant(cycle.breached_at),
        "elapsed_seconds": seconds(cycle.elapsed_us),
        "goal_seconds": seconds(cycle.goal_us),
    }
