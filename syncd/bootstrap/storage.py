"""The store, ready for this release, and the right to write to it."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from syncd.errors import StoreError, StoreMismatch
from syncd.ports.now import Now
from syncd.ports.store import Fence, Store
from syncd.ports.store_watch import UNWATCHED, StoreWatch
from syncd.settings import Settings
from syncd.store import open_store

Say = Callable[[str], None]
"""Told what is being done to the store, for people who wait."""

_LEASE_RUNS_OUT = 30.0


def is_embedded(settings: Settings) -> bool:
    """Whether the store is a file of our own."""
    return settings.store_url.startswith("sqlite")


def store_of(settings: Settings, now: Now, *, say: Say, watch: StoreWatch = UNWATCHED) -> Store:
    """Return the configured store, ready for this release.

    An embedded store is brought up to date here, beside a backup copy; a PostgreSQL one never: `syncd db upgrade` does.
    Raises StoreMismatch.
    """
    store = open_store(settings.store_url, now=now, watch=watch)
    if is_embedded(settings) and not store.schema().ready:
        store.upgrade(say)
    return store


def take_lease(settings: Settings, store: Store, now: Now) -> Fence:
    """Return the right to write; raises StoreError while another process holds it.

    A file's lease is free at once when its process is gone; a database's runs out, which is waited for.
    """
    holder = f"{socket.gethostname()}:{os.getpid()}"
    end = now.monotonic() + (0.0 if is_embedded(settings) else _LEASE_RUNS_OUT)
    while (fence := store.acquire(holder)) is None:
        if now.monotonic() >= end:
            raise StoreError("another syncd process is at work on this store; stop it first, or wait until it is done")
        now.sleep(1.0)
    return fence


@contextmanager
def standing_by(settings: Settings, now: Now, *, reading: bool = True) -> Iterator[Store]:
    """Yield the store as it stands, without the lease and never brought up to date; raises StoreMismatch if empty.

    Unless it is for `reading` alone, what did not arrive may be sorted.
    """
    store = open_store(settings.store_url, now=now, reading=reading)
    try:
        if store.schema().current is None:
            raise StoreMismatch("the store is empty: run `syncd run`, `syncd once` or `syncd import` first")
        yield store
    finally:
        store.close()


@contextmanager
def leased(settings: Settings, now: Now, *, say: Say) -> Iterator[tuple[Store, Fence]]:
    """Yield the store and the lease on it; both are given back after."""
    store = store_of(settings, now, say=say)
    try:
        fence = take_lease(settings, store, now)
        try:
            yield store, fence
        finally:
            store.release(fence)
    finally:
        store.close()
