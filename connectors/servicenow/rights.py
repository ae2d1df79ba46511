"""Whether history can be read at all: an empty answer means "no rights" as often as "no rows"."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from connectors.servicenow.cells import Row, text, whole
from connectors.servicenow.native import TABLE as NATIVE
from connectors.servicenow.query import NOTHING, Filter, all_of, among, condition, ordered
from connectors.servicenow.table_api import TableApi
from syncd.errors import SourceRefused
from syncd.ports.toolkit import Toolkit

PROBE_SECONDS = 3600.0
"""How long the outcome of a probe is believed."""

_SAMPLE = 50
"""Tickets looked at."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What of a table's history can be read. Where nothing shows that it cannot, it can."""

    audit: bool = True
    journal: bool = True
    native: bool = False
    """Whether the source's own SLA clocks show any row; else there are none, or no right to them: nothing is asked."""


class Prober:
    """Probes each table once, and again every hour."""

    def __init__(self, api: TableApi, toolkit: Toolkit, *, native: bool) -> None:
        self._api = api
        self._toolkit = toolkit
        self._wants_native = native
        self._known: dict[str, tuple[float, Rights]] = {}
        self._native: tuple[float, bool] | None = None

    def rights(self, table: str, wanted: Filter) -> Rights:
        """Return what of a table's history can be read, probing if that is not known or long ago."""
        now = self._toolkit.now.monotonic()
        known = self._known.get(table)
        if known is None or now - known[0] > PROBE_SECONDS:
            known = self._known[table] = (now, self.probe(table, wanted))
        return replace(known[1], native=self.native())

    def native(self) -> bool:
        """Tell whether the source's own SLA clocks are wanted and show any row, looking again every hour."""
        if not self._wants_native:
            return False
        now = self._toolkit.now.monotonic()
        if self._native is None or now - self._native[0] > PROBE_SECONDS:
            self._native = (now, self.native_rows() is True)
        return self._native[1]

    def native_rows(self) -> bool | None:
        """Tell whether `task_sla` shows any row; None where it is refused."""
        try:
            found = self._api.rows(NATIVE, "", ("sys_id",), limit=_SAMPLE).rows
        except SourceRefused as refused:
            if refused.reason == "auth":
                raise
            return None
        return any(text(row, "sys_id") for row in found)

    def close_native(self) -> None:
        """Leave the source's own SLA clocks alone for an hour: they cannot be asked as they must be."""
        self._native = (self._toolkit.now.monotonic(), False)

    def probe(self, table: str, wanted: Filter) -> Rights:
        """Compare the newest tickets that were updated with their history; asks for a few rows of each table."""
        query = all_of(wanted.text, condition("sys_mod_count", ">", "0"), ordered("sys_updated_on", descending=True))
        fields = ("sys_id", "sys_mod_count", "comments", "work_notes")
        # Journal columns are empty as raw values; shown, they tell that there are entries. Their text is not kept.
        sample = self._api.rows(table, query, fields, limit=_SAMPLE, shown=True).rows
        updated = [text(row, "sys_id") for row in sample if whole(row, "sys_mod_count") > 0 and text(row, "sys_id")]
        written = [text(row, "sys_id") for row in sample if _has_entries(row) and text(row, "sys_id")]
        return Rights(
            audit=self._shows("sys_audit", "documentkey", updated),
            journal=self._shows("sys_journal_field", "element_id", written),
        )

    def forget(self, table: str) -> None:
        """Probe again the next time: something that could be read is refused."""
        self._known.pop(table, None)

    def _shows(self, table: str, column: str, ids: Sequence[str]) -> bool:
        """Tell whether a table of history may be read, and shows rows of tickets that must have some."""
        try:
            found = self._api.rows(table, among(column, ids or [NOTHING]), ("sys_id",), limit=_SAMPLE).rows
        except SourceRefused as refused:
            if refused.reason == "auth":
                raise
            return False
        return not ids or any(text(row, "sys_id") for row in found)


def _has_entries(row: Row) -> bool:
    return bool(text(row, "comments") or text(row, "work_notes"))
