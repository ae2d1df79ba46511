"""Configured sources, tied to their connectors."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from syncd.bootstrap.configuration import Learn, nobody, secrets_of, site_of
from syncd.plugins import plugin
from syncd.ports.connector import Connector, Mapper, Pace, RawRecord
from syncd.ports.now import Now
from syncd.ports.store import Fence, Store
from syncd.services.intake import Intake
from syncd.services.rules import Rules
from syncd.settings import Settings, SourceSettings
from syncd.transport.hooks import Hooks
from syncd.transport.limits import Limits
from syncd.transport.toolkit import SourceToolkit

Mounts = Mapping[str, Any]
"""In-process transports by source name, in place of the network."""


@dataclass(frozen=True, slots=True)
class Source:
    """One configured source, tied to its connector. `close` lets go of its connections."""

    settings: SourceSettings
    mapper: Mapper
    connector: Connector
    close: Callable[[], None]


def source_of(
    settings: Settings,
    source: SourceSettings,
    *,
    now: Now,
    hooks: Hooks,
    learn: Learn = nobody,
    mounts: Mounts | None = None,
    chance: random.Random | None = None,
    store: Store | None = None,
) -> Source:
    """Return a configured source with its connector; nothing is asked of it yet.

    With `mounts` everything runs on the calling thread, answered by them. Without a `store` the connector remembers
    nothing of earlier runs.
    """
    found = plugin(source.kind)
    site = site_of(settings, source)
    toolkit = SourceToolkit(
        source.name,
        now=now,
        limits=limits_of(source, found.pace),
        secrets=secrets_of(settings, learn),
        hooks=hooks,
        mount=None if mounts is None else mounts.get(source.name),
        inline=mounts is not None,
        jitter=chance,
        stored=lambda: iter(()) if store is None else _stored(store, source.name),
    )
    connector = found.build(site, source.options, toolkit)

    def close() -> None:
        connector.close()
        toolkit.close()

    return Source(source, found.mapper(site, source.options), connector, close)


def limits_of(source: SourceSettings, pace: Pace) -> Limits:
    """Return how hard a source may be asked: as configured, else as its connector thinks polite."""
    return Limits(
        requests_per_second=source.limits.requests_per_second or pace.requests_per_second,
        concurrency=source.limits.concurrency or pace.concurrency,
    )


def _stored(store: Store, name: str) -> Iterator[RawRecord]:
    with store.view() as view:
        known = next((row for row in view.sources.all() if row.name == name), None)
        if known is not None:
            yield from view.records.stream(known.id)


def intake_of(store: Store, fence: Fence, source: SourceSettings, mapper: Mapper, rules: Rules) -> Intake:
    """Return where a source's records go, the source made known to the store if it is new."""
    with store.begin(fence) as work:
        row = work.sources.register(source.name, source.kind)
        if row.mapper_version is None:
            work.sources.activate_generation(row.id, row.generation, mapper.version)
        work.commit()
    return Intake(store, fence, row.id, row.name, mapper, rules)
