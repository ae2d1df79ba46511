"""Scorecards as JSON."""

from fractions import Fraction

from syncd.domain.scorecard import ScorecardRow


def scorecard_as_json(row: ScorecardRow) -> dict[str, object]:
    """Return one row; ratios as exact fractions in text beside their decimal value, null where nothing was decided."""
    return {
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
        "attainment": _number(row.attainment),
        "attainment_exact": _text(row.attainment),
        "objective": _number(row.objective),
        "objective_exact": _text(row.objective),
        "attained": row.attained,
    }


def _number(share: Fraction | None) -> float | None:
    return None if share is None else float(share)


def _text(share: Fraction | None) -> str | None:
    return None if share is None else f"{share.numerator}/{share.denominator}"
