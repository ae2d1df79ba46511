"""What SQLite needs of the file system below it: local locks and shared memory, and one process at a time."""

import fcntl
import os
from pathlib import Path

from syncd.errors import Fenced, StoreError

_NETWORK = frozenset({
    "9p", "acfs", "afs", "beegfs", "ceph", "cifs", "davfs", "fuse.ceph", "fuse.davfs2", "fuse.glusterfs",
    "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "orangefs",
    "smb3", "smbfs", "virtiofs",
})  # fmt: skip
"""File system types on which write-ahead logging is unsafe: its shared memory works on one host only
(sqlite.org/wal.html, "all processes using a database must be on the same host computer")."""

_OPTIONAL = 6
"""Where the optional fields begin, which the dash ends."""

_ESCAPES = {r"\040": " ", r"\011": "\t", r"\012": "\n", r"\134": "\\"}


def kind_of(path: Path, mountinfo: str) -> str | None:
    """Return the type of the file system that holds an absolute path, from the text of `/proc/self/mountinfo`.

    proc(5): the mount point is the fifth field, the type the first one after the lone dash. The longest mount point
    above the path counts, of equal ones the last, which lies on top. None when nothing fits.
    """
    best: tuple[int, str] | None = None
    for line in mountinfo.splitlines():
        fields = line.split(" ")
        if "-" not in fields[_OPTIONAL:-1]:
            continue
        point = fields[4]
        for escape, character in _ESCAPES.items():
            point = point.replace(escape, character)
        kind = fields[fields.index("-", _OPTIONAL) + 1]
        if path.is_relative_to(point) and (best is None or len(point) >= best[0]):
            best = (len(point), kind)
    return None if best is None else best[1]


def refuse_network(database: Path, mountinfo: Path = Path("/proc/self/mountinfo")) -> None:
    """Raise `StoreError` if the database would lie on a network file system; what cannot be seen is let be."""
    if not mountinfo.exists():
        return
    kind = kind_of(database.parent.resolve(), mountinfo.read_text(encoding="utf-8", errors="surrogateescape"))
    if kind in _NETWORK:
        raise StoreError(
            f"{database.parent} is on a network file system ({kind}), where SQLite may corrupt its database: "
            "put it on a local disk, or use postgresql+psycopg://"
        )


def free_ratio(folder: Path) -> float:
    """Return the share of a file system that may still be written, in [0, 1]."""
    stats = os.statvfs(folder)
    return stats.f_bavail / stats.f_blocks if stats.f_blocks else 1.0


def room(folder: Path) -> tuple[int, int]:
    """Return how many bytes of a file system may still be written, and how many there are."""
    stats = os.statvfs(folder)
    return stats.f_bavail * stats.f_frsize, stats.f_blocks * stats.f_frsize


class SameFile:
    """The file behind a path, as it was when it was first looked at."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._first: tuple[int, int] | None = None

    def look(self) -> None:
        """Raise `StoreError` while the file is gone, `Fenced` where another lies in its place: both are not ours."""
        try:
            found = self._path.stat()
        except OSError as cause:
            raise StoreError(f"{self._path} cannot be found ({cause.strerror}): put it back", "missing") from cause
        if self._first is None:
            self._first = (found.st_dev, found.st_ino)
        if self._first != (found.st_dev, found.st_ino):
            raise Fenced(f"{self._path} was replaced by another file while it was in use; start again on that one")


class FileLock:
    """An exclusive `flock` on a file, held by one open store; the kernel lets go of it when the process ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    @property
    def held(self) -> bool:
        """This store holds it."""
        return self._file is not None

    def take(self) -> bool:
        """Take it if nobody else has it; False if somebody does. Taking it twice is one hold."""
        if self._file is not None:
            return True
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        except OSError:
            os.close(file)
            raise
        self._file = file
        return True

    def drop(self) -> None:
        """Let go of it; harmless when not held."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
