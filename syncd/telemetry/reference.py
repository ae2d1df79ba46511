"""The table of every metric for people, made from the table of names: `deploy/prometheus/METRICS.md` is this text."""

from collections.abc import Iterable

from syncd.telemetry.fleet_names import FLEET, TICKETS
from syncd.telemetry.names import PROCESS, Family

_HEAD = """# Metrics

Made by `python -m syncd.telemetry.reference` from the table of names; a test compares the two. Names, labels and label
values are public: a change to one is in the changelog.

- Points in time instead of ages: `time() - x` goes on being true when the process stands still.
- A family without anything to say is not on the page.
- Attempts and failures are two counters; counters fall only when a process starts again, those of the fleet never.
- `priority` is `none` for a ticket without one, and `all` where one objective is for every priority.
- Labels come from the configuration, never from tickets. One promise of four priorities has up to 120 series, a source
  about 60: 200 vendors with two promises each stay below 51,000. A histogram or a counter per ticket does not exist.
- A scrape takes ready bytes: `sample_limit` may be set to twice what `scrape_samples_scraped` says.
"""

_PROCESS = """
## Of a process

Counted as it happens, by every replica, beside the usual `process_`, `python_` and `python_gc_` families.
"""

_FLEET = """
## Of the fleet

What the store knows, as of `syncd_snapshot_timestamp_seconds`, by the replica that holds the lease alone. When the
snapshot is older than 15 minutes only the families marked *stays* are left: a gap, not a lie.
"""

_TICKETS = """
## Of single tickets

On `/metrics/tickets`, a page of its own, which is served only where `http.ticket_series` says how many tickets it may
list, at most 500. Scrape it as a job of its own: what goes over a job's `sample_limit` takes the whole page with it.
"""


def page() -> str:
    """Return the page as Markdown."""
    return "".join((_HEAD, _PROCESS, _table(PROCESS), _FLEET, _table(FLEET), _TICKETS, _table(TICKETS)))


def _table(families: Iterable[Family]) -> str:
    return "\n| name | type | labels | meaning |\n| --- | --- | --- | --- |\n" + "".join(map(_row, families))


def _row(family: Family) -> str:
    labels = ", ".join(f"`{label}`" for label in family.labels) or "-"
    said = [family.help]
    if family.buckets:
        said.append("Buckets: " + ", ".join(f"{bound:g}" for bound in family.buckets) + ".")
    if family.lasting:
        said.append("*Stays.*")
    return f"| `{family.name}` | {family.kind} | {labels} | {' '.join(said)} |\n"


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201  # a generator of documentation
