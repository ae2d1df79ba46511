"""What the instance says about itself: choice lists, the dictionary, and the SLA definitions of its vendors."""

from collections.abc import Iterator

from connectors.servicenow.simulator.cast import VENDORS, company_id, entry
from connectors.servicenow.simulator.schema import REFERENCE, Schema
from connectors.servicenow.simulator.stamps import sys_id_of
from connectors.servicenow.simulator.tables import Row

_CHOICES = {
    ("incident", "state"): {
        "1": "New", "2": "In Progress", "3": "On Hold", "6": "Resolved", "7": "Closed", "8": "Canceled",
    },
    ("incident", "hold_reason"): {
        "1": "Awaiting Caller", "3": "Awaiting Problem", "4": "Awaiting Vendor", "5": "Awaiting Change",
    },
    ("incident", "impact"): {"1": "1 - High", "2": "2 - Medium", "3": "3 - Low"},
    ("incident", "urgency"): {"1": "1 - High", "2": "2 - Medium", "3": "3 - Low"},
    ("task", "priority"): {
        "1": "1 - Critical", "2": "2 - High", "3": "3 - Moderate", "4": "4 - Low", "5": "5 - Planning",
    },
}  # fmt: skip

RESPONSE_GOALS = {"1": 15, "2": 30, "3": 240, "4": 480, "5": 480}
"""Minutes to the first response, by priority, round the clock."""

RESOLUTION_GOALS = {"1": 240, "2": 480, "3": 1440, "4": 2880, "5": 7200}
"""Minutes to the resolution, by priority, round the clock."""


def sla_id(company: str, target: str, priority: str) -> str:
    """Return the sys_id of one vendor's SLA definition."""
    return sys_id_of("contract_sla", company, target, priority)


def _definitions() -> Iterator[tuple[str, Row]]:
    for vendor in VENDORS:
        for target, goals in (("response", RESPONSE_GOALS), ("resolution", RESOLUTION_GOALS)):
            for priority, minutes in goals.items():
                days, rest = divmod(minutes, 1440)
                values = {
                    "name": f"{vendor.name} P{priority} {target}", "type": "Underpinning contract", "target": target,
                    "collection": "incident", "duration": f"1970-01-{days + 1:02d} {rest // 60:02d}:{rest % 60:02d}:00",
                    "retroactive": "true", "active": "true", "vendor": company_id(vendor.name), "schedule": "",
                    "start_condition": f"priority={priority}^assignment_group.name={vendor.groups[0]}",
                }  # fmt: skip
                yield "contract_sla", entry("contract_sla", sla_id(vendor.name, target, priority), values)


def definitions(schema: Schema) -> Iterator[tuple[str, Row]]:
    """Yield tables and rows of choice lists, dictionary and SLA definitions."""
    for (table, element), values in _CHOICES.items():
        for place, (value, label) in enumerate(values.items()):
            choice = {
                "name": table, "element": element, "value": value, "label": label, "language": "en",
                "inactive": "false", "sequence": str(place),
            }  # fmt: skip
            yield "sys_choice", entry("sys_choice", sys_id_of("sys_choice", table, element, value), choice)
    for table in schema.tables():
        audited = str(schema.is_task(table)).lower()
        collection = {"name": table, "element": "", "internal_type": "collection", "audit": audited}
        yield "sys_dictionary", entry("sys_dictionary", sys_id_of("sys_dictionary", table), collection)
        parent = schema.parent(table)
        for column, kind in schema.columns(table).items():
            if parent is None or column not in schema.columns(parent):
                yield "sys_dictionary", _column(table, column, kind)
    yield from _definitions()


def _column(table: str, column: str, kind: str) -> Row:
    target = kind.removeprefix(REFERENCE) if kind.startswith(REFERENCE) else ""
    values = {
        "name": table, "element": column, "internal_type": "reference" if target else kind, "reference": target,
        "column_label": column.replace("_", " ").capitalize(), "audit": "false",
    }  # fmt: skip
    return entry("sys_dictionary", sys_id_of("sys_dictionary", table, column), values)
