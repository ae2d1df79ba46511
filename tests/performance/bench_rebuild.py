"""Rebuilding what is derived, by the commands people use: `replay --readings-only` and `replay`, beside a bare read.

The real log's incidents, read once through the real connector, are kept as raw records of several sources. What the
bare read reads, in the same run, is the event table in order through SQLAlchemy Core; it makes nothing of it.
SYNCD_BENCH_EVENTS says how many events at least (a million unless given), SYNCD_BENCH_INCIDENTS how many incidents a
source has (all unless given).
"""

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from syncd.bootstrap.configuration import settings_of
from syncd.bootstrap.rounds import rebuilding_of
from syncd.bootstrap.sources import source_of
from syncd.daemon.system_now import SystemNow
from syncd.domain.digest import digest
from syncd.ports.connector import Backfills
from syncd.ports.repositories import NewRecord
from syncd.settings import Settings
from syncd.transport.hooks import SILENT
from tests.performance.commands import BARE_READ, SYNCD, Used, compiling_into, used_by
from tests.uci.instance import LOG, serving, write_agreements, write_config

EVENTS = int(os.environ.get("SYNCD_BENCH_EVENTS", "1000000"))
INCIDENTS = int(os.environ.get("SYNCD_BENCH_INCIDENTS", "0"))
BULK = 2_000
LEARNED = datetime(2026, 1, 1, tzinfo=UTC)


def with_sources(config: Path, count: int) -> Path:
    """Make several sources of a configuration's only one."""
    names = [f"uci-{number:02}" for number in range(1, count + 1)]
    written = json.loads(config.read_text())
    written["sources"] = [{**written["sources"][0], "name": name} for name in names]
    config.write_text(json.dumps(written))
    write_agreements(config.parent, names)
    return config


def read(settings: Settings) -> tuple[list[NewRecord], int]:
    """Return what the connector reads, as it is kept, and how many events it makes."""
    source = source_of(settings, settings.sources[0], now=SystemNow(), hooks=SILENT)
    pages = source.connector.backfill(None) if isinstance(source.connector, Backfills) else iter(())
    redacted = [source.mapper.redact(record) for page in pages for record in page.records]
    source.close()
    events = sum(len(source.mapper.map(record).timeline.events) for record in redacted)
    return [NewRecord(record, digest(record.payload, source.mapper.volatile)) for record in redacted], events


def in_bulk(records: Sequence[NewRecord]) -> Iterator[list[NewRecord]]:
    rest = iter(records)
    while some := list(islice(rest, BULK)):
        yield some


def fill(settings: Settings, records: Sequence[NewRecord]) -> None:
    """Keep the records under every source."""
    with rebuilding_of(settings, now=SystemNow(), say=lambda _line: None) as (intakes, store, fence, _rules):
        for intake in intakes:
            for some in in_bulk(records):
                with store.begin(fence) as work:
                    work.records.put(intake.source, some, LEARNED)
                    work.commit()


def line(what: str, used: Used, bare: Used, aim: int) -> None:
    print(f"  {what:<34}{used}   {used.processor / bare.processor:5.2f} x bare (aim: {aim})")


def prepare(folder: Path) -> None:
    """Fill a store in a folder, and write down what is in it."""
    with serving(folder, limit=INCIDENTS) as instance:
        os.environ.update(instance.environ)
        config = write_config(folder, instance.options, source="uci-01")
        records, events = read(settings_of(config))
    sources = -(-EVENTS // events)
    fill(settings_of(with_sources(config, sources)), records)
    said = f"{sources * events:,} events of {sources * len(records):,} tickets in {sources} sources"
    (folder / "filled.txt").write_text(said)


def main() -> None:
    """Fill a store, rebuild it, and print."""
    if len(sys.argv) > 1:
        prepare(Path(sys.argv[1]))
        return
    if not LOG.exists():
        print("rebuild: shared data absent")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environ = compiling_into(folder)
        # In a process of its own: what is resident at most counts from the size of the process that starts another.
        used_by([sys.executable, __file__, folder], environ)
        print(f"rebuilding {(folder / 'filled.txt').read_text()}")
        replay_all: list[str | Path] = [*SYNCD, "replay", "-c", folder / "syncd.yaml"]
        # The first replay makes the events; the second one, which counts, replaces them.
        used_by(replay_all, environ)
        read_bare: list[str | Path] = [sys.executable, BARE_READ, f"sqlite:///{folder / 'syncd.db'}"]
        bare = min((used_by(read_bare, environ) for _ in range(2)), key=lambda used: used.processor)
        readings = used_by([*replay_all, "--readings-only"], environ)
        replay = used_by(replay_all, environ)
    print(f"  {'bare ordered SELECT':<34}{bare}")
    line("measured again", readings, bare, 3)
    line("mapped and measured again", replay, bare, 6)


if __name__ == "__main__":
    main()
