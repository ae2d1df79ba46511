"""Every worker's steps over one store, whoever drives them."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from syncd.alerting import NOTIFIERS
from syncd.bootstrap.configuration import Learn, nobody, rules_of, secrets_of
from syncd.bootstrap.sources import Mounts, intake_of, source_of
from syncd.bootstrap.storage import Say
from syncd.daemon.catch_up import catch_up
from syncd.daemon.drivers import Worker
from syncd.daemon.renewal import Renewing
from syncd.daemon.source_poll import Polling, SourcePoll, work_slots
from syncd.daemon.step import Wake
from syncd.daemon.telling import ChannelDrain, NoticeGate, PeriodWatch, Reminder
from syncd.daemon.timers import DeadlineTimer
from syncd.ports.notifier import Notifier
from syncd.ports.now import Now
from syncd.ports.standing import Sustains
from syncd.ports.store import Fence, Store
from syncd.services.release import Gates
from syncd.settings import NotifierSettings, Settings
from syncd.telemetry.hooks import CountingHooks
from syncd.telemetry.metrics import Metrics

WORK_SLOTS = 4


@dataclass(frozen=True, slots=True)
class Workers:
    """The steps of a configuration, and what to let go of after them."""

    polls: Mapping[str, SourcePoll]
    renewal: Renewing
    deadlines: DeadlineTimer
    gate: NoticeGate
    periods: PeriodWatch
    drains: Sequence[Worker]
    """One for each channel, with the bell that says that something was let go."""
    reminders: Sequence[Reminder]
    bells: Mapping[str, Wake]
    """The bells of the sources' workers, by which they hear that a breach waits for them."""
    measured: Wake
    told: Wake
    closing: Sequence[Callable[[], None]]

    def close(self) -> None:
        """Let go of every connection."""
        for close in self.closing:
            close()


def workers_of(
    settings: Settings,
    store: Store,
    fence: Fence,
    *,
    now: Now,
    metrics: Metrics,
    say: Say,
    stopping: Callable[[], bool] = lambda: False,
    learn: Learn = nobody,
    mounts: Mounts | None = None,
    notifiers: Mapping[str, Notifier] | None = None,
    chance: random.Random | None = None,
) -> Workers:
    """Return the workers of a configuration; records that another mapper mapped are mapped again first.

    `mounts`, `notifiers` and a seeded `chance` stand in for the world in simulations.
    """
    rules = rules_of(settings)
    kinds = {source.name: source.kind for source in settings.sources}
    hooks = CountingHooks(metrics, kinds)
    jitter = random.SystemRandom() if chance is None else chance
    sources = [
        source_of(settings, each, now=now, hooks=hooks, learn=learn, mounts=mounts, chance=jitter, store=store)
        for each in settings.sources
    ]
    intakes = [intake_of(store, fence, source.settings, source.mapper, rules) for source in sources]
    catch_up(store, fence, intakes, rules, now=now, say=say)
    measured, told = Wake(), Wake()
    bells = {source.settings.name: Wake() for source in sources}
    slots = work_slots(WORK_SLOTS)
    polls = {
        source.settings.name: SourcePoll(
            Polling(
                intake, source.connector, source.settings.kind, source.settings.every, now, metrics, slots, measured,
                told, stopping, source.settings.backfill_from, source.settings.limits.rechecks_per_minute,
                partial(hooks.skew, intake.source_name),
            )
        )
        for source, intake in zip(sources, intakes, strict=True)
    }  # fmt: skip
    outlets = notifiers_of(settings, now, learn) if notifiers is None else dict(notifiers)
    metrics.expect(sources=kinds, channels=outlets)
    with store.view() as view:
        abandoned = [queue.channel for queue in view.outbox.state() if queue.pending and queue.channel not in outlets]
    drains = [
        Worker(ChannelDrain(store, fence, channel, outlets.get(channel), now, metrics, jitter))
        for channel in (*outlets, *abandoned)
    ]
    leaving = [worker.wake for worker in drains]
    gates = Gates({each.name: each.every for each in settings.sources}, settings.storm, now.utc())
    return Workers(
        polls=polls,
        renewal=Renewing(store, fence, rules, metrics, told),
        deadlines=DeadlineTimer(store, fence, rules, now, metrics, told, bells),
        gate=NoticeGate(store, fence, rules, gates, metrics, leaving),
        periods=PeriodWatch(store, fence, rules, gates, leaving),
        drains=drains,
        reminders=[
            Reminder(store, fence, name, outlet, metrics)
            for name, outlet in outlets.items()
            if isinstance(outlet, Sustains)
        ],
        bells=bells,
        measured=measured,
        told=told,
        closing=[*(source.close for source in sources), *(notifier.close for notifier in outlets.values())],
    )


def notifiers_of(settings: Settings, now: Now, learn: Learn) -> dict[str, Notifier]:
    """Return the configured notifiers by name."""
    return {each.name: notifier_of(settings, each, now, learn) for each in settings.notifiers}


def notifier_of(settings: Settings, notifier: NotifierSettings, now: Now, learn: Learn) -> Notifier:
    """Return one configured notifier; raises ConfigError for what cannot be used, a missing secret among it."""
    read = secrets_of(settings, learn)
    return NOTIFIERS[notifier.kind].build(notifier.name, notifier.options, now, read)
