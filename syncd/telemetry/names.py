"""Every metric that syncd exposes: one table, from which collectors, pages and documentation are made.

Names, labels and label values are public: dashboards and alerts of other people hang on them. Base units in the name;
points in time instead of ages, so that a process that stands still cannot look fresh; closed label sets, never a
ticket, a person or a subject.

`PROCESS` is what this replica knows of itself. `FLEET` is what the store knows, as of
`syncd_snapshot_timestamp_seconds`; only the replica that holds the lease exposes it, which is why its names begin with
one of `FLEET_PREFIXES`: a scrape configuration can tell them apart and drop `instance` from them.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Which type of metric a family is."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Family:
    """One metric: its name as scraped, type, labels and help.

    `lasting` marks a fleet family whose values stay true when the snapshot ages, because they are dated facts or
    configuration; the others leave the page once the snapshot is too old.
    """

    name: str
    kind: Kind
    labels: tuple[str, ...]
    help: str
    buckets: tuple[float, ...] = ()
    lasting: bool = False


PASS_BUCKETS = (0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
REQUEST_BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
LATENESS_BUCKETS = (0.1, 0.5, 1.0, 5.0, 15.0, 30.0, 60.0, 300.0, 1800.0)

_C, _G, _H = Kind.COUNTER, Kind.GAUGE, Kind.HISTOGRAM

BUILD_INFO = Family(
    "syncd_build_info", _G, ("version", "revision", "python_version"), "Always 1; the labels say what is running."
)
LEADER = Family("syncd_leader", _G, (), "1 if this replica holds the lease and writes, else 0.")
CONFIG_OK = Family("syncd_config_last_reload_successful", _G, (), "1 if the configuration was last read without error.")
CONFIG_AT = Family(
    "syncd_config_last_reload_success_timestamp_seconds",
    _G,
    (),
    "When the configuration in force was read; 0 if never.",
)
SYNC_ATTEMPTS = Family("syncd_sync_attempts_total", _C, ("source", "connector"), "Passes over a source that began.")
SYNC_FAILURES = Family(
    "syncd_sync_failures_total", _C, ("source", "connector", "reason"), "Passes over a source that failed, by reason."
)
SYNC_DURATION = Family(
    "syncd_sync_duration_seconds", _H, ("connector",), "How long passes took, failed ones included.", PASS_BUCKETS
)
HTTP_REQUESTS = Family(
    "syncd_http_requests_total", _C, ("connector", "code"),
    "Requests to sources by status class, `ok` for a client library's call, `error` where no answer came.",
)  # fmt: skip
HTTP_RETRIES = Family(
    "syncd_http_retries_total", _C, ("source", "reason"), "Requests to sources that failed and were tried again."
)
HTTP_DURATION = Family(
    "syncd_http_request_duration_seconds", _H, ("connector",), "How long requests to sources took.", REQUEST_BUCKETS
)
RATE_LIMIT_WAIT = Family(
    "syncd_rate_limit_wait_seconds_total", _C, ("source",), "Seconds waited because a source asked for it."
)
THROTTLE_WAIT = Family(
    "syncd_throttle_wait_seconds_total", _C, ("source",), "Seconds waited to stay within our own limits for a source."
)
CLOCK_SKEW = Family(
    "syncd_clock_skew_seconds", _G, ("source",),
    "The source's clock less ours, as last seen; positive when the source is ahead. Beyond 30 notices are withheld.",
)  # fmt: skip
TICKETS_PROCESSED = Family(
    "syncd_tickets_processed_total", _C, ("source", "outcome"), "Tickets read, by what that changed in the store."
)
TICKETS_REJECTED = Family(
    "syncd_tickets_rejected_total", _C, ("source", "reason"), "Tickets left out of the measurement, by reason."
)
NOTIFICATION_ATTEMPTS = Family(
    "syncd_notification_attempts_total", _C, ("channel",), "Notices handed to a notifier; every retry is one."
)
NOTIFICATION_FAILURES = Family(
    "syncd_notification_failures_total", _C, ("channel", "reason"), "Notices that did not arrive, by reason."
)
NOTIFICATION_DEAD_LETTERS = Family(
    "syncd_notification_dead_letters_total", _C, ("channel",), "Notices given up; nobody was told."
)
NOTICES_WITHHELD = Family("syncd_notices_withheld_total", _C, ("reason",), "Notices kept as known and told to nobody.")
DEADLINE_LATENESS = Family(
    "syncd_deadline_lateness_seconds", _H, (),
    "How long after its instant a clock's deadline was looked at.", LATENESS_BUCKETS,
)  # fmt: skip
WORKER_TICK = Family(
    "syncd_worker_last_tick_timestamp_seconds", _G, ("worker",), "When a worker last finished a step; 0 if never."
)
WORKER_CRASHES = Family(
    "syncd_worker_crashes_total", _C, ("worker",), "Steps ended by an exception that nobody expected: bugs."
)
FENCED = Family(
    "syncd_fenced_writes_total", _C, (), "Writes refused because another process holds the lease; rare and harmless."
)
PUBLISH_DURATION = Family(
    "syncd_publish_duration_seconds", _G, (), "How long the last snapshot took to collect and render."
)
LOG_MESSAGES = Family("syncd_log_messages_total", _C, ("level",), "Log lines written.")

RENEWAL_PENDING = Family(
    "syncd_renewal_pending_tickets", _G, (),
    "Stored tickets not yet measured by the contracts, calendars and engine in force; 0 when all are.",
)  # fmt: skip

RATE_LIMIT_LEFT = Family(
    "syncd_rate_limit_remaining_ratio", _G, ("source", "budget"),
    "The share left of a source's enforced or announced budget of calls, as last told; NaN where it is not told.",
)  # fmt: skip
RATE_LIMIT_NEAR = Family(
    "syncd_rate_limit_near", _G, ("source", "budget"),
    "1 while less than a fifth is left of a source's enforced or announced budget of calls, as last told.",
)  # fmt: skip

PROCESS = (
    BUILD_INFO, LEADER, CONFIG_OK, CONFIG_AT, SYNC_ATTEMPTS, SYNC_FAILURES, SYNC_DURATION, HTTP_REQUESTS,
    RATE_LIMIT_LEFT, RATE_LIMIT_NEAR,
    HTTP_DURATION, HTTP_RETRIES, RATE_LIMIT_WAIT, THROTTLE_WAIT, CLOCK_SKEW, TICKETS_PROCESSED, TICKETS_REJECTED,
    NOTIFICATION_ATTEMPTS, NOTIFICATION_FAILURES, NOTIFICATION_DEAD_LETTERS, NOTICES_WITHHELD, DEADLINE_LATENESS,
    WORKER_TICK, WORKER_CRASHES, FENCED, PUBLISH_DURATION, LOG_MESSAGES, RENEWAL_PENDING,
)  # fmt: skip
"""What one replica knows of itself, counted as it happens."""

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
OUTBOX_PENDING = Family("syncd_notification_outbox_pending", _G, ("channel",), "Notices that wait for delivery.")
OUTBOX_OLDEST = Family(
    "syncd_notification_outbox_oldest_timestamp_seconds", _G, ("channel",),
    "When the oldest notice that waits was queued; 0 if none waits.",
)  # fmt: skip
OUTBOX_DEAD = Family("syncd_notification_outbox_dead", _G, ("channel",), "Notices that were given up and are kept.")

FLEET = (
    SNAPSHOT_AT, SOURCE_ENABLED, SOURCE_INTERVAL, SOURCE_SUCCESS, SOURCE_ATTEMPT, SOURCE_WATERMARK, SOURCE_UP,
    SOURCE_FAILURES, SOURCE_BACKFILLED, SOURCE_PROBLEMS, SOURCE_UNCOVERED, QUARANTINED, VENDOR_INFO, OPEN_TICKETS,
    NEXT_DEADLINE, OBJECTIVE, PRIORITY_OBJECTIVE, GOAL, WINDOW_EVALUATIONS, WINDOW_BREACHES, COMPLIANCE,
    PRIORITY_COMPLIANCE, CYCLES, OUTBOX_PENDING, OUTBOX_OLDEST, OUTBOX_DEAD,
)  # fmt: skip
"""What the store knows of sources and promises, collected into a snapshot."""

FLEET_PREFIXES = (
    "syncd_sla_", "syncd_scorecard_", "syncd_source_", "syncd_snapshot_", "syncd_quarantined_", "syncd_vendor_",
    "syncd_notification_outbox_",
)  # fmt: skip
"""How the name of every fleet family begins, and of no other."""
