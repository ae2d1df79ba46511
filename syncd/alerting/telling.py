"""What every kind of receiver needs of a notice, decided once: what to do, what belongs together, how urgent it is.

A notice of a new step is told everywhere once this module knows it: kinds of receivers read nothing but `Telling`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Literal

from syncd.alerting.plain import plain
from syncd.alerting.wording import facts, headline
from syncd.domain.notice import Notice, Step
from syncd.ports.notifier import Envelope

Severity = Literal["critical", "warning", "info"]
"""How urgent a notice is: the values that rules and routes of Prometheus use."""

_URGENT = frozenset({"P1", "P2"})


class Action(StrEnum):
    """What a notice asks of the receiver's memory, in the words of PagerDuty's Events API v2."""

    TRIGGER = "trigger"
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"


_ACTIONS = {"recovered": Action.RESOLVE, "acknowledged": Action.ACKNOWLEDGE}
"""By step; every other step triggers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One notice as it is told."""

    key: str
    """The notice's own, the same over repeats."""
    thread: str
    """The same for every notice of one ticket."""
    step: str
    action: Action
    of: tuple[str, ...] = ()
    """Keys of the notices that this one acknowledges or resolves."""
    severity: Severity
    priority: str
    vendor: str
    labels: Mapping[str, str]
    """What identifies the alert: made of the key and of what the notice was first told with, so it never changes."""
    subject: str
    """What the thread is called."""
    headline: str
    facts: tuple[tuple[str, str], ...] = field(repr=False)
    at: datetime
    url: str | None


def telling(envelope: Envelope) -> Telling:
    """Return how a notice is told; the same for the same notice, whichever attempt it is."""
    notice, step = envelope.notice, str(envelope.notice.key.step)
    action = _ACTIONS.get(step, Action.TRIGGER)
    severity = severity_of(step, notice.priority)
    vendor, ticket, source = plain(notice.vendor_name), plain(notice.ticket), plain(notice.source)
    return Telling(
        key=envelope.key,
        thread=f"{notice.key.source_id}/{notice.key.ticket_id}",
        step=step,
        action=action,
        of=() if action is Action.TRIGGER else _of(notice),
        severity=severity,
        priority=notice.priority,
        vendor=plain(notice.vendor),
        labels={
            "alertname": "SyncdClock" + "".join(word.capitalize() for word in step.split("_")),
            "vendor": plain(notice.vendor),
            "contract": plain(notice.key.contract),
            "source": source,
            "ticket": ticket,
            "target": plain(notice.key.target),
            "priority": plain(notice.key.priority),
            "severity": severity,
            "notice": short(envelope.key),
        },
        subject=f"{ticket} ({vendor}, {source})",
        headline=headline(envelope, step),
        facts=facts(envelope, step),
        at=notice.at,
        url=notice.url,
    )


def severity_of(step: str, priority: str) -> Severity:
    """Return how urgent a step is: only what is already late can be critical, and only for P1 and P2."""
    if step == Step.AT_RISK or step in _ACTIONS:
        return "info"
    return "critical" if priority in _URGENT else "warning"


def short(key: str) -> str:
    """Return 16 hexadecimal digits that stand for a key where a long one does not fit or would not be read."""
    return sha256(key.encode("utf-8", "replace")).hexdigest()[:16]


def _of(notice: Notice) -> tuple[str, ...]:
    """Return the keys of the earlier notices of the same cycle, which the key gives away."""
    return tuple(replace(notice.key, step=step).text() for step in (Step.AT_RISK, Step.BREACHED))
