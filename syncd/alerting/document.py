"""A notice as the JSON document that receivers get: public, versioned, only ever added to.

| key | value |
| --- | --- |
| `version` | 1 |
| `key` | the same over repeats of one notice: drop what is known |
| `step` | `at_risk`, `breached`, `escalated`, `recovered`, `unwinnable`, `source_blind`, `digest`, or only a `test` |
| `vendor`, `vendor_name` | who promised: id, and the name people use |
| `contract`, `target` | which promise |
| `source`, `ticket`, `url` | which ticket; `url` may be null |
| `priority` | the promise's |
| `level` | how urgent that is among the contract's priorities: 1 is the most urgent; 0 where there is none |
| `metric` | what the clock times; null of what is about no clock |
| `detail` | the row of the escalation, the period, or since when a source was not read; else empty |
| `of` | keys of the notices that this one says the end of |
| `count`, `lines` | how many it stands for, and some of them, where it stands for several |
| `since` | since when it has been so, where that is not `at` |
| `explain_url` | where our own pages explain it; may be null |
| `goal_seconds`, `elapsed_seconds` | service time |
| `due_at` | when the goal is or was used up; null while nothing counts |
| `at` | the instant the notice is about |
| `late` | found out more than a few minutes after `at` |
| `confirmed` | the ticket was read once more before this left |
| `attempt` | which try of this delivery, from 1 |

Instants are RFC 3339 in UTC. There is no ticket text in it. What a notice is not about is empty.
"""

import json
from datetime import UTC, datetime

from syncd.ports.notifier import Envelope

VERSION = 1
_SECOND_US = 1_000_000


def document(envelope: Envelope) -> bytes:
    """Return the document in UTF-8, its keys always in the same order."""
    notice, key = envelope.notice, envelope.notice.key
    return json.dumps(
        {
            "version": VERSION,
            "key": envelope.key,
            "step": key.step.value,
            "vendor": notice.vendor,
            "vendor_name": notice.vendor_name,
            "contract": key.contract,
            "target": key.target,
            "source": notice.source,
            "ticket": notice.ticket,
            "url": notice.url,
            "priority": notice.priority,
            "goal_seconds": _seconds(notice.goal_us),
            "elapsed_seconds": _seconds(notice.elapsed_us),
            "due_at": None if notice.due_at is None else _instant(notice.due_at),
            "at": _instant(notice.at),
            "late": notice.late,
            "confirmed": envelope.confirmed,
            "attempt": envelope.attempt,
            "level": notice.level,
            "metric": notice.metric,
            "detail": key.detail,
            "of": notice.of,
            "count": notice.count,
            "lines": notice.lines,
            "since": None if notice.since is None else _instant(notice.since),
            "explain_url": notice.explain_url,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()


def _seconds(us: int) -> float:
    """Return whole seconds as an integer, others as a fraction."""
    return us // _SECOND_US if us % _SECOND_US == 0 else us / _SECOND_US


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
