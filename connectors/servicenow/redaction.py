"""What of a ServiceNow payload may be stored: fields that the options ask for, and no text that people wrote."""

from collections.abc import Mapping
from hashlib import sha256

from connectors.servicenow.cells import Row, inner, rows, text
from connectors.servicenow.history import DELETED
from connectors.servicenow.native import TABLE as NATIVE
from connectors.servicenow.native import kept as kept_of_native
from connectors.servicenow.settings import ServiceNowOptions
from connectors.servicenow.ticket import readable, table_of

IDENTITY = (
    "sys_id", "number", "sys_class_name", "sys_created_on", "sys_created_by", "sys_updated_on", "sys_mod_count",
    "opened_at", "opened_by", "caller_id", "resolved_at", "closed_at",
)  # fmt: skip
"""Fields of a record that every mapping needs."""

LINKED_USERS = ("caller_id", "opened_by")
"""Fields of a record that point to the people who raised it."""

AUDIT = ("sys_id", "fieldname", "oldvalue", "newvalue", "user", "record_checkpoint", "sys_created_on")
JOURNAL = ("sys_id", "element", "value", "sys_created_on", "sys_created_by")
_AUDIT, _JOURNAL, _USER = frozenset(AUDIT), frozenset(JOURNAL), frozenset({"user_name", "sys_id", "domain"})


def record_fields(options: ServiceNowOptions) -> tuple[str, ...]:
    """Return the fields of a record that are read and kept."""
    title = ("short_description",) if options.titles else ()
    return tuple(dict.fromkeys((*IDENTITY, *options.tracked, *title)))


class Redaction:
    """Takes out of payloads what must not be stored (law 12).

    A journal entry's text becomes its hash and length; record fields, audited fields and whatever else nobody asked for
    are left out.
    """

    def __init__(self, options: ServiceNowOptions) -> None:
        self._record = frozenset(record_fields(options))
        self._audited = frozenset((*options.tracked, DELETED))
        self._native = options.native_sla

    def of(self, payload: Mapping[str, object]) -> dict[str, object]:
        """Return what is left of a payload. Idempotent."""
        kept: dict[str, object] = {
            "table": table_of(payload),
            "record": _only(inner(payload, "record"), self._record),
            "audit": [_only(row, _AUDIT) for row in rows(payload, "audit") if self._told(row)],
            "journal": [_hashed(_only(row, _JOURNAL)) for row in rows(payload, "journal")],
            "users": [_only(row, _USER) for row in rows(payload, "users")],
        }
        slas = [kept_of_native(row) for row in rows(payload, NATIVE)] if self._native else []
        if slas:
            kept[NATIVE] = slas
        if "names" in payload:
            kept["names"] = inner(payload, "names")
        if "readable" in payload or not (readable(payload, "audit") and readable(payload, "journal")):
            kept["readable"] = {what: readable(payload, what) for what in ("audit", "journal")}
        return kept

    def _told(self, row: Row) -> bool:
        """Tell whether an audit row counts: of what is asked for, or of nobody knows what, as one hidden from us."""
        return text(row, "fieldname") in self._audited or not text(row, "fieldname")


def _only(row: Row, fields: frozenset[str]) -> Row:
    """Return a row less what is not asked for; itself where that is nothing, for nobody changes a payload."""
    return row if row.keys() <= fields else {field: value for field, value in row.items() if field in fields}


def _hashed(row: Row) -> Row:
    value = row.get("value")
    if isinstance(value, Mapping) and value.keys() == {"sha256", "length"}:
        return row
    written = text(row, "value")
    hashed = sha256(written.encode("utf-8", "surrogatepass")).hexdigest()
    return {**row, "value": {"sha256": hashed, "length": len(written)}}
