"""Calendar months as pages and addresses name them: `2026-03`."""

from datetime import datetime

MONTH = r"^[1-9]\d{3}-(0[1-9]|1[0-2])$"
"""What an address may name."""


def month_of(instant: datetime) -> str:
    """Return the month in which an instant lies, in its own zone."""
    return f"{instant:%Y-%m}"


def shifted(month: str, by: int) -> str:
    """Return the month so many months later; earlier where negative."""
    year, number = (int(part) for part in month.split("-"))
    years, place = divmod(year * 12 + number - 1 + by, 12)
    return f"{years:04}-{place + 1:02}"
