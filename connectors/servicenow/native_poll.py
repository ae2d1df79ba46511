"""Tickets of which the instance's own SLA clocks say something new.

A change to `task_sla` leaves the ticket's `sys_updated_on` as it was, so the table is polled by its own. A scheduler
rewrites the elapsed times of its rows all the time: only rows attached, breached or ended are asked for, which is what
is told of them (`native`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.servicenow.cells import Row, text
from connectors.servicenow.cursor import Stream
from connectors.servicenow.keyset import FIRST, LAST, Keyset, Place
from connectors.servicenow.native import FIELDS, TABLE, kept
from connectors.servicenow.query import Filter, all_of, among, condition, is_sys_id
from connectors.servicenow.settings import ServiceNowOptions
from connectors.servicenow.stamps import stamp
from connectors.servicenow.table_api import TableApi

STREAM = Stream(TABLE, Filter())
"""Where reading `task_sla` stands, in cursors."""

Told = Mapping[str, Sequence[Row]]
"""Rows of `task_sla` by ticket, as records that were read in this pass hold them."""


@dataclass(frozen=True, slots=True)
class News:
    """Tickets to read again, and the place behind the rows that told of them."""

    tickets: tuple[str, ...]
    place: Place


class NativePoll:
    """Polls `task_sla` for the tickets of some tables."""

    def __init__(self, api: TableApi, options: ServiceNowOptions) -> None:
        self._api = api
        self._options = options

    def news(self, start: datetime, upper: datetime, told: Told) -> Iterator[News]:
        """Yield tickets with rows changed after `start`, up to `upper`, that say other than what was just read.

        Raises `SourceRefused(forbidden)` or `SourceMisunderstood(query_not_honoured)` where that may not be asked.
        """
        wanted = all_of(
            among("task.sys_class_name", self._options.tables),
            f"{condition('active', '=', 'false')}^OR{condition('has_breached', '=', 'true')}"
            f"^OR{condition('sys_created_on', '>=', stamp(start))}",
        )
        keyset = Keyset(self._api, TABLE, (*FIELDS, "task"), Filter(wanted))
        for batch in keyset.read(Place(stamp(start)), stamp(upper)):
            fresh = [text(row, "task") for row in batch.rows if not _known(row, told)]
            yield News(tuple(dict.fromkeys(ticket for ticket in fresh if is_sys_id(ticket))), batch.place)

    def tickets(self, stream: Stream, ids: Sequence[str], fields: Sequence[str], since: datetime | None) -> list[Row]:
        """Return those of some tickets that a stream holds and that were updated since an instant."""
        found: list[Row] = []
        own = stream.filter
        for start in range(0, len(ids), self._options.batch):
            some = ids[start : start + self._options.batch]
            these = Filter(all_of(own.text, among("sys_id", some)), own.fields, own.pins)
            for batch in Keyset(self._api, stream.table, fields, these).read(Place(FIRST), LAST):
                found.extend(batch.rows)
        wanted, earliest = set(ids), FIRST if since is None else stamp(since)
        if any(text(row, "sys_id") not in wanted for row in found):
            raise self._api.not_honoured(f"{stream.table}: a record that was not asked for came back")
        return [row for row in found if text(row, "sys_updated_on") >= earliest]


def _known(row: Row, told: Told) -> bool:
    now = kept(row)
    return any(kept(each) == now for each in told.get(text(row, "task"), ()))
