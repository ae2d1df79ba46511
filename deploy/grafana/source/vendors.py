"""Vendors at a glance: who keeps what was promised, how much may still go wrong, where it is going."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from deploy.grafana.source.panels import AMBER, GREEN, RED, Ask, bars, board, lines, number, promise, rows, series

_CURRENT = 'period="current"'
_LAST_MONTH = 'period="last_month"'
_LAST_PERIOD = 'period="last_period"'
_ALL = 'priority="all"'
_IN_A_DAY = 'window="1d"'
_MISSED_30D = promise("syncd_sla_window_breaches", 'window="30d"')
_DECIDED_30D = promise("syncd_sla_window_evaluations", 'window="30d"')
_LEGEND = "{{vendor}} {{target}}"


def _open(state: str) -> str:
    selector = f'state="{state}"'
    return f"max by (vendor, contract, target, priority) ({series('syncd_sla_open_tickets', selector)})"


def _credit(period: str) -> str:
    return f"max by (vendor, contract, currency) ({series('syncd_scorecard_credit_amount', period)})"


def dashboard() -> Dashboard:
    """Return the dashboard."""
    attained = promise("syncd_scorecard_compliance_ratio", _CURRENT)
    objective = promise("syncd_sla_objective_ratio")
    return board(
        "syncd-vendors",
        "Vendors at a glance",
        "What every vendor promised and what became of it in the contract's running period.",
        number(
            "Vendors",
            "Vendors with a contract in force.",
            Ask(f"count(max by (vendor) ({series('syncd_vendor_info')}))", "vendors"),
        ),
        number(
            "Open clocks",
            "Clocks that run or are paused.",
            Ask(
                f"sum(max by (vendor, contract, target, priority, state) ({series('syncd_sla_open_tickets')}))", "open"
            ),
        ),
        number(
            "At risk",
            "Open clocks that have used the share of their goal at which the contract warns.",
            Ask(f"sum({_open('at_risk')})", "at risk"),
            steps=((None, GREEN), (1, AMBER)),
        ),
        number(
            "Breached and open",
            "Open clocks whose goal is exceeded.",
            Ask(f"sum({_open('breached')})", "breached"),
            steps=((None, GREEN), (1, RED)),
        ),
        number(
            "Periods lost",
            "Promises whose running period is missed even if as much as last time is met.",
            Ask(f"sum({promise('syncd_period_unwinnable', more='priority')})", "lost"),
            steps=((None, GREEN), (1, RED)),
        ),
        number(
            "Figures as of",
            "When the figures here were last collected; standing still means that they are old.",
            Ask(f"max({series('syncd_snapshot_timestamp_seconds')}) * 1000", "collected"),
            unit="dateTimeFromNow",
        ),
        rows(
            "Attainment against objective",
            "The running period of each contract, priorities together. `Still allowed` is how many more misses the"
            " objective bears if as much is decided as in the last period; below 0 it cannot be reached.",
            {
                "Attained": (attained, "percentunit"),
                "Objective": (objective, "percentunit"),
                "Misses": (promise("syncd_period_misses", _ALL), "short"),
                "Still allowed": (promise("syncd_period_misses_allowed", _ALL), "short"),
                "At risk": (promise("syncd_period_at_risk_tickets", _ALL), "short"),
                "Decided in 30 days": (_DECIDED_30D, "short"),
            },
            sort="Attained",
        ),
        bars(
            "Distance to the objective",
            "Attainment of the running period less its objective; below nought the objective is missed today.",
            Ask(f"sort({attained} - on (vendor, contract, target) {objective})", _LEGEND),
            unit="percentunit",
            steps=((None, RED), (0, GREEN)),
        ),
        bars(
            "Misses still allowed",
            "The smallest budgets come first; a promise below nought is lost for this period.",
            Ask(f"bottomk(15, {promise('syncd_period_misses_allowed', more='priority')})", _LEGEND + " {{priority}}"),
            unit="short",
            steps=((None, RED), (0, AMBER), (1, GREEN)),
        ),
        lines(
            "Attainment over trailing 30 days",
            "Exact counts over the 30 days before each instant: comparable from day to day, as a month to date is not.",
            Ask(f"1 - {_MISSED_30D} / ({_DECIDED_30D} > 0)", _LEGEND),
            unit="percentunit",
            most=1.0,
        ),
        lines(
            "Misses a day",
            "Misses of the 24 hours before each instant.",
            Ask(f"sum by (vendor) ({promise('syncd_sla_window_breaches', _IN_A_DAY)})", "{{vendor}}"),
            unit="short",
            stacked=True,
        ),
        bars(
            "Credits at stake",
            "Service credits that the running period costs by what is decided so far, in the contract's currency; not"
            " claimed by anybody yet.",
            Ask(f"sort_desc({_credit(_CURRENT)})", "{{vendor}} {{contract}} {{currency}}"),
            unit="short",
            steps=((None, GREEN), (0.01, AMBER)),
        ),
        bars(
            "Credits of the last period",
            "What the contract's last complete period costs; contracts name a time within which it must be claimed.",
            Ask(f"sort_desc({_credit(_LAST_PERIOD)})", "{{vendor}} {{contract}} {{currency}}"),
            unit="short",
            steps=((None, GREEN), (0.01, AMBER)),
        ),
        bars(
            "Score",
            "The promises of the running period by their weights: nothing at the floor, all at the objective. Contracts"
            " with figures that weigh and are not computed have none.",
            Ask(
                f"sort(max by (vendor, contract) ({series('syncd_scorecard_score_ratio', _CURRENT)}))",
                "{{vendor}} {{contract}}",
            ),
            unit="percentunit",
        ),
        bars(
            "Last month",
            "Attainment of the last complete month.",
            Ask(f"sort({promise('syncd_scorecard_compliance_ratio', _LAST_MONTH)})", _LEGEND),
            unit="percentunit",
        ),
        bars(
            "Objectives agreed priority by priority",
            "Attainment of the running period less the objective of that priority.",
            Ask(
                f"sort({promise('syncd_scorecard_priority_compliance_ratio', _CURRENT, more='priority')}"
                " - on (vendor, contract, target, priority)"
                f" {promise('syncd_sla_priority_objective_ratio', more='priority')})",
                _LEGEND + " {{priority}}",
            ),
            unit="percentunit",
            steps=((None, RED), (0, GREEN)),
        ),
        span="now-30d",
    )
