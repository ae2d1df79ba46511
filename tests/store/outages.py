"""Databases that stop working under a running store, and work again: real faults, no pretended ones."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import sqlalchemy as sa

from syncd.errors import StoreReason
from syncd.store import open_store


@dataclass(frozen=True)
class Outage:
    """A store's address, how it fails and works again, and what that is called."""

    url: str
    begin: Callable[[], None]
    end: Callable[[], None]
    reasons: frozenset[StoreReason]


def file_taken_away(url: str) -> Outage:
    """The file is moved somewhere else and put back."""
    path = Path(url.removeprefix("sqlite:///"))
    aside = path.with_name("aside")
    return Outage(url, lambda: _move(path, aside), lambda: _move(aside, path), frozenset({"missing"}))


def _move(path: Path, to: Path) -> None:
    path.rename(to)


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Yield a folder on a file system of two megabytes."""
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], check=False).returncode:
        pytest.skip("a small disk cannot be mounted: run as root, else nobody sees what a full one does")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def fill(disk: Path) -> None:
    """Leave no byte free."""
    with (disk / "filler").open("wb", buffering=0) as filler:
        for size in (65536, 4096):
            try:
                while True:
                    filler.write(b"x" * size)
            except OSError:
                continue  # as many of this size as there was room for


def full_disk(template: Path, disk: Path) -> Outage:
    """The disk is full, and has room again."""
    shutil.copy(template, disk / "syncd.db")
    url = f"sqlite:///{disk / 'syncd.db'}"
    return Outage(url, lambda: fill(disk), (disk / "filler").unlink, frozenset({"full"}))


def shut(url: str, on_server: Callable[[str], None]) -> Outage:
    """The database ends every session and takes no new one."""
    name = sa.make_url(url).database

    def begin() -> None:
        on_server(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        _end_sessions(on_server, name)

    return Outage(url, begin, lambda: on_server(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"), UNREACHABLE)


def read_only(url: str, on_server: Callable[[str], None]) -> Outage:
    """The database only reads, as one that follows another does."""
    name = sa.make_url(url).database

    def turn(state: str) -> None:
        on_server(f"ALTER DATABASE {name} SET default_transaction_read_only = {state}")
        _end_sessions(on_server, name)

    return Outage(url, lambda: turn("on"), lambda: turn("off"), frozenset({"read_only", "unreachable"}))


def _end_sessions(on_server: Callable[[str], None], name: str | None) -> None:
    on_server(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608


UNREACHABLE: frozenset[StoreReason] = frozenset({"unreachable"})


def down(server_url: str, server: Any) -> Outage:
    """The server is stopped and started."""
    url = _made(server_url, server)
    return Outage(url, server.stop, server.ensure_postgres_running, UNREACHABLE)


def crowded(server_url: str, server: Any) -> Outage:
    """Others hold every connection that the server has."""
    url = _made(server_url, server)
    others = ExitStack()
    dsn = sa.make_url(url).set(drivername="postgresql").render_as_string()

    def begin() -> None:
        server.stop()
        server.ensure_postgres_running()
        try:
            while True:
                others.enter_context(psycopg.connect(dsn))
        except psycopg.OperationalError:
            return  # there are no more

    return Outage(url, begin, others.close, UNREACHABLE)


def _made(server_url: str, server: Any) -> str:
    """A database of the test's own, with today's schema."""
    name = f"syncd_{uuid4().hex}"
    server.psql(f"CREATE DATABASE {name};")
    url = sa.make_url(server_url).set(database=name).render_as_string(hide_password=False)
    store = open_store(url)
    store.upgrade(lambda _: None)
    store.close()
    return url
