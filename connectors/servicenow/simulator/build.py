"""A simulator built from a seed and a script."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from connectors.servicenow.simulator.arrivals import Arrivals, plan_of
from connectors.servicenow.simulator.auth import Gate
from connectors.servicenow.simulator.cast import people
from connectors.servicenow.simulator.choices import definitions
from connectors.servicenow.simulator.display import Locale
from connectors.servicenow.simulator.eventlog import EventLog, log_options
from connectors.servicenow.simulator.explicit import change_of, put_rows
from connectors.servicenow.simulator.faults import Faults
from connectors.servicenow.simulator.history import Filling, History
from connectors.servicenow.simulator.quota import Quota
from connectors.servicenow.simulator.rights import Rights
from connectors.servicenow.simulator.script import Script
from connectors.servicenow.simulator.select import Honour
from connectors.servicenow.simulator.server import ServiceNowSimulator
from connectors.servicenow.simulator.table_api import TableApi
from connectors.servicenow.simulator.world import World
from syncd.errors import ConfigError

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_KEYS = (
    "rows", "changes", "columns", "incident_event_log", "limit", "tickets_per_day", "days", "start", "storms",
    "late_share", "unaudited_share", "faults", "rights", "user", "auth", "token_seconds", "requests_per_hour",
    "clock_skew", "audit_lag", "churn", "null_references", "invalid_query_returns_no_rows", "options",
)  # fmt: skip
_NO_RULE = 0


def build_simulator(seed: int, script: Mapping[str, object]) -> ServiceNowSimulator:
    """Return an instance; raises ConfigError for a script it cannot use."""
    read = Script(script, _KEYS)
    world = World(seed, audit_lag=read.number("audit_lag", 0.0))
    for dotted, kind in read.texts("columns").items():
        table, _, column = dotted.partition(".")
        world.schema.add(table, column, kind)
    gate = Gate(seed, read.number("token_seconds", 1800.0))
    for table, row in (*people(gate.username), *definitions(world.schema)):
        world.put(table, row, commit=_BEGINNING)
    put_rows(world, read.mapping("rows"))
    world.plan(*(change_of(world, entry) for entry in read.items("changes")))
    rights = Rights(world, read.mapping("rights"))
    user = Script(read.mapping("user"), ("time_zone", "date_format"), "user")
    locale = Locale(user.text("time_zone", "GMT"), user.text("date_format", "yyyy-MM-dd HH:mm:ss"))
    return ServiceNowSimulator(
        seed,
        world,
        History(_fillings(seed, read)),
        gate=gate,
        faults=Faults(seed, script.get("faults", ())),
        quota=Quota(int(read.number("requests_per_hour", _NO_RULE))),
        rights=rights,
        api=TableApi(world, rights, locale, null_references=read.flag("null_references")),
        options={
            "auth": _auth(read, gate),
            "tables": ["incident"],
            **(log_options() if read.has("incident_event_log") else {}),
            **read.mapping("options"),
        },
        churn=int(read.number("churn", 0)),
        skew=timedelta(seconds=read.number("clock_skew", 0.0)),
        honour=Honour(unknown_matches_nothing=read.flag("invalid_query_returns_no_rows")),
    )


def _fillings(seed: int, read: Script) -> list[Filling]:
    """Return what makes up this instance's past and future: the log, what is written out, or made-up days."""
    if read.has("incident_event_log"):
        path = Path(read.text("incident_event_log"))
        if not path.is_file():
            raise ConfigError("servicenow simulator script: incident_event_log names no file")
        return [EventLog(path, int(read.number("limit", 0)))]
    if (read.has("rows") or read.has("changes")) and not read.has("tickets_per_day"):
        return []
    return [Arrivals(seed, plan_of(read))]


def _auth(read: Script, gate: Gate) -> Mapping[str, object]:
    """Return the `auth` option of the kind that the script names; the instance admits every kind at any time."""
    kind = read.text("auth", "basic")
    if kind == "basic":
        return {"kind": kind, "username": gate.username, "password": {"env": "SNOW_PASSWORD"}}
    if kind == "client_credentials":
        return {"kind": kind, "client_id": {"env": "SNOW_CLIENT_ID"}, "client_secret": {"env": "SNOW_CLIENT_SECRET"}}
    raise ConfigError("servicenow simulator script: auth must be basic or client_credentials")
