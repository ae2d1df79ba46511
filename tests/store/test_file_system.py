"""Where a SQLite database may lie, and who may run on it."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from syncd.errors import StoreError
from syncd.store import open_store
from syncd.store.file_system import FileLock, free_ratio, kind_of, refuse_network
from syncd.store.sqlite_database import SqliteDatabase

MOUNTS = r"""
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 27 0:40 / /var/lib/syncd rw,relatime shared:1 master:2 - nfs4 filer:/vol - rw
31 27 0:41 / /mnt/with\040space rw - cifs //server/share rw
32 27 0:42 / /srv rw - nfs filer:/srv rw
33 27 0:43 / /srv rw - xfs /dev/vdb rw
broken line
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        pytest.param("/home/me", "ext4", id="the root file system"),
        pytest.param("/var/lib/syncd", "nfs4", id="a mount point itself"),
        pytest.param("/var/lib/syncd/deep/down", "nfs4", id="below a mount point"),
        pytest.param("/var/lib/syncd2", "ext4", id="a name that only begins like a mount point"),
        pytest.param("/mnt/with space/x", "cifs", id="a mount point with a space"),
        pytest.param("/srv/x", "xfs", id="of two mounts on one point the one on top"),
        pytest.param("relative", None, id="no absolute path"),
    ],
)
def test_the_file_system_of_a_path_is_the_one_mounted_closest_above_it(path: str, kind: str | None) -> None:
    assert kind_of(Path(path), MOUNTS) == kind


def test_a_network_file_system_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"1 1 0:1 / {tmp_path} rw - nfs4 filer:/vol rw\n")
    with pytest.raises(StoreError, match=r"network file system \(nfs4\).*local disk"):
        refuse_network(tmp_path / "syncd.db", mounts)
    mounts.write_text(f"1 1 0:1 / {tmp_path} rw - ext4 /dev/vda rw\n")
    refuse_network(tmp_path / "syncd.db", mounts)
    refuse_network(tmp_path / "syncd.db", tmp_path / "not Linux")


def test_a_lock_file_is_held_once(tmp_path: Path) -> None:
    one, other = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert one.take()
    assert one.take(), "taking it twice is one hold"
    assert not other.take()
    one.drop()
    one.drop()
    assert (one.held, other.take(), one.take(), other.held) == (False, True, False, True)
    other.drop()


def test_the_free_share_of_the_disk_is_a_ratio(tmp_path: Path) -> None:
    assert 0 <= free_ratio(tmp_path) <= 1
    database = SqliteDatabase(tmp_path / "not yet" / "syncd.db")
    assert database.free_disk_ratio() is None
    database.close()


def test_folding_the_log_puts_what_was_written_into_the_file_itself(tmp_path: Path, sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    assert store.acquire("somebody") is not None
    alone = tmp_path / "alone.db"

    def holder() -> str:
        shutil.copy(tmp_path / "syncd.db", alone)
        with closing(sqlite3.connect(alone)) as connection:
            return str(connection.execute("SELECT holder FROM lease").fetchone()[0])

    assert holder() == "", "so far it is in the log"
    store.checkpoint()
    assert holder() == "somebody"
    store.close()
