"""Panels about the process and its store: does it keep up, and has it room to work."""

from typing import Any

from deploy.grafana.source.panels import Ask, lines, rows, series

RATE = "$__rate_interval"
"""What Grafana replaces by a range that holds at least four scrapes."""

_BUSY = 'state="busy"'


def age(name: str, by: str = "source") -> str:
    """Return how long ago an instant was; nothing where it never was."""
    return f"time() - (max by ({by}) ({series(name)}) > 0)"


def rate(name: str, by: str, selector: str = "") -> str:
    """Return how fast a counter grows."""
    return f"sum by ({by}) (rate({series(name, selector)}[{RATE}]))"


def slowest(name: str, by: str, share: float = 0.9) -> str:
    """Return what a share of the observations of a histogram stayed below."""
    return f"histogram_quantile({share}, sum by ({by}, le) (rate({series(name + '_bucket')}[{RATE}])))"


def working() -> list[Any]:
    """Return the panels."""
    return [
        lines(
            "Lateness of deadlines",
            "Nine tenths of the deadlines were looked at so long after their instant.",
            Ask(f"histogram_quantile(0.9, {rate('syncd_deadline_lateness_seconds_bucket', 'le')})", "late"),
            unit="s",
            width=8,
        ),
        lines(
            "Age of the last tick",
            "Of each worker; none waits longer than 30 seconds, a source's pass may.",
            Ask(age("syncd_worker_last_tick_timestamp_seconds", "worker"), "{{worker}}"),
            unit="s",
            width=8,
        ),
        lines(
            "Crashes of workers",
            "Each is a bug; the log holds the traceback.",
            Ask(f"sum by (worker) (increase({series('syncd_worker_crashes_total')}[{RATE}]))", "{{worker}}"),
            unit="short",
            width=8,
        ),
        lines(
            "Log lines", "By level.", Ask(rate("syncd_log_messages_total", "level"), "{{level}}"), unit="ops", width=8
        ),
        lines(
            "Waiting for the store",
            "Nine tenths of the writers had their turn within.",
            Ask(slowest("syncd_gate_wait_seconds", "queue"), "{{queue}}"),
            unit="s",
            width=8,
        ),
        lines(
            "Transactions",
            "Nine tenths were open for at most.",
            Ask(slowest("syncd_transaction_seconds", "mode"), "{{mode}}"),
            unit="s",
            width=8,
        ),
        lines(
            "Connections",
            "Busy ones, of as many as may be.",
            Ask(f"max by (pool) ({series('syncd_pool_connections', _BUSY)})", "{{pool}} busy"),
            Ask(f"max by (pool) ({series('syncd_pool_connections_limit')})", "{{pool}} limit"),
            unit="short",
            width=8,
        ),
        lines(
            "Size of the store",
            "The database, and the log beside it.",
            Ask(f"max by (part) ({series('syncd_store_bytes')})", "{{part}}"),
            unit="bytes",
            width=8,
        ),
        lines(
            "Past being read",
            "How far back, by source.",
            Ask(f"time() - max by (source) ({series('syncd_backfill_reached_timestamp_seconds')})", "{{source}}"),
            unit="s",
            width=8,
        ),
        lines(
            "Collecting the figures",
            "How long the last snapshot took.",
            Ask(f"max by (instance) ({series('syncd_publish_duration_seconds')})", "{{instance}}"),
            unit="s",
            width=8,
        ),
        lines(
            "Memory",
            "Resident memory of the process.",
            Ask(f"max by (instance) ({series('process_resident_memory_bytes')})", "{{instance}}"),
            unit="bytes",
            width=8,
        ),
        lines(
            "Processor",
            "Seconds of processor time in each second.",
            Ask(f"sum by (instance) (rate({series('process_cpu_seconds_total')}[{RATE}]))", "{{instance}}"),
            unit="percentunit",
            width=8,
        ),
        rows(
            "Versions",
            "What results depend on.",
            {"Running": (f"max by (component, component_version) ({series('syncd_component_info')})", "none")},
            sort="component",
            width=8,
        ),
    ]
