"""The schema: how it stands, and how it is brought to this release."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from syncd.errors import StoreMismatch
from syncd.ports.store import SchemaStatus

EXPECTED = "0006"
"""The newest migration; written down so that a start need not load them all. A test holds it to the truth."""

_VERSION = sa.table("alembic_version", sa.column("version_num", sa.String))


def current(connection: sa.Connection) -> str | None:
    """Return the revision that the database is at; None for a database that syncd never made."""
    if not sa.inspect(connection).has_table(_VERSION.name):
        return None
    found: str | None = connection.execute(sa.select(_VERSION.c.version_num)).scalar()
    return found


def _pending(revision: str | None) -> Sequence[str]:
    from alembic.script import ScriptDirectory  # noqa: PLC0415  # a ready store starts without loading alembic
    from alembic.script.revision import RevisionError  # noqa: PLC0415  # as above

    script = ScriptDirectory(str(_MIGRATIONS))
    try:
        steps = list(script.iterate_revisions("head", revision or "base"))
    except RevisionError:
        return ()  # a revision this release does not know: the store is newer
    return tuple(f"{step.revision} {step.doc}" for step in reversed(steps))


_MIGRATIONS = Path(__file__).with_name("migrations")


def status(connection: sa.Connection | None) -> SchemaStatus:
    """Return how the schema stands; None stands for a database that is not there yet."""
    revision = None if connection is None else current(connection)
    return SchemaStatus(revision, EXPECTED, () if revision == EXPECTED else _pending(revision))


def refuse_unready(found: SchemaStatus) -> None:
    """Raise `StoreMismatch` unless this release can run on the schema."""
    if found.ready:
        return
    if found.current is not None and not found.pending:
        raise StoreMismatch(
            f"the store's schema {found.current} is newer than this release ({found.expected}): install the newer syncd"
        )
    stands = "the store is empty" if found.current is None else f"the store's schema is at {found.current}"
    raise StoreMismatch(f"{stands}, this release needs {found.expected}: run `syncd db upgrade`")


def migrate(connection: sa.Connection, progress: Callable[[str], None]) -> None:
    """Run what is pending inside the connection's transaction."""
    from alembic import command  # noqa: PLC0415  # a ready store starts without loading alembic
    from alembic.config import Config  # noqa: PLC0415  # as above

    for step in status(connection).pending:
        progress(f"migration {step}")
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, "head")


def back_up(database: Path, revision: str | None, progress: Callable[[str], None]) -> Path:
    """Copy a SQLite database beside itself, consistently, and return the copy's path.

    The copy is named after the revision that it holds; one left by an earlier attempt from there is replaced.
    """
    copy = database.with_name(f"{database.name}.before-{revision or 'syncd'}")
    unfinished = copy.with_name(copy.name + ".part")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    progress(f"backup copy {copy}")
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(unfinished)) as target:
        source.backup(target)
    unfinished.replace(copy)
    return copy
