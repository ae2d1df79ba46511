"""The metrics of the fleet: what the store knows of sources and promises.

As of `syncd_snapshot_timestamp_seconds`; only the replica that holds the lease exposes them, which is why their names
begin with one of `FLEET_PREFIXES`: a scrape configuration can tell them apart and drop `instance` from them.
"""

from syncd.ports.readings import CONSUMED_STEPS
from syncd.telemetry.names import Family, Kind

_C, _G, _H = Kind.COUNTER, Kind.GAUGE, Kind.HISTOGRAM

_SOURCE = ("source", "connector")
_PROMISE = ("vendor", "contract", "target")

SNAPSHOT_AT = Family(
    "syncd_snapshot_timestamp_seconds", _G, (),
    "When the fleet metrics (syncd_sla_*, syncd_scorecard_*, syncd_source_* and so on) were collected.", lasting=True,
)  # fmt: skip
SOURCE_ENABLED = Family(
    "syncd_source_enabled", _G, _SOURCE, "1 for a source that is polled, 0 for one that is paused.", lasting=True
)
SOURCE_INTERVAL = Family(
    "syncd_source_interval_seconds", _G, _SOURCE, "How often a source is polled, as configured.", lasting=True
)
SOURCE_SUCCESS = Family(
    "syncd_source_last_success_timestamp_seconds", _G, _SOURCE,
    "When the last complete pass ended; 0 if there was none.", lasting=True,
)  # fmt: skip
SOURCE_ATTEMPT = Family(
    "syncd_source_last_attempt_timestamp_seconds", _G, _SOURCE, "When the last pass began; 0 if none did.", lasting=True
)
SOURCE_WATERMARK = Family(
    "syncd_source_watermark_timestamp_seconds", _G, _SOURCE,
    "The newest change at the source that was read: the age of the data; absent before the first.", lasting=True,
)  # fmt: skip
SOURCE_UP = Family("syncd_source_up", _G, _SOURCE, "1 if the last pass was complete.")
SOURCE_FAILURES = Family("syncd_source_consecutive_failures", _G, _SOURCE, "Failed passes since the last complete one.")
SOURCE_BACKFILLED = Family("syncd_source_backfill_complete", _G, _SOURCE, "1 once the past of the source is read.")
SOURCE_CENSUS = Family(
    "syncd_source_census_timestamp_seconds", _G, _SOURCE,
    "When every ticket of a source with an open clock was last re-read, which is due daily; 0 if never.", lasting=True,
)  # fmt: skip
SOURCE_MAPPER = Family(
    "syncd_source_mapper_version", _G, _SOURCE, "The version of the mapper behind the events that are read."
)
SOURCE_CONTRADICTED = Family(
    "syncd_source_contradicted_tickets", _G, ("source", *_PROMISE, "source_says"),
    "Tickets of which the source's own clock says met or missed and our reading the opposite.",
)  # fmt: skip
SOURCE_PROBLEMS = Family(
    "syncd_source_problems", _G, ("source", "code"), "Findings about the data of a source that stand at present."
)
SOURCE_UNCOVERED = Family(
    "syncd_source_uncovered_tickets", _G, ("source", "reason"), "Tickets that no contract measures, and why."
)
QUARANTINED = Family(
    "syncd_quarantined_tickets", _G, ("source",), "Tickets kept apart because they cannot be mapped or measured."
)
VENDOR_INFO = Family(
    "syncd_vendor_info", _G, ("vendor", "display_name"), "Always 1; joins a vendor's name to its id.", lasting=True
)
OPEN_TICKETS = Family(
    "syncd_sla_open_tickets", _G, ("vendor", "contract", "target", "priority", "state"),
    "Open clocks; state is ok, at_risk, breached or paused.",
)  # fmt: skip
PAUSED_TICKETS = Family(
    "syncd_sla_paused_tickets", _G, (*_PROMISE, "waits_for"),
    "Open clocks that are paused, by whom they wait for: a party, another vendor, or why else.",
)  # fmt: skip
NEXT_DEADLINE = Family(
    "syncd_sla_next_deadline_timestamp_seconds", _G, ("vendor", "contract", "target", "priority"),
    "The nearest deadline among open clocks that are neither breached nor paused; absent where there is none.",
)  # fmt: skip
OBJECTIVE = Family(
    "syncd_sla_objective_ratio", _G, _PROMISE, "The share of cycles that must meet the goal, where one is for all.",
    lasting=True,
)  # fmt: skip
PRIORITY_OBJECTIVE = Family(
    "syncd_sla_priority_objective_ratio", _G, (*_PROMISE, "priority"),
    "The share of cycles that must meet the goal, where it is agreed priority by priority.", lasting=True,
)  # fmt: skip
GOAL = Family(
    "syncd_sla_target_seconds", _G, (*_PROMISE, "priority"),
    "The duration promised, counted on the service calendar; absent for goals of working days.", lasting=True,
)  # fmt: skip
WINDOW_EVALUATIONS = Family(
    "syncd_sla_window_evaluations", _G, (*_PROMISE, "window"),
    "Cycles decided in the trailing window, exactly. Windows overlap: never sum over `window`.",
)  # fmt: skip
WINDOW_BREACHES = Family(
    "syncd_sla_window_breaches", _G, (*_PROMISE, "window"),
    "Cycles that missed their goal in the trailing window, exactly. Windows overlap: never sum over `window`.",
)  # fmt: skip
COMPLIANCE = Family(
    "syncd_scorecard_compliance_ratio", _G, (*_PROMISE, "period"),
    "Met out of decided in the contract's period; absent where nothing was decided.",
)  # fmt: skip
PRIORITY_COMPLIANCE = Family(
    "syncd_scorecard_priority_compliance_ratio", _G, (*_PROMISE, "priority", "period"),
    "As syncd_scorecard_compliance_ratio, for targets whose objective is agreed priority by priority.",
)  # fmt: skip
CYCLES = Family(
    "syncd_scorecard_cycles", _G, (*_PROMISE, "period", "verdict"),
    "Cycles of the contract's period by verdict: met, missed, unverifiable or excluded.",
)  # fmt: skip
CREDIT = Family(
    "syncd_scorecard_credit_amount", _G, ("vendor", "contract", "period", "currency"),
    "Service credits owed of the contract's own period, `current` or `last_period`, by what is decided so far.",
)  # fmt: skip
SCORE = Family(
    "syncd_scorecard_score_ratio", _G, ("vendor", "contract", "period"),
    "The promises' score by their weights, of the contract's own period; absent where anything that weighs is unknown.",
)  # fmt: skip
EVALUATIONS = Family(
    "syncd_sla_evaluations_total", _C, (*_PROMISE, "priority"),
    "Cycles ever decided; for graphs, while syncd_sla_window_evaluations is exact. Never falls.",
)  # fmt: skip
BREACHES = Family(
    "syncd_sla_breaches_total", _C, (*_PROMISE, "priority"),
    "Cycles that ever missed their goal; for graphs, while syncd_sla_window_breaches is exact. Never falls.",
)  # fmt: skip
TIME_SPENT = Family(
    "syncd_sla_time_seconds", _G, (*_PROMISE, "party", "period"),
    "Whose time it was while decided cycles that have ended ran: `vendor`, `customer`, `third_party`, `other_vendor` or"
    " `out_of_hours`, in the contract's own period, `current` or `last_period`. What was excluded is left out.",
)  # fmt: skip
CONSUMED = Family(
    "syncd_sla_consumed_ratio", _H, _PROMISE,
    "Share of the goal that decided cycles had used when they stopped; up to 1.0 is in time.",
    tuple(percent / 100 for percent in CONSUMED_STEPS),
)  # fmt: skip
PERIOD_END = Family(
    "syncd_period_end_timestamp_seconds", _G, ("vendor", "contract"), "When the running period of a contract ends.",
    lasting=True,
)  # fmt: skip
PERIOD_MISSES = Family(
    "syncd_period_misses", _G, (*_PROMISE, "priority"),
    "Misses of the contract's running period that are certain; priority is `all` where one objective is for all.",
)  # fmt: skip
PERIOD_ALLOWED = Family(
    "syncd_period_misses_allowed", _G, (*_PROMISE, "priority"),
    "Further misses that the objective bears if as much is decided as last period, or what is open. Below 0: lost.",
)  # fmt: skip
PERIOD_AT_RISK = Family(
    "syncd_period_at_risk_tickets", _G, (*_PROMISE, "priority"), "Open clocks of the running period that are at risk."
)
PERIOD_UNWINNABLE = Family(
    "syncd_period_unwinnable", _G, (*_PROMISE, "priority"),
    "1 if the objective is missed even if everything open, and as much as in the last period, is met.",
)  # fmt: skip
STORE_BYTES = Family("syncd_store_bytes", _G, ("part",), "Room that the store takes: the database, and its log beside.")
STORE_TABLES = Family("syncd_store_table_bytes", _G, ("table",), "Room that a table takes with its indexes.")
STORE_DISK_FREE = Family("syncd_store_disk_free_bytes", _G, (), "Room left on the file system of the store.")
STORE_DISK_SIZE = Family("syncd_store_disk_size_bytes", _G, (), "Size of the file system of the store.")
OUTBOX_PENDING = Family("syncd_notification_outbox_pending", _G, ("channel",), "Notices that wait for delivery.")
OUTBOX_OLDEST = Family(
    "syncd_notification_outbox_oldest_timestamp_seconds", _G, ("channel",),
    "When the oldest notice that waits was queued; 0 if none waits.",
)  # fmt: skip
OUTBOX_DEAD = Family("syncd_notification_outbox_dead", _G, ("channel",), "Notices that were given up and are kept.")

FLEET = (
    SNAPSHOT_AT, SOURCE_ENABLED, SOURCE_INTERVAL, SOURCE_SUCCESS, SOURCE_ATTEMPT, SOURCE_WATERMARK, SOURCE_UP,
    SOURCE_FAILURES, SOURCE_BACKFILLED, SOURCE_CENSUS, SOURCE_MAPPER, SOURCE_PROBLEMS, SOURCE_UNCOVERED,
    SOURCE_CONTRADICTED, QUARANTINED, VENDOR_INFO, OPEN_TICKETS, PAUSED_TICKETS, NEXT_DEADLINE, OBJECTIVE,
    PRIORITY_OBJECTIVE, GOAL, WINDOW_EVALUATIONS, WINDOW_BREACHES, COMPLIANCE, PRIORITY_COMPLIANCE, CYCLES, CREDIT,
    SCORE, EVALUATIONS, BREACHES, TIME_SPENT, CONSUMED, PERIOD_END, PERIOD_MISSES, PERIOD_ALLOWED, PERIOD_AT_RISK,
    PERIOD_UNWINNABLE, STORE_BYTES, STORE_TABLES, STORE_DISK_FREE, STORE_DISK_SIZE, OUTBOX_PENDING, OUTBOX_OLDEST,
    OUTBOX_DEAD,
)  # fmt: skip
"""What the store knows of sources and promises, collected into a snapshot."""

FLEET_PREFIXES = (
    "syncd_sla_", "syncd_scorecard_", "syncd_source_", "syncd_snapshot_", "syncd_quarantined_", "syncd_vendor_",
    "syncd_notification_outbox_", "syncd_period_", "syncd_store_",
)  # fmt: skip
"""How the name of every fleet family begins, and of no other."""

TICKET_DEADLINE = Family(
    "syncd_ticket_sla_deadline_timestamp_seconds", _G, ("source", "ticket", *_PROMISE, "priority"),
    "When a clock that is at risk or breached is or was due; of several cycles of one clock, the nearest.",
)  # fmt: skip
TICKET_LIMIT = Family("syncd_ticket_series_limit", _G, (), "How many tickets /metrics/tickets lists at most.")
TICKET_DROPPED = Family(
    "syncd_ticket_series_dropped", _G, (), "Clocks at risk or breached that it leaves out for that."
)

TICKETS = (TICKET_DEADLINE, TICKET_LIMIT, TICKET_DROPPED)
"""What `/metrics/tickets` holds, a page of its own that is served only where the configuration asks for it."""
