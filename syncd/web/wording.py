"""How pages put durations, instants and states into words."""

from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import quote, urlsplit

from syncd.domain.names import Stage, Verdict
from syncd.ports.readings import OpenClock

ClockState = Literal["breached", "at_risk", "ok", "paused"]

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR


def span_text(span: timedelta) -> str:
    """Return a duration's size with its two largest units, cut off: `45 s`, `12 min`, `1 h 05 min`, `3 d 4 h`."""
    seconds = int(abs(span).total_seconds())
    if seconds < _MINUTE:
        return f"{seconds} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < _DAY:
        return f"{seconds // _HOUR} h {seconds % _HOUR // _MINUTE:02} min"
    return f"{seconds // _DAY} d {seconds % _DAY // _HOUR} h"


def instant_text(instant: datetime) -> str:
    """Return an instant to the second, in UTC."""
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"


def clock_state(clock: OpenClock, now: datetime) -> ClockState:
    """Return what an open clock is at an instant; a breach is a fact that a later pause does not undo."""
    if clock.verdict is Verdict.MISSED or (clock.breached_at is not None and clock.breached_at <= now):
        return "breached"
    if clock.stage is Stage.PAUSED:
        return "paused"
    if clock.at_risk_at is not None and clock.at_risk_at <= now:
        return "at_risk"
    return "ok"


def link(url: str | None) -> str | None:
    """Return a source's address of a ticket if a browser may follow it: http or https, nothing that runs."""
    try:
        scheme = urlsplit(url or "").scheme
    except ValueError:
        return None  # no address at all, such as an unfinished one of IPv6
    return url if scheme in {"http", "https"} else None


def explain_path(source: str, ticket: str) -> str:
    """Return the path of a ticket's explanation."""
    return f"/tickets/{quote(source, safe='')}/{quote(ticket, safe='')}"
