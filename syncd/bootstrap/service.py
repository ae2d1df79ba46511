"""The whole daemon."""

import threading
from importlib.metadata import version

import syncd
from syncd.bootstrap.configuration import Learn
from syncd.bootstrap.storage import Say, is_embedded, store_of, take_lease
from syncd.bootstrap.workers import workers_of
from syncd.daemon.drivers import ThreadDriver, Worker
from syncd.daemon.facts import StoreFacts
from syncd.daemon.publisher import Published, Publisher
from syncd.daemon.reload import Reload, handed_over
from syncd.daemon.service import Service
from syncd.daemon.timers import LeaseKeeper, Trimmer
from syncd.domain.measure import ENGINE
from syncd.ports.now import Now
from syncd.ports.store import Store
from syncd.settings import Settings
from syncd.telemetry.metrics import Metrics
from syncd.telemetry.snapshot import SnapshotHolder
from syncd.telemetry.ticket_page import TicketPage
from syncd.web.app import build_app
from syncd.web.server import WebServer


def service_of(
    settings: Settings,
    *,
    now: Now,
    stop: threading.Event,
    metrics: Metrics,
    say: Say,
    learn: Learn,
    reload: Reload,
) -> Service:
    """Return the daemon over its store, the lease taken, what another mapper mapped mapped again."""
    store = store_of(settings, now, say=say, watch=metrics)
    fence = take_lease(settings, store, now)
    workers = workers_of(settings, store, fence, now=now, metrics=metrics, say=say, stopping=stop.is_set, learn=learn)
    every = {source.name: source.every for source in settings.sources}
    tickets = None if settings.ticket_series is None else TicketPage(settings.ticket_series)
    published = Published(SnapshotHolder(metrics), tickets)
    driven = [
        *(Worker(poll, workers.bells[name]) for name, poll in workers.polls.items()),
        Worker(workers.renewal),
        Worker(workers.deadlines, workers.measured),
        Worker(workers.gate, workers.told),
        Worker(workers.periods),
        *workers.drains,
        *(Worker(reminder) for reminder in workers.reminders),
        Worker(LeaseKeeper(store, fence, metrics)),
        Worker(Trimmer(store, fence)),
        Worker(Publisher(store, fence, settings.agreements, every, now, metrics, published)),
    ]
    metrics.expect(sources={}, workers=[worker.step.name for worker in driven])
    _tell_configuration(settings, store, metrics, now)
    facts = StoreFacts(
        store=store,
        engine="sqlite" if is_embedded(settings) else "postgresql",
        agreements=settings.agreements,
        every=every,
        polls=workers.polls,
        now=now,
        started_at=now.utc(),
        versions={"syncd": syncd.__version__, "tzdata": version("tzdata")},
        channels=[notifier.name for notifier in settings.notifiers],
    )
    app = build_app(
        facts,
        published.fleet,
        now.utc,
        version=syncd.__version__,
        tickets=tickets,
        reload=reload.now if settings.reload else None,
    )
    listening = handed_over(str(settings.listen))
    server = WebServer(app, settings.listen.host, settings.listen.port, listening=listening)
    return Service(store, fence, ThreadDriver(now, stop, metrics), driven, server, stop, workers.closing, reload)


def _tell_configuration(settings: Settings, store: Store, metrics: Metrics, now: Now) -> None:
    metrics.configured(now.utc())
    for part, digest in (("settings", settings.content_hash), ("agreements", settings.agreements_hash)):
        metrics.configuration_is(part, digest)
    versions = {"schema": store.schema().expected, "engine": str(ENGINE), "tzdata": version("tzdata")}
    for component, released in versions.items():
        metrics.depends_on(component, released)
    for source in settings.sources:
        if source.credentials_expire is not None:
            metrics.credentials_expire(source.name, source.credentials_expire)
