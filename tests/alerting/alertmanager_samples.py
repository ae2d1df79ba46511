"""A notifier over a scripted cluster, and alerts that stand."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from syncd.alerting.alertmanager import AlertmanagerNotifier
from syncd.alerting.alertmanager_options import AlertmanagerOptions
from syncd.ports.notifier import Envelope
from syncd.ports.secret import Secret, SecretRef
from syncd.ports.standing import Standing
from syncd.testing.virtual_now import VirtualNow
from tests.alerting.notices import BREACHED, Members

TOLD = BREACHED + timedelta(seconds=3)
URLS = ("http://one:9093", "http://two:9093/prefix/")


def secrets(ref: SecretRef) -> Secret:
    """Return a made-up secret."""
    return Secret(f"canary-{ref.env}")


@contextmanager
def cluster(
    members: Members, now: VirtualNow | None = None, *, urls: tuple[str, ...] = URLS, **options: Any
) -> Iterator[AlertmanagerNotifier]:
    """Yield a notifier whose members are scripted."""
    clock = VirtualNow(TOLD) if now is None else now
    notifier = AlertmanagerNotifier("oncall", AlertmanagerOptions(urls=urls, **options), clock, secrets, members)
    yield notifier
    notifier.close()


def standing(envelope: Envelope, *, told_at: datetime = TOLD, ended_at: datetime | None = None) -> Standing:
    """Return an alert that was told."""
    return Standing(envelope, told_at, ended_at)


def at(alert: Mapping[str, Any], key: str) -> datetime:
    """Return an instant of an alert as it was sent."""
    return datetime.fromisoformat(alert[key])


def tickets(alerts: list[dict[str, Any]]) -> list[str]:
    """Return whom alerts are about; aggregates by their vendor."""
    return [alert["labels"].get("ticket", f"rest of {alert['labels']['vendor']}") for alert in alerts]
