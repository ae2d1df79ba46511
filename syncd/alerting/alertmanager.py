"""Alerts pushed to Alertmanager, API v2, as https://prometheus.io/docs/alerting/latest/clients/ asks of clients."""

import threading
from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import httpx

from syncd.alerting.alertmanager_alerts import Alert, Surroundings, aggregate, single
from syncd.alerting.alertmanager_member import Member, Sent
from syncd.alerting.alertmanager_options import AlertmanagerOptions, checked
from syncd.alerting.alertmanager_round import Duties, Round, ends_for_good_at, planned
from syncd.alerting.posting import Poster, address
from syncd.alerting.telling import Action, Telling, telling
from syncd.domain.notice import Step
from syncd.errors import DeliveryError
from syncd.ports.notifier import Envelope
from syncd.ports.now import Now
from syncd.ports.secret import Secret, SecretRef
from syncd.ports.standing import Standing, Sustained

ENDING_WATCHED = timedelta(minutes=10)
"""How long a member that took the end of an alert is watched for a restart, after which it is told again.

Twice the usual `group_interval`, for which a member sits on what it was told. Nobody else is told twice: an end that is
repeated stands in every notification of its group again.
"""

TEST_FIRES = timedelta(minutes=5)
"""How long the alert of a test fires: longer than routes usually wait before they notify."""


class AlertmanagerNotifier:
    """`Notifier` and `Sustains` over a cluster: every member gets every alert, as it shares notifications only.

    A notice is delivered once one member took it: the next round brings it to the others. A notice that resolves or
    acknowledges is taken without a word, because ends are told by the rounds. Safe to share between threads. What it
    remembers (who took which end, what is refused) is lost with the process, and only sent again then. `mount` answers
    in place of the network.
    """

    def __init__(
        self, name: str, options: AlertmanagerOptions, now: Now, secrets: Callable[[SecretRef], Secret],
        mount: httpx.BaseTransport | None = None,
    ) -> None:  # fmt: skip
        checked(name, options)
        urls = [address(name, url) for url in options.urls]
        self._name = name
        self._now = now
        self._around = Surroundings(dict(options.labels), dict(options.annotations))
        self._horizon = timedelta(seconds=options.horizon_seconds)
        self._duties = Duties(
            hold=timedelta(seconds=options.hold_seconds),
            longest=timedelta(days=options.resend_days),
            most_per_vendor=options.most_per_vendor,
        )
        self._resend_seconds = options.resend_seconds
        self._poster = Poster(name, now, options.timeout_seconds, _authorization(options, secrets), mount)
        self._members = [Member(name, url, self._poster, now) for url in urls]
        self._lock = threading.Lock()
        self._ended: dict[str, set[int]] = {}
        self._born: list[str | None] = [None for _ in urls]
        self._refused: dict[str, str] = {}
        self._folding: list[set[str] | None] = [None for _ in urls]

    @property
    def name(self) -> str:
        """The configured name."""
        return self._name

    @property
    def resend_seconds(self) -> float:
        """How often to remind it."""
        return self._resend_seconds

    def deliver(self, envelope: Envelope) -> None:
        """Send one alert to every member; returns when one took it, raises `DeliveryError` when none did."""
        told, now = telling(envelope), self._now.utc()
        if told.action is not Action.TRIGGER:
            return
        if told.step == Step.TEST:
            # Nobody resends it, so it says itself when it is over.
            alert = single(told, self._around, ends_at=now + TEST_FIRES, resent_until=now)
        else:
            alert = single(told, self._around, ends_at=now + self._horizon, resent_until=now + self._duties.longest)
        failed = [member.post([alert]) for member in self._members]
        errors = [error for error in failed if error is not None]
        if len(errors) == len(failed):
            raise _most_hopeful(errors)

    def sustain(self, standing: Sequence[Standing]) -> Sustained:
        """Send all that is true to every member, and the end of what is true no more until each has taken it once."""
        with self._lock:
            now = self._now.utc()
            keys = {each.envelope.key for each in standing}
            self._refused = {key: why for key, why in self._refused.items() if key in keys}
            self._ended = {key: members for key, members in self._ended.items() if key in keys}
            plan = planned((each for each in standing if each.envelope.key not in self._refused), self._duties, now=now)
            failed = []
            for number, member in enumerate(self._members):
                error = self._update(number, member, plan, now)
                if error is not None:
                    # By its place in the configuration: addresses may tell more than logs should.
                    what = f"member {number + 1}: {error}"
                    failed.append(
                        DeliveryError(
                            self._name, error.reason, what, permanent=error.permanent, retry_after=error.retry_after
                        )
                    )
            return Sustained(
                settled=frozenset(self._settled(plan, now) | plan.pointless),
                refused=dict(self._refused),
                failed=tuple(failed),
                singly=len(plan.firing),
                folded=sum(len(rest) for rest in plan.folded.values()),
            )

    def close(self) -> None:
        """Let go of connections; harmless when called again."""
        self._poster.close()

    def _update(self, number: int, member: Member, plan: Round, now: datetime) -> DeliveryError | None:
        """Bring one member up to date; return why it is not, None when it is."""
        until = now + self._horizon
        ending = self._untold(number, member, plan)
        folded, unfolded = self._aggregates(number, plan, now)
        sent = member.send(
            [
                *(
                    single(told, self._around, ends_at=until, resent_until=each.told_at + self._duties.longest)
                    for each, told in plan.firing
                ),
                *folded.values(),
                *(single(told, self._around, ends_at=each.ended_at or now, resent_until=now) for each, told in ending),
                *unfolded.values(),
            ]
        )
        for key in sent.taken & {told.key for _, told in ending}:
            self._ended.setdefault(key, set()).add(number)
        self._remember(number, sent, folded, unfolded)
        return sent.failed

    def _untold(self, number: int, member: Member, plan: Round) -> list[tuple[Standing, Telling]]:
        """Return the ends that a member has not taken since it started; all of them if it does not say when it did."""
        if not plan.ending:
            return []
        born = member.born()
        if born is None or born != self._born[number]:
            for members in self._ended.values():
                members.discard(number)
        self._born[number] = born
        return [(each, told) for each, told in plan.ending if number not in self._ended.get(told.key, ())]

    def _aggregates(self, number: int, plan: Round, now: datetime) -> tuple[dict[str, Alert], dict[str, Alert]]:
        """Return by vendor the aggregates that stand, and those that this member may still hold and that do not.

        What an earlier process sent is not known: then the end is sent for every vendor, which nobody is told of twice.
        """
        stand = {vendor: rest for vendor, rest in plan.folded.items() if rest}
        known = self._folding[number]
        over = (plan.folded.keys() if known is None else known) - stand.keys()
        return (
            {
                vendor: aggregate(vendor, rest, self._around, ends_at=now + self._horizon)
                for vendor, rest in stand.items()
            },
            {vendor: aggregate(vendor, (), self._around, ends_at=now) for vendor in over},
        )

    def _remember(self, number: int, sent: Sent, folded: dict[str, Alert], unfolded: dict[str, Alert]) -> None:
        aggregates = {alert.id for alert in (*folded.values(), *unfolded.values())}
        self._refused |= {key: f"{e.reason}: {e}" for key, e in sent.refused.items() if key not in aggregates}
        still = {vendor for vendor, alert in unfolded.items() if alert.id not in sent.taken}
        if self._folding[number] is not None or sent.failed is None:
            self._folding[number] = still | folded.keys()

    def _settled(self, plan: Round, now: datetime) -> set[str]:
        """Return what is over and known to be everywhere, or has long been forgotten where it is not."""
        found = set()
        for each, told in plan.ending:
            since = now - (ends_for_good_at(each, self._duties) or now)
            everywhere = len(self._ended.get(told.key, ())) == len(self._members)
            if (everywhere and since >= ENDING_WATCHED) or since >= self._horizon:
                found.add(told.key)
        return found


def _authorization(options: AlertmanagerOptions, secrets: Callable[[SecretRef], Secret]) -> dict[str, str]:
    if options.bearer is not None:
        return {"authorization": f"Bearer {secrets(options.bearer).reveal()}"}
    if options.username is not None and options.password is not None:
        pair = f"{options.username}:{secrets(options.password).reveal()}".encode()
        return {"authorization": f"Basic {b64encode(pair).decode()}"}
    return {}


def _most_hopeful(errors: Sequence[DeliveryError]) -> DeliveryError:
    """Return the error that leaves the most hope, and the shortest of the waits that members asked for."""
    passing = [error for error in errors if not error.permanent]
    if not passing:
        return errors[0]
    waits = [error.retry_after for error in passing]
    known = [wait for wait in waits if wait is not None]
    best = passing[0]
    shortest = min(known) if len(known) == len(waits) else None
    return DeliveryError(best.notifier, best.reason, str(best), retry_after=shortest)
