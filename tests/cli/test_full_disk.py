"""Commands that only read work where nothing can be written any more; the others say what is wrong."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from syncd.store import open_store
from tests.cli.command import syncd_command as syncd
from tests.store.outages import fill, small_disk

AT = ("--as-of", "2026-04-01T00:00:00Z")
READING = [
    ("status",), ("tickets", *AT), ("explain", "INC0012345", *AT), ("notices", "list"), ("db", "status"),
    ("contract", "preview", *AT),
]  # fmt: skip


@pytest.fixture
def disk(config: Path, tmp_path: Path) -> Iterator[Path]:
    """A small disk with a store that was written to, and room."""
    with small_disk(tmp_path / "disk") as folder:
        config.write_text(config.read_text().replace(str(tmp_path / "syncd.db"), str(folder / "syncd.db")))
        assert syncd("once", "-c", config).code == 0
        yield folder


def left_by_a_kill(disk: Path) -> None:
    """What the log of a killed process holds is not in the file yet, and the shared memory beside it is gone."""
    store = open_store(f"sqlite:///{disk / 'syncd.db'}")
    fence = store.acquire("killed")
    assert fence is not None
    with store.begin(fence) as work:
        work.sources.register("another", "timeline")
        work.commit()
    kept = {name: (disk / name).read_bytes() for name in ("syncd.db", "syncd.db-wal")}
    store.close()
    for name, content in kept.items():
        (disk / name).write_bytes(content)


@pytest.mark.parametrize("command", READING, ids=lambda command: command[0])
def test_what_only_reads_reads_on_a_full_disk(disk: Path, config: Path, command: tuple[str, ...]) -> None:
    before = syncd(*command, "-c", config)
    assert before.code == 0, before.err
    fill(disk)
    assert syncd(*command, "-c", config) == before


def test_what_a_killed_process_left_in_its_log_is_read_on_a_full_disk(disk: Path, config: Path) -> None:
    left_by_a_kill(disk)
    log = (disk / "syncd.db-wal").read_bytes()
    assert log
    fill(disk)
    for _ in range(2):
        said = syncd("status", "-c", config)
        assert (said.code, said.err) == (0, "")
        assert "another" in said.out


def test_what_writes_says_that_the_disk_is_full(disk: Path, config: Path) -> None:
    fill(disk)
    said = syncd("once", "-c", config)
    assert said.code == 1
    assert "disk is full" in said.err
