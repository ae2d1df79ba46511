"""A plugin under examination: where its source is, and everything that can be read from it."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from syncd.ports.connector import Backfills, Connector, Mapper, Page, Plugin, RawRecord, Site
from syncd.ports.toolkit import HttpRequest

S = TypeVar("S")

Key = tuple[str, str]
"""A record's ticket and part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examinee(Generic[S]):
    """A plugin, a source it can read, and what is odd on purpose there."""

    plugin: Plugin[S]
    options: Mapping[str, object]
    """As a configuration file would hold them."""
    site: Site
    connect: Callable[[], Connector]
    """Builds a connector as after a start; all of them read the same source."""
    wait: Callable[[float], None]
    """Lets seconds pass at the source, in which its tickets change."""
    text: str
    """Something that people wrote in tickets of this source and that must not be stored (law 12)."""
    unknown_id: str = "no-such-ticket"
    """An id that no ticket has."""
    requests: Callable[[], Sequence[HttpRequest]] = tuple
    """Every request made so far, if the source is asked over HTTP."""
    asks_by_post: frozenset[str] = frozenset()
    """Paths that are asked by POST without changing anything: a token endpoint, a search."""
    broken: Callable[[], Connector] | None = None
    """Builds a connector whose source cannot be reached."""
    strange: Callable[[RawRecord], RawRecord] | None = None
    """Gives a record a status that the options do not know; None where the reader refuses such tickets."""

    def mapper(self) -> Mapper:
        """Return the plugin's mapper of this source."""
        return self.plugin.mapper(self.site, self.settings())

    def settings(self) -> S:
        """Return the options, validated."""
        settings: S = validated(self.plugin.options, self.options)
        return settings

    def everything(self) -> Iterator[RawRecord]:
        """Yield every record of the source: the past, if it is read apart, then what is new."""
        connector = self.connect()
        if isinstance(connector, Backfills):
            for page in connector.backfill(None):
                yield from page.records
        for page in connector.pages(None):
            yield from page.records

    def rechecked(self, before: Iterable[Key]) -> list[RawRecord]:
        """Return those records as they are when re-read by id; without those that are gone."""
        keys = set(before)
        found = self.connect().recheck(sorted({ticket for ticket, _ in keys})).records
        return [record for record in found if (record.ticket, record.part) in keys]


def validated(options: Any, values: Mapping[str, object]) -> Any:
    """Return options as the core would: their type is a pydantic model, which this room does not import."""
    return options.model_validate(values)


def newest(records: Iterable[RawRecord]) -> dict[Key, RawRecord]:
    """Return of each (ticket, part) the record read last."""
    return {(record.ticket, record.part): record for record in records}


def keys_of(pages: Iterable[Page]) -> set[Key]:
    """Return what pages hold records of."""
    return {(record.ticket, record.part) for page in pages for record in page.records}


def text_of(payload: Mapping[str, object]) -> str:
    """Return a payload as the store would write it."""
    return json.dumps(payload, ensure_ascii=False)


def stored(payload: Mapping[str, object]) -> dict[str, object]:
    """Return a payload as it comes back from the store."""
    decoded: dict[str, object] = json.loads(text_of(payload))
    return decoded
