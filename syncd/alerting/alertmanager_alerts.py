"""Alerts as Alertmanager's API v2 takes them (prometheus/alertmanager, api/v2/openapi.yaml, `postableAlert`).

Its identity is the whole set of labels, so they hold nothing that changes while the alert lives; everything else is an
annotation. `endsAt` is always given: in the future it says how long to go on believing the alert if nobody repeats it,
in the past that it is over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from syncd.alerting.telling import Telling, telling
from syncd.alerting.wording import moment
from syncd.ports.standing import Standing

FOLDED = "SyncdClocksFolded"
"""The alert that stands for those of a vendor that are not sent one by one."""

OWN_LABELS = frozenset(
    {"alertname", "vendor", "contract", "source", "ticket", "target", "priority", "severity", "escalation", "notice"}
)

_LONGEST_URL = 2_000


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert on its way; `id` is the notice's key, or `vendor <id>` for an aggregate."""

    id: str
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Labels and annotations of the configuration that every alert gets."""

    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)


def single(told: Telling, around: Surroundings, *, ends_at: datetime, resent_until: datetime) -> Alert:
    """Return one notice as an alert that began at the notice's instant, and so never ends before it."""
    annotations = {
        **around.annotations,
        "summary": told.headline,
        "description": "\n".join(f"{name}: {value}" for name, value in told.facts),
        "resent_until": moment(resent_until),
    }
    body: dict[str, object] = {
        "labels": {**around.labels, **told.labels},
        "annotations": annotations,
        "startsAt": _instant(told.at),
        "endsAt": _instant(max(ends_at, told.at)),
    }
    if told.url is not None and _is_link(told.url):
        body["generatorURL"] = told.url
    if told.explain_url is not None and _is_link(told.explain_url):
        annotations["explain_url"] = told.explain_url
    return Alert(told.key, body)


def aggregate(vendor: str, rest: Sequence[Standing], around: Surroundings, *, ends_at: datetime) -> Alert:
    """Return the alert that counts what a vendor has beyond those sent one by one; none: the alert that ends it."""
    tellings = [telling(each.envelope) for each in rest]
    counts: dict[tuple[str, str], int] = {}
    for told in tellings:
        counts[told.priority, told.step] = counts.get((told.priority, told.step), 0) + 1
    lines = [f"{priority} {step.replace('_', ' ')}: {n}" for (priority, step), n in sorted(counts.items())]
    starts_at = min((told.at for told in tellings), default=ends_at)
    body = {
        "labels": {**around.labels, "alertname": FOLDED, "vendor": vendor, "severity": "warning"},
        "annotations": {
            **around.annotations,
            "summary": f"{vendor}: {len(rest)} more notices stand that are not sent one by one",
            "description": "\n".join(lines),
        },
        "startsAt": _instant(starts_at),
        "endsAt": _instant(max(ends_at, starts_at)),
    }
    return Alert(f"vendor {vendor}", body)


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _is_link(url: str) -> bool:
    """Tell whether an address may stand as `generatorURL`; one that may not would have its whole batch refused."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    usable = url.isascii() and url.isprintable() and not set(url) & set(' "<>\\^`{|}')
    return usable and parts.scheme in {"http", "https"} and bool(parts.netloc) and len(url) <= _LONGEST_URL
