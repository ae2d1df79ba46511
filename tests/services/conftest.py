"""A desk: one source, one contract, and a store that is in memory once and a file once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncd.store import open_store
from tests.services.desk import Desk, desk_on, in_memory


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store file, migrated once and copied for each test."""
    path = tmp_path_factory.mktemp("template") / "syncd.db"
    store = open_store(f"sqlite:///{path}")
    store.upgrade(lambda _: None)
    store.close()
    return path


@pytest.fixture(params=["memory", "sqlite"])
def desk(request: pytest.FixtureRequest, empty_file: Path, tmp_path: Path) -> Iterator[Desk]:
    if request.param == "memory":
        yield in_memory()
        return
    path = tmp_path / "syncd.db"
    shutil.copy(empty_file, path)
    store = open_store(f"sqlite:///{path}")
    yield desk_on(store)
    store.close()
