"""Open clocks: what is due next, what is at risk, and whose turn it is where nothing is counted."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from deploy.grafana.source.panels import AMBER, GREEN, RED, Ask, bars, board, lines, number, rows, series

_EVERY = series("syncd_sla_open_tickets")
_BY = "max by (vendor, contract, target, priority)"
_DUE = f"{_BY} ({series('syncd_sla_next_deadline_timestamp_seconds')})"


def _open(state: str) -> str:
    selector = f'state="{state}"'
    return f"{_BY} ({series('syncd_sla_open_tickets', selector)})"


def dashboard() -> Dashboard:
    """Return the dashboard."""
    paused = f"max by (vendor, contract, target, waits_for) ({series('syncd_sla_paused_tickets')})"
    return board(
        "syncd-open-clocks",
        "Open clocks",
        "Clocks that have not stopped: when they are due, which are at risk, and whom the paused ones wait for.",
        number(
            "Next deadline",
            "Time until the nearest deadline of a clock that is neither breached nor paused.",
            Ask(f"min({_DUE}) - time()", "next"),
            unit="s",
            steps=((None, RED), (900, AMBER), (3600, GREEN)),
            width=6,
        ),
        number(
            "At risk",
            "Clocks at risk.",
            Ask(f"sum({_open('at_risk')})", "at risk"),
            steps=((None, GREEN), (1, AMBER)),
            width=6,
        ),
        number(
            "Breached",
            "Clocks that are breached and open.",
            Ask(f"sum({_open('breached')})", "breached"),
            steps=((None, GREEN), (1, RED)),
            width=6,
        ),
        number("Paused", "Clocks that are open and not counted.", Ask(f"sum({_open('paused')})", "paused"), width=6),
        rows(
            "Nearest deadlines",
            "The nearest deadline of each promise and priority, and how many clocks stand behind it. Single tickets are"
            " on syncd's own page, and on the page of tickets where that is asked for.",
            {
                "Due in": (f"{_DUE} - time()", "s"),
                "In time": (_open("ok"), "short"),
                "At risk": (_open("at_risk"), "short"),
                "Breached": (_open("breached"), "short"),
                "Paused": (_open("paused"), "short"),
            },
            sort="Due in",
        ),
        lines(
            "Open clocks by state",
            "All vendors; a growing band of breached clocks is a backlog that nobody closes.",
            Ask(
                f"sum by (state) (max by (vendor, contract, target, priority, state) ({_EVERY}))",
                "{{state}}",
            ),
            unit="short",
            stacked=True,
        ),
        lines(
            "Paused, by whom they wait for",
            "A pause stops the clock: waiting for us, for a third party or another vendor is not the vendor's time.",
            Ask(f"sum by (waits_for) ({paused})", "{{waits_for}}"),
            unit="short",
            stacked=True,
        ),
        bars(
            "At risk, by vendor",
            "Clocks at risk now.",
            Ask(f"sort_desc(sum by (vendor) ({_open('at_risk')}))", "{{vendor}}"),
            unit="short",
            steps=((None, GREEN), (1, AMBER)),
            width=8,
        ),
        bars(
            "Breached, by vendor",
            "Breached clocks that are still open.",
            Ask(f"sort_desc(sum by (vendor) ({_open('breached')}))", "{{vendor}}"),
            unit="short",
            steps=((None, GREEN), (1, RED)),
            width=8,
        ),
        bars(
            "Waiting, by vendor and for whom",
            "Paused clocks now.",
            Ask(f"sort_desc(sum by (vendor, waits_for) ({paused}))", "{{vendor}} waits for {{waits_for}}"),
            unit="short",
            width=8,
        ),
        span="now-24h",
    )
