"""One vendor: each promise and priority, how much of the goals is used, and where its own system says otherwise."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from deploy.grafana.source.panels import GREEN, RED, Ask, bars, board, lines, number, rows, series

_CURRENT, _LAST_PERIOD = 'period="current"', 'period="last_period"'
_MINE = 'vendor="$vendor"'
_SAYS = "source, contract, target, source_says"
_PRIORITY = "contract, target, priority"


def _of(name: str, selector: str = "", by: str = "contract, target") -> str:
    """A figure of this vendor, counted once."""
    return f"max by ({by}) ({series(name, _MINE + (',' if selector else '') + selector)})"


def _grown(name: str, by: str) -> str:
    """How much a counter of this vendor has grown while the range lasts, counted once."""
    return f"sum by ({by}) (max without (instance) (increase({series(name, _MINE)}[$__range])))"


def _time(period: str, parties: str = "vendor|customer|third_party") -> str:
    """Whose time it was, of these parties, counted once."""
    return _of("syncd_sla_time_seconds", f'{period},party=~"{parties}"', by="contract, target, party")


def _share(period: str) -> str:
    mine = f"sum by (target) ({_time(period, 'vendor')})"
    return f"{mine} / (sum by (target) ({_time(period)}) > 0)"


def dashboard() -> Dashboard:
    """Return the dashboard."""
    state = "contract, target, priority, state"
    budget = 'priority="all"'
    in_30d = 'window="30d"'
    used = f"sum by (target, le) (max without (instance) ({series('syncd_sla_consumed_ratio_bucket', _MINE)}))"
    return board(
        "syncd-vendor",
        "One vendor",
        "Everything that is known of one vendor's promises.",
        number(
            "Open clocks",
            "Clocks that run or are paused.",
            Ask(f"sum({_of('syncd_sla_open_tickets', by=state)})", "open"),
            width=6,
        ),
        number(
            "Misses in 30 days",
            "Exactly, over the last 30 days.",
            Ask(f"sum({_of('syncd_sla_window_breaches', in_30d)})", "missed"),
            width=6,
        ),
        number(
            "Period ends",
            "When the running period of the first contract ends.",
            Ask(f"min({_of('syncd_period_end_timestamp_seconds', by='contract')}) * 1000", "end"),
            unit="dateTimeFromNow",
            width=6,
        ),
        number(
            "Contradicted",
            "Tickets of which the source's own clock says the opposite of ours.",
            Ask(
                f"sum({_of('syncd_source_contradicted_tickets', by=_SAYS)}) or vector(0)",
                "tickets",
            ),
            steps=((None, GREEN), (1, RED)),
            width=6,
        ),
        rows(
            "Promises in the running period",
            "Priorities together.",
            {
                "Attained": (_of("syncd_scorecard_compliance_ratio", 'period="current"'), "percentunit"),
                "Objective": (_of("syncd_sla_objective_ratio"), "percentunit"),
                "Misses": (_of("syncd_period_misses", budget), "short"),
                "Still allowed": (_of("syncd_period_misses_allowed", budget), "short"),
                "At risk": (_of("syncd_period_at_risk_tickets", budget), "short"),
                "Quarter to date": (_of("syncd_scorecard_compliance_ratio", 'period="quarter_to_date"'), "percentunit"),
                "Last month": (_of("syncd_scorecard_compliance_ratio", 'period="last_month"'), "percentunit"),
            },
            sort="Attained",
        ),
        rows(
            "By priority",
            "What is promised, and what is open now.",
            {
                "Promised time": (_of("syncd_sla_target_seconds", by=_PRIORITY), "s"),
                "Next deadline in": (f"{_of('syncd_sla_next_deadline_timestamp_seconds', by=_PRIORITY)} - time()", "s"),
                "In time": (_of("syncd_sla_open_tickets", 'state="ok"', by=_PRIORITY), "short"),
                "At risk": (_of("syncd_sla_open_tickets", 'state="at_risk"', by=_PRIORITY), "short"),
                "Breached": (_of("syncd_sla_open_tickets", 'state="breached"', by=_PRIORITY), "short"),
                "Paused": (_of("syncd_sla_open_tickets", 'state="paused"', by=_PRIORITY), "short"),
            },
            sort="Next deadline in",
        ),
        lines(
            "Attainment over trailing 30 days",
            "Exact counts over the 30 days before each instant.",
            Ask(
                f"1 - {_of('syncd_sla_window_breaches', in_30d)} / ({_of('syncd_sla_window_evaluations', in_30d)} > 0)",
                "{{contract}} {{target}}",
            ),
            unit="percentunit",
            most=1.0,
        ),
        lines(
            "Misses still allowed",
            "Of the running period; it falls with each miss and rises with what is met or opened.",
            Ask(_of("syncd_period_misses_allowed", by=_PRIORITY), "{{contract}} {{target}} {{priority}}"),
            unit="short",
            least=None,
        ),
        bars(
            "Time used, as a share of the goal",
            "Cycles that stopped in the range shown, by what share of their goal they had used; up to 1 is in time."
            " Counts are for looking at; the exact figures are above.",
            Ask(_grown("syncd_sla_consumed_ratio_bucket", "le"), "up to {{le}}"),
            unit="short",
            width=8,
        ),
        lines(
            "Share of the goal that half and nine tenths of the cycles used",
            "Of all cycles that ever stopped, by target.",
            Ask(
                f"histogram_quantile(0.5, {used})",
                "half of {{target}}",
            ),
            Ask(
                f"histogram_quantile(0.9, {used})",
                "nine tenths of {{target}}",
            ),
            unit="percentunit",
            width=16,
        ),
        bars(
            "Who used the time",
            "Of decided cycles of the running period that have ended: whose turn it was, by target. Time out of hours"
            " and other vendors' is nobody's here.",
            Ask(
                f"sort_desc(sum by (target, party) ({_time(_CURRENT)}))",
                "{{target}}: {{party}}",
            ),
            unit="s",
            width=12,
        ),
        lines(
            "Share of the time that was the vendor's",
            "Of the time in hours that was the vendor's, the customer's or a third party's, by target, in the running"
            " period and in the last one.",
            Ask(f"{_share(_CURRENT)}", "{{target}}, this period"),
            Ask(f"{_share(_LAST_PERIOD)}", "{{target}}, last period"),
            unit="percentunit",
            most=1.0,
            width=12,
        ),
        bars(
            "Decided, by priority",
            "Cycles decided in the range shown.",
            Ask(_grown("syncd_sla_evaluations_total", "target, priority"), "{{target}} {{priority}}"),
            unit="short",
            width=8,
        ),
        bars(
            "Missed, by priority",
            "Cycles that missed their goal in the range shown.",
            Ask(_grown("syncd_sla_breaches_total", "target, priority"), "{{target}} {{priority}}"),
            unit="short",
            steps=((None, GREEN), (1, RED)),
            width=8,
        ),
        lines(
            "Paused, by whom they wait for",
            "Time that is not the vendor's.",
            Ask(
                f"sum by (waits_for) ({_of('syncd_sla_paused_tickets', by='contract, target, waits_for')})",
                "{{waits_for}}",
            ),
            unit="short",
            width=8,
            stacked=True,
        ),
        lines(
            "Contradictions",
            "Tickets of which the source's own clock says met or missed and our reading the opposite.",
            Ask(
                _of("syncd_source_contradicted_tickets", by="source, target, source_says"),
                "{{source}} says {{source_says}}, {{target}}",
            ),
            unit="short",
            width=24,
        ),
        vendor=True,
        span="now-30d",
    )
