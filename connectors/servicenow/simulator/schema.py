"""The tables the simulator knows: their columns with types, which extends which, and what is indexed.

A type is `string`, `integer`, `boolean`, `choice`, `journal`, `glide_date_time`, `due_date`, `glide_duration` or
`reference:<table>`. Names and types follow the platform's dictionary as the reference file of this connector lists it.
"""

from collections.abc import Mapping

JOURNAL = "journal"
REFERENCE = "reference:"


def _columns(text: str) -> dict[str, str]:
    columns: dict[str, str] = {}
    for part in text.split():
        names, _, kind = part.partition("=")
        for name in names.split(","):
            columns[name] = kind or "string"
    return columns


_SYSTEM = _columns(
    "sys_id,sys_created_by,sys_updated_by sys_created_on,sys_updated_on=glide_date_time sys_mod_count=integer"
)
_BORN = _columns("sys_id,sys_created_by sys_created_on=glide_date_time")

_TASK = _SYSTEM | _columns(
    "sys_class_name,number,short_description,description,contact_type,correlation_id,correlation_display,close_notes "
    "state,priority,impact,urgency,escalation=choice active,made_sla=boolean reassignment_count=integer "
    "opened_at,closed_at,work_start,work_end,expected_start,follow_up=glide_date_time "
    "due_date,sla_due,activity_due=due_date "
    "opened_by,closed_by,assigned_to=reference:sys_user assignment_group=reference:sys_user_group "
    "company=reference:core_company parent=reference:task comments,work_notes,comments_and_work_notes=journal "
    "sys_domain=string cmdb_ci,contract,service_offering=string"
)  # fmt: skip

_INCIDENT = _columns(
    "category,subcategory,vendor,close_code incident_state,hold_reason,severity=choice "
    "reopen_count,child_incidents=integer "
    "resolved_at,reopened_time=glide_date_time caller_id,resolved_by,reopened_by=reference:sys_user "
    "parent_incident=reference:incident problem_id=reference:problem rfc,caused_by=string "
    "calendar_duration,business_duration=glide_duration calendar_stc,business_stc=integer"
)  # fmt: skip

_TABLES: Mapping[str, Mapping[str, str]] = {
    "task": _TASK,
    "incident": _TASK | _INCIDENT,
    "problem": _TASK | _columns("resolved_at=glide_date_time duplicate_of=reference:problem"),
    "sc_req_item": _TASK | _columns("stage=choice"),
    "change_request": _TASK | _columns("on_hold=boolean on_hold_reason=string"),
    "sys_audit": _BORN
    | _columns(
        "tablename,documentkey,fieldname,oldvalue,newvalue,user,reason,internal_checkpoint record_checkpoint=integer"
    ),
    "sys_audit_delete": _BORN | _columns("tablename,documentkey,display_value"),
    "sys_journal_field": _BORN | _columns("name,element,element_id,value"),
    "task_sla": _SYSTEM
    | _columns(
        "task=reference:task sla=reference:contract_sla stage=choice active,has_breached=boolean "
        "start_time,end_time,planned_end_time,original_breach_time,pause_time=glide_date_time "
        "pause_duration,business_pause_duration,duration,business_duration,time_left,business_time_left=glide_duration "
        "percentage,business_percentage,schedule,timezone"
    ),
    "contract_sla": _SYSTEM
    | _columns(
        "name,type,target,collection,duration_type,schedule,schedule_source,timezone,start_condition,stop_condition "
        "pause_condition duration=glide_duration retroactive,active=boolean vendor=reference:core_company"
    ),
    "sys_user": _SYSTEM
    | _columns("user_name,name,first_name,last_name,email,time_zone,date_format,time_format active=boolean")
    | _columns("company=reference:core_company"),
    "sys_user_group": _SYSTEM
    | _columns(
        "name,description,email active=boolean vendor,company=reference:core_company manager=reference:sys_user"
    ),
    "sys_user_grmember": _SYSTEM | _columns("user=reference:sys_user group=reference:sys_user_group"),
    "core_company": _SYSTEM | _columns("name,website vendor,customer=boolean"),
    "sys_choice": _SYSTEM | _columns("name,element,value,label,language inactive=boolean sequence=integer"),
    "sys_dictionary": _SYSTEM | _columns("name,element,internal_type,reference,column_label audit,active=boolean"),
}

_NAMED = ("cmn_location", "cmdb_ci", "cmdb_ci_service", "service_offering", "ast_contract")
"""Tables that references of other instances lead to; here they hold nothing."""

_PARENTS = {"incident": "task", "problem": "task", "sc_req_item": "task", "change_request": "task"}

_SORTED = {
    "sys_audit": ("sys_created_on",),
    "sys_audit_delete": ("sys_created_on",),
    "sys_journal_field": ("sys_created_on",),
}
_SORTED_TASK = ("sys_updated_on", "sys_created_on", "opened_at")

_HASHED = {
    "sys_audit": ("documentkey",),
    "sys_audit_delete": ("documentkey",),
    "sys_journal_field": ("element_id",),
    "task_sla": ("task",),
    "sys_user": ("user_name",),
}

_DISPLAY = {"sys_user": "name", "sys_user_group": "name", "core_company": "name", "contract_sla": "name"}


class Schema:
    """Tables and columns; a script may add columns such as `u_vendor`."""

    def __init__(self) -> None:
        self._tables: dict[str, dict[str, str]] = {name: dict(columns) for name, columns in _TABLES.items()}
        self._tables |= {name: {**_SYSTEM, "name": "string"} for name in _NAMED}

    def tables(self) -> list[str]:
        """Return the names of all tables."""
        return list(self._tables)

    def columns(self, table: str) -> Mapping[str, str]:
        """Return column names with types, inherited ones included; KeyError for an unknown table."""
        return self._tables[table]

    def add(self, table: str, column: str, kind: str) -> None:
        """Add a column, also to the tables that extend this one."""
        for name in [table, *(child for child, parent in _PARENTS.items() if parent == table)]:
            self._tables[name].setdefault(column, kind)

    def parent(self, table: str) -> str | None:
        """Return the table that this one extends."""
        return _PARENTS.get(table)

    def is_task(self, table: str) -> bool:
        """Say whether rows of this table are tasks."""
        return table == "task" or _PARENTS.get(table) == "task"

    def type_of(self, table: str, path: str) -> str | None:
        """Return the type at a dotted path; None if any step of it is unknown."""
        head, _, rest = path.partition(".")
        kind = self._tables[table].get(head)
        if not rest or kind is None:
            return kind
        return self.type_of(kind.removeprefix(REFERENCE), rest) if kind.startswith(REFERENCE) else None

    def target(self, table: str, column: str) -> str | None:
        """Return the table that a reference column points to; None for other columns."""
        kind = self._tables[table].get(column, "")
        return kind.removeprefix(REFERENCE) if kind.startswith(REFERENCE) else None

    def display_column(self, table: str) -> str:
        """Return the column whose value stands for a row of this table."""
        return _DISPLAY.get(table, "number" if self.is_task(table) else "sys_id")

    def sorted_by(self, table: str) -> tuple[str, ...]:
        """Return the columns kept in order with the sys_id behind them."""
        return _SORTED_TASK if self.is_task(table) else _SORTED.get(table, ("sys_updated_on",))

    def hashed_by(self, table: str) -> tuple[str, ...]:
        """Return the columns that find rows by value."""
        return ("number",) if self.is_task(table) else _HASHED.get(table, ())
