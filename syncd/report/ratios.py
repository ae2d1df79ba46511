"""Exact figures as JSON has them: a number to calculate with, and a fraction in text that loses nothing."""

from fractions import Fraction


def number(share: Fraction | None) -> float | None:
    """Return a figure as a number."""
    return None if share is None else float(share)


def exact(share: Fraction | None) -> str | None:
    """Return a figure as a fraction in lowest terms: `19/20`."""
    return None if share is None else f"{share.numerator}/{share.denominator}"
