"""Display values: what a person with this user's time zone, date format and language would read.

They are what a reader must not build on; ServiceNowDocs, "Table API", `sysparm_display_value`.
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from connectors.servicenow.simulator.schema import JOURNAL
from connectors.servicenow.simulator.stamps import instant_of
from connectors.servicenow.simulator.tables import Row
from connectors.servicenow.simulator.world import World

_JAVA = (
    ("yyyy", "%Y"),
    ("MM", "%m"),
    ("dd", "%d"),
    ("HH", "%H"),
    ("hh", "%I"),
    ("mm", "%M"),
    ("ss", "%S"),
    ("a", "%p"),
)
_TITLES = {"comments": "Additional comments", "work_notes": "Work notes"}


@dataclass(frozen=True, slots=True)
class Locale:
    """How the API user sees dates; the format is Java's, as `sys_user.date_format` and `time_format` hold it."""

    time_zone: str = "GMT"
    date_format: str = "yyyy-MM-dd HH:mm:ss"

    def moment(self, raw: str) -> str:
        """Return a raw date/time in the user's zone and format."""
        pattern = self.date_format
        for java, python in _JAVA:
            pattern = pattern.replace(java, python)
        return instant_of(raw).astimezone(ZoneInfo(self.time_zone)).strftime(pattern)


def _spoken(raw: str) -> str:
    seconds = int((instant_of(raw) - instant_of("1970-01-01")).total_seconds())
    parts = ((seconds // 86400, "Day"), (seconds // 3600 % 24, "Hour"), (seconds // 60 % 60, "Minute"))
    said = [f"{number} {unit}{'s' if number != 1 else ''}" for number, unit in parts if number]
    return " ".join(said) or f"{seconds} Second{'s' if seconds != 1 else ''}"


def _choice(world: World, table: str, column: str, value: str) -> str:
    for name in (table, world.schema.parent(table)):
        for row in world.tables["sys_choice"].rows.values():
            if (row["name"], row["element"], row["value"]) == (name, column, value):
                return row["label"]
    return value


def journal_text(world: World, locale: Locale, sys_id: str, elements: tuple[str, ...]) -> str:
    """Return a record's journal as one text, newest entry first, as `comments` shows it."""
    table = world.tables["sys_journal_field"]
    entries = [table.rows[key] for key in table.hashes["element_id"].get(sys_id, ())]
    blocks = []
    for entry in sorted(entries, key=lambda row: (row["sys_created_on"], row["sys_id"]), reverse=True):
        if entry["element"] in elements:
            title = _TITLES.get(entry["element"], entry["element"])
            head = f"{locale.moment(entry['sys_created_on'])} - {_author(world, entry)} ({title})"
            blocks.append(f"{head}\n{entry['value']}\n\n")
    return "".join(blocks)


def _author(world: World, entry: Row) -> str:
    users = world.tables["sys_user"]
    for sys_id in users.hashes["user_name"].get(entry["sys_created_by"], ()):
        return users.rows[sys_id].get("name", "")
    return entry["sys_created_by"]


def display(world: World, locale: Locale, table: str, column: str, row: Row) -> str | None:
    """Return what is shown for a column of a row; None for an empty reference."""
    kind = world.schema.columns(table)[column]
    raw = row.get(column, "")
    if kind == JOURNAL:
        elements = ("comments", "work_notes") if column == "comments_and_work_notes" else (column,)
        return journal_text(world, locale, row["sys_id"], elements)
    target = world.schema.target(table, column)
    if target is not None:
        if not raw:
            return None
        found = world.tables[target].rows.get(raw)
        return "" if found is None else found.get(world.schema.display_column(target), "")
    if not raw:
        return "UNKNOWN" if kind == "due_date" else ""
    if kind in ("glide_date_time", "due_date"):
        return locale.moment(raw)
    if kind == "glide_duration":
        return _spoken(raw)
    return _choice(world, table, column, raw) if kind == "choice" else raw
