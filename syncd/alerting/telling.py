"""What every kind of receiver needs of a notice, decided once: what to do, what belongs together, how urgent it is.

A notice of a new step is told everywhere once this module knows it: kinds of receivers read nothing but `Telling`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from syncd.alerting.plain import plain
from syncd.alerting.wording import facts, headline
from syncd.domain.notice import Step, short
from syncd.ports.notifier import Envelope

Severity = Literal["critical", "warning", "info"]
"""How urgent a notice is: the values that rules and routes of Prometheus use."""

_URGENT = frozenset({"P1", "P2"})

_NAMES: Mapping[str, str] = {
    Step.UNWINNABLE: "PeriodUnwinnable",
    Step.SOURCE_BLIND: "SourceBlind",
    Step.DIGEST: "Digest",
    Step.TEST: "Test",
}
"""What is about no clock, as alerts are called; every other step is a clock's."""

_SEVERITIES: Mapping[str, Severity] = {
    Step.AT_RISK: "info", Step.UNWINNABLE: "warning", Step.SOURCE_BLIND: "critical", Step.DIGEST: "warning",
    Step.TEST: "warning",
}  # fmt: skip


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
    explain_url: str | None = None


def telling(envelope: Envelope) -> Telling:
    """Return how a notice is told; the same for the same notice, whichever attempt it is."""
    notice, step = envelope.notice, str(envelope.notice.key.step)
    action = _ACTIONS.get(step, Action.TRIGGER)
    severity = severity_of(step, notice.priority, notice.key.detail)
    key, vendor, ticket, source = notice.key, plain(notice.vendor_name), plain(notice.ticket), plain(notice.source)
    labels = {
        "alertname": _alertname(step),
        "vendor": plain(notice.vendor),
        "contract": plain(key.contract),
        "source": source,
        "ticket": ticket,
        "target": plain(key.target),
        "priority": plain(key.priority),
        "severity": severity,
        "notice": short(envelope.key),
    }
    if notice.key.step is Step.ESCALATED:
        labels["escalation"] = plain(key.detail)
    return Telling(
        key=envelope.key,
        thread=f"{key.source_id}/{key.ticket_id}" + ("" if key.ticket_id else f"/{notice.vendor}/{key.contract}"),
        step=step,
        action=action,
        of=notice.of,
        severity=severity,
        priority=notice.priority,
        vendor=plain(notice.vendor),
        labels={name: value for name, value in labels.items() if value},
        subject=f"{ticket} ({vendor}, {source})" if ticket else vendor or source or f"syncd {step}",
        headline=headline(envelope, step),
        facts=facts(envelope, step),
        at=notice.at,
        url=notice.url,
        explain_url=notice.explain_url,
    )


def severity_of(step: str, priority: str, detail: str = "") -> Severity:
    """Return how urgent a step is: of a clock only what is already late can be critical, and only for P1 and P2.

    `detail` is the row of an escalation: one that names a share of the goal is a risk.
    """
    if step in _ACTIONS or (step == Step.ESCALATED and detail.endswith("%")):
        return "info"
    if step in _SEVERITIES:
        return _SEVERITIES[step]
    return "critical" if priority in _URGENT else "warning"


def _alertname(step: str) -> str:
    return "Syncd" + _NAMES.get(step, "Clock" + "".join(word.capitalize() for word in step.split("_")))
