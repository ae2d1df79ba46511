"""Optional instants, to and from the integers that the tables hold."""

from datetime import datetime

from syncd.domain.instant import from_us, to_us


def us_or_none(instant: datetime | None) -> int | None:
    """Return the microseconds of an instant; None for none."""
    return None if instant is None else to_us(instant)


def at_or_none(us: int | None) -> datetime | None:
    """Return the instant of microseconds; None for none."""
    return None if us is None else from_us(us)
