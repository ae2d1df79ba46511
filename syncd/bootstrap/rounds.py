"""Work in the foreground: one round of everything, an import, a rebuilding. The lease is held meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import syncd
from syncd.bootstrap.configuration import Learn, nobody, rules_of, site_of
from syncd.bootstrap.sources import intake_of, source_of
from syncd.bootstrap.storage import Say, leased
from syncd.bootstrap.workers import Workers, workers_of
from syncd.daemon.source_poll import Polling, SourcePoll, work_slots
from syncd.daemon.step import Wake
from syncd.plugins import plugin
from syncd.ports.now import Now
from syncd.ports.store import Fence, Store
from syncd.services.intake import Intake
from syncd.services.rules import Rules
from syncd.settings import Settings, SourceSettings
from syncd.settings.option_file import load_mapping
from syncd.telemetry.hooks import CountingHooks
from syncd.telemetry.metrics import Metrics

IMPORT_KIND = "timeline"


@contextmanager
def once_of(settings: Settings, *, now: Now, metrics: Metrics, say: Say, learn: Learn = nobody) -> Iterator[Workers]:
    """Yield the workers of a configuration for one round."""
    with leased(settings, now, say=say) as (store, fence):
        workers = workers_of(settings, store, fence, now=now, metrics=metrics, say=say, learn=learn)
        try:
            yield workers
        finally:
            workers.close()


@contextmanager
def import_of(settings: Settings, name: str, path: Path, *, now: Now, say: Say) -> Iterator[tuple[SourcePoll, Store]]:
    """Yield the worker of a source of timelines that no configuration names, and the store it writes to."""
    options = load_mapping({"path": str(path)}, IMPORT_KIND, plugin(IMPORT_KIND).options)
    configured = SourceSettings(name, IMPORT_KIND, options)
    metrics = Metrics(version=syncd.__version__)
    with leased(settings, now, say=say) as (store, fence):
        source = source_of(settings, configured, now=now, hooks=CountingHooks(metrics, {}), store=store)
        try:
            intake = intake_of(store, fence, configured, source.mapper, rules_of(settings))
            every, slots = timedelta(days=1), work_slots(1)
            polling = Polling(
                intake, source.connector, IMPORT_KIND, every, now, metrics, slots, Wake(), Wake(), lambda: False
            )
            yield SourcePoll(polling), store
        finally:
            source.close()


@contextmanager
def rebuilding_of(settings: Settings, *, now: Now, say: Say) -> Iterator[tuple[list[Intake], Store, Fence, Rules]]:
    """Yield what `replay` works with: every configured source's intake, the store, the lease and the rules."""
    with leased(settings, now, say=say) as (store, fence):
        rules = rules_of(settings)
        intakes = []
        for configured in settings.sources:
            mapper = plugin(configured.kind).mapper(site_of(settings, configured), configured.options)
            intakes.append(intake_of(store, fence, configured, mapper, rules))
        yield intakes, store, fence, rules
