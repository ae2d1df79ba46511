"""Clock definitions: what a reading is of, under a small number. Made once, never changed, never dropped."""

from typing import Any

import sqlalchemy as sa

from syncd.domain.reading import Reading
from syncd.store.codes import METRIC_NUMBERS
from syncd.store.session import Session
from syncd.store.tables import clock_definition

Key = tuple[str, str, str, str, int]
_NAMES = ("vendor", "contract", "revision", "target", "metric")


def key_of(reading: Reading) -> Key:
    """Return what identifies a reading's clock, whatever the ticket."""
    return (reading.vendor, reading.contract, reading.revision, reading.target, METRIC_NUMBERS[reading.metric])


def _numbered(key: Key) -> sa.Select[tuple[int]]:
    where = (clock_definition.c[name] == value for name, value in zip(_NAMES, key, strict=True))
    return sa.select(clock_definition.c.id).where(*where)


class Definitions:
    """Numbers of definitions within one transaction, over those that committed ones made known."""

    def __init__(self, session: Session, known: dict[Key, int]) -> None:
        self._session = session
        self._known = known
        self._met: dict[Key, int] = {}

    def number(self, reading: Reading) -> int:
        """Return the number of a reading's definition, made if new."""
        key = key_of(reading)
        number = self._known.get(key) or self._met.get(key)
        if number is None:
            number = self._find(key) or self._make(key)
            self._met[key] = number
        return number

    def _find(self, key: Key) -> int | None:
        number: int | None = self._session.run(_numbered(key)).scalar()
        return number

    def _make(self, key: Key) -> int:
        values: dict[str, Any] = dict(zip(_NAMES, key, strict=True))
        self._session.insert(clock_definition, values)
        return int(self._session.run(_numbered(key)).scalar_one())

    def committed(self) -> None:
        """Let other transactions know what this one met; it has been committed."""
        self._known.update(self._met)
