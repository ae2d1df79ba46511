"""The metrics of a process: the table from which collectors, pages and documentation are made.

Names, labels and label values are public: dashboards and alerts of other people hang on them. Base units in the name;
points in time instead of ages, so that a process that stands still cannot look fresh; closed label sets, never a
ticket, a person or a subject.

`PROCESS` is what this replica knows of itself; what the store knows is in `fleet_names`.
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
DELAY_BUCKETS = (5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0, 21_600.0, 86_400.0)
WAIT_BUCKETS = (0.001, 0.005, 0.02, 0.1, 0.5, 1.0, 5.0, 30.0)

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
EVENT_DELAY = Family(
    "syncd_event_delay_seconds", _H, ("connector",),
    "How long after an event happened at its source it was recorded here; the past being read is left out.",
    DELAY_BUCKETS,
)  # fmt: skip
BACKFILL_RECORDS = Family(
    "syncd_backfill_records_total", _C, ("source",), "Records read from the past of a source by this process."
)
BACKFILL_REACHED = Family(
    "syncd_backfill_reached_timestamp_seconds", _G, ("source",),
    "How far back the past of a source is read, newest first; absent until this process has read some.",
)  # fmt: skip
BACKFILL_FROM = Family(
    "syncd_backfill_from_timestamp_seconds", _G, ("source",), "How far back it is to be read, where that is configured."
)
CREDENTIAL_EXPIRY = Family(
    "syncd_credential_expiry_timestamp_seconds", _G, ("source",),
    "When the credentials of a source run out, where the configuration says so.",
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
STORE_FAILURES = Family(
    "syncd_worker_store_failures_total", _C, ("reason",),
    "Steps that the store did not carry out, by reason; each is tried again.",
)  # fmt: skip
FENCED = Family(
    "syncd_fenced_writes_total", _C, (), "Writes refused because another process holds the lease; rare and harmless."
)
PUBLISH_DURATION = Family(
    "syncd_publish_duration_seconds", _G, (), "How long the last snapshot took to collect and render."
)
GATE_WAIT = Family(
    "syncd_gate_wait_seconds", _H, ("queue",),
    "How long transactions that write waited for their turn; deadlines are in the urgent queue.", WAIT_BUCKETS,
)  # fmt: skip
TRANSACTION = Family(
    "syncd_transaction_seconds", _H, ("mode",), "How long transactions of the store were open, by read or write.",
    WAIT_BUCKETS,
)  # fmt: skip
POOL_CONNECTIONS = Family(
    "syncd_pool_connections", _G, ("pool", "state"), "Connections to the store that are busy or kept idle."
)
POOL_LIMIT = Family("syncd_pool_connections_limit", _G, ("pool",), "How many connections a pool may open.")
COMPONENT_INFO = Family(
    "syncd_component_info", _G, ("component", "component_version"),
    "Always 1; the versions of what results depend on: schema, engine, time-zone data.",
)  # fmt: skip
CONFIG_HASH = Family(
    "syncd_config_hash", _G, ("part",),
    "48 bits of the hash of the configuration in force, so that a rule can see replicas that differ.",
)  # fmt: skip
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
    HTTP_DURATION, HTTP_RETRIES, RATE_LIMIT_WAIT, THROTTLE_WAIT, CLOCK_SKEW, EVENT_DELAY, BACKFILL_RECORDS,
    BACKFILL_REACHED, BACKFILL_FROM, CREDENTIAL_EXPIRY, TICKETS_PROCESSED, TICKETS_REJECTED,
    NOTIFICATION_ATTEMPTS, NOTIFICATION_FAILURES, NOTIFICATION_DEAD_LETTERS, NOTICES_WITHHELD, DEADLINE_LATENESS,
    WORKER_TICK, WORKER_CRASHES, STORE_FAILURES, FENCED, PUBLISH_DURATION, GATE_WAIT, TRANSACTION, POOL_CONNECTIONS,
    POOL_LIMIT, COMPONENT_INFO, CONFIG_HASH, LOG_MESSAGES, RENEWAL_PENDING,
)  # fmt: skip
"""What one replica knows of itself, counted as it happens."""
