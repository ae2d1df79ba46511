"""Instants in JQL: milliseconds since 1970, periods back from now, and wall-clock texts in the asker's own zone."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from connectors.jira.simulator.jql import JqlError, Value
from connectors.jira.simulator.stamps import millis

_PERIOD = re.compile(r"([+-]?)((?:\d+[wdhm]\s*)+)")
_PART = re.compile(r"(\d+)([wdhm])")
_UNIT = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}
_FORMS = ("%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M", "%Y/%m/%d", "%Y-%m-%d")


def bound(field: str, value: Value, *, now: datetime, zone: ZoneInfo, epoch: bool) -> int:
    """Return milliseconds since 1970; raises JqlError. Without `epoch` the site refuses plain milliseconds.

    Quoted texts have minutes at best and mean the asker's zone, the earlier of two equal hours in autumn.
    """
    text = value.text.strip()
    unsigned = text.removeprefix("-")
    if epoch and not value.quoted and unsigned.isascii() and unsigned.isdigit():
        return int(text)
    period = _PERIOD.fullmatch(text)
    if period is not None:
        length = sum(
            (timedelta(**{_UNIT[unit]: int(count)}) for count, unit in _PART.findall(period.group(2))), timedelta()
        )
        return millis(now + length if period.group(1) == "+" else now - length)
    for form in _FORMS:
        try:
            local = datetime.strptime(text, form).replace(tzinfo=zone)
        except ValueError:  # not this form; the next one may fit
            continue
        return millis(local.astimezone(UTC))
    raise JqlError(
        f"Date value '{text}' for field '{field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "
        "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
    )
