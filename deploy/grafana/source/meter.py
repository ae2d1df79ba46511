"""syncd itself: is what it shows fresh and complete, does everybody hear of it, and has it room to work."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from deploy.grafana.source.meter_process import RATE, age, rate, slowest, working
from deploy.grafana.source.panels import AMBER, GREEN, RED, Ask, bars, board, lines, number, rows, series


def dashboard() -> Dashboard:
    """Return the dashboard."""
    return board(
        "syncd-meter",
        "syncd itself",
        "The meter: how fresh its figures are, what it could not read, who was not told, and the room it has.",
        number(
            "Figures as of",
            "When the figures of vendors were last collected.",
            Ask(f"max({series('syncd_snapshot_timestamp_seconds')}) * 1000", "collected"),
            unit="dateTimeFromNow",
        ),
        number(
            "Sources up",
            "Share of the sources whose last pass was complete.",
            Ask(f"avg(max by (source) ({series('syncd_source_up')}))", "up"),
            unit="percentunit",
            steps=((None, RED), (1, GREEN)),
        ),
        number(
            "Notices waiting",
            "Notices in the outbox.",
            Ask(f"sum(max by (channel) ({series('syncd_notification_outbox_pending')}))", "waiting"),
        ),
        number(
            "Dead letters",
            "Notices that were given up and are kept.",
            Ask(f"sum(max by (channel) ({series('syncd_notification_outbox_dead')}))", "dead"),
            steps=((None, GREEN), (1, RED)),
        ),
        number(
            "Quarantined",
            "Tickets kept apart because they cannot be read or measured.",
            Ask(f"sum(max by (source) ({series('syncd_quarantined_tickets')}))", "tickets"),
            steps=((None, GREEN), (1, AMBER)),
        ),
        number(
            "Disk free",
            "Share of the store's disk that is free; below 5 % nothing is read.",
            Ask(f"min({series('syncd_store_disk_free_bytes')}) / max({series('syncd_store_disk_size_bytes')})", "free"),
            unit="percentunit",
            steps=((None, RED), (0.05, AMBER), (0.2, GREEN)),
        ),
        rows(
            "Sources",
            "Ages are counted from the last complete pass and from the newest change that was read.",
            {
                "Last pass": (age("syncd_source_last_success_timestamp_seconds"), "s"),
                "Newest change": (age("syncd_source_watermark_timestamp_seconds"), "s"),
                "Interval": (f"max by (source) ({series('syncd_source_interval_seconds')})", "s"),
                "Failures in a row": (f"max by (source) ({series('syncd_source_consecutive_failures')})", "short"),
                "Past read": (f"max by (source) ({series('syncd_source_backfill_complete')})", "bool_yes_no"),
                "Quarantined": (f"max by (source) ({series('syncd_quarantined_tickets')})", "short"),
                "Last census": (age("syncd_source_census_timestamp_seconds"), "s"),
                "Mapper": (f"max by (source) ({series('syncd_source_mapper_version')})", "none"),
            },
            sort="Last pass",
            falling=True,
        ),
        lines(
            "Age of the last complete pass",
            "By source.",
            Ask(age("syncd_source_last_success_timestamp_seconds"), "{{source}}"),
            unit="s",
        ),
        lines(
            "Failed passes, by reason",
            "A reason that repeats is waiting for a person.",
            Ask(
                f"sum by (source, reason) (increase({series('syncd_sync_failures_total')}[{RATE}]))",
                "{{source}} {{reason}}",
            ),
            unit="short",
        ),
        lines(
            "Duration of passes",
            "Nine tenths ended within.",
            Ask(slowest("syncd_sync_duration_seconds", "connector"), "{{connector}}"),
            unit="s",
            width=8,
        ),
        lines(
            "Requests to sources",
            "By status class.",
            Ask(rate("syncd_http_requests_total", "connector, code"), "{{connector}} {{code}}"),
            unit="reqps",
            width=8,
        ),
        lines(
            "Waiting for sources",
            "Seconds waited in each second, because a source asked for it and to keep our own pace.",
            Ask(rate("syncd_rate_limit_wait_seconds_total", "source"), "{{source}} asked"),
            Ask(rate("syncd_throttle_wait_seconds_total", "source"), "{{source}} pace"),
            unit="percentunit",
            width=8,
        ),
        lines(
            "Tickets read",
            "By what that changed in the store.",
            Ask(rate("syncd_tickets_processed_total", "source, outcome"), "{{source}} {{outcome}}"),
            unit="ops",
            width=8,
        ),
        lines(
            "Delay of events",
            "Nine tenths were recorded so long after they happened.",
            Ask(slowest("syncd_event_delay_seconds", "connector"), "{{connector}}"),
            unit="s",
            width=8,
        ),
        lines(
            "Clock skew",
            "A source's clock less ours; beyond 30 s notices are withheld.",
            Ask(f"max by (source) ({series('syncd_clock_skew_seconds')})", "{{source}}"),
            unit="s",
            least=None,
            width=8,
        ),
        bars(
            "Findings about data",
            "That stand at present, by code.",
            Ask(
                f"sort_desc(sum by (source, code) (max by (source, code) ({series('syncd_source_problems')})))",
                "{{source}} {{code}}",
            ),
            unit="short",
            width=8,
        ),
        bars(
            "Uncovered tickets",
            "Tickets that no contract measures, and why.",
            Ask(
                f"sort_desc(max by (source, reason) ({series('syncd_source_uncovered_tickets')}))",
                "{{source}} {{reason}}",
            ),
            unit="short",
            width=8,
        ),
        bars(
            "Notices withheld",
            "Since the process started, by reason.",
            Ask(f"sort_desc(sum by (reason) ({series('syncd_notices_withheld_total')}))", "{{reason}}"),
            unit="short",
            width=8,
        ),
        lines(
            "Outbox",
            "Notices waiting, and those given up.",
            Ask(f"max by (channel) ({series('syncd_notification_outbox_pending')})", "{{channel}} waiting"),
            Ask(f"max by (channel) ({series('syncd_notification_outbox_dead')})", "{{channel}} dead"),
            unit="short",
            width=8,
        ),
        lines(
            "Deliveries",
            "Attempts and failures.",
            Ask(rate("syncd_notification_attempts_total", "channel"), "{{channel}} attempts"),
            Ask(rate("syncd_notification_failures_total", "channel, reason"), "{{channel}} {{reason}}"),
            unit="ops",
            width=8,
        ),
        *working(),
        span="now-6h",
    )
