"""Notices that nobody has got yet, as rows: full for programs, short for people."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from syncd.domain.instant_text import instant_text
from syncd.domain.notice import Notice, short
from syncd.ports.held import Held
from syncd.ports.outbox import Letter
from syncd.report.durations import duration_text

_MICROSECOND = timedelta(microseconds=1)


def letter_row(letter: Letter, now: datetime) -> dict[str, object]:
    """Return a delivery that did not arrive so far."""
    return {
        **_notice(letter.key, letter.notice, letter.channel),
        "state": letter.state,
        "since": instant_text(letter.queued_at),
        "age_seconds": _seconds(now - letter.queued_at),
        "attempts": letter.attempts,
        "next_try": instant_text(letter.next_at) if letter.state == "pending" else None,
        "waits_for": None,
        "last_error": letter.error,
        "over": letter.over,
    }


def held_rows(held: Held, now: datetime) -> list[dict[str, object]]:
    """Return a notice that was not let go yet, once for each channel that it is for."""
    return [
        {
            **_notice(held.key, held.notice, channel),
            "state": "held",
            "since": instant_text(held.decided_at),
            "age_seconds": _seconds(now - held.decided_at),
            "attempts": 0,
            "next_try": None,
            "waits_for": waits_for(held),
            "last_error": None,
            "over": False,
        }
        for channel in held.channels
    ]


def waits_for(held: Held) -> str:
    """Return what a held notice waits for, in one word; `release` where that is only the daemon's next look."""
    if held.why is not None:
        return held.why.value
    return "release" if held.confirmed else "recheck"


def for_people(row: Mapping[str, object]) -> dict[str, object]:
    """Return a row as it fits a terminal: the short key for the whole one, an age, one column for why it stays."""
    over = ["what it says is over"] if row["over"] else []
    why = [str(each) for each in (row["waits_for"], row["last_error"]) if each is not None]
    age = row["age_seconds"]
    return {
        "key": row["short"],
        **{name: row[name] for name in ("state", "channel", "step", "ticket", "vendor")},
        "age": duration_text(age * 1_000_000) if isinstance(age, int) else None,
        "attempts": row["attempts"],
        "next_try": row["next_try"],
        "why": "; ".join(over + why),
    }


def outcome_row(letter: Letter, outcome: str) -> dict[str, object]:
    """Return what became of a letter."""
    return {**_notice(letter.key, letter.notice, letter.channel), "outcome": outcome}


def outcome_for_people(row: Mapping[str, object]) -> dict[str, object]:
    """Return what became of a letter as it fits a terminal."""
    return {"key": row["short"], **{name: row[name] for name in ("channel", "step", "ticket", "vendor", "outcome")}}


def _notice(key: str, notice: Notice, channel: str) -> dict[str, object]:
    return {
        "key": key, "short": short(key), "channel": channel, "step": notice.key.step.value, "source": notice.source,
        "ticket": notice.ticket, "vendor": notice.vendor, "priority": notice.priority,
    }  # fmt: skip


def _seconds(age: timedelta) -> int:
    """Return whole seconds; a clock that was set back makes nothing younger than now."""
    return max(age // _MICROSECOND, 0) // 1_000_000
