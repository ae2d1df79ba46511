"""The herd: 7,000 overnight breaches that all fall on one opening second, over 50 sources, on a virtual clock.

SYNCD_BENCH_BREACHES says how many breaches, SYNCD_BENCH_SOURCES over how many sources.
"""

import os
import tempfile
import time
from pathlib import Path
from statistics import median

from syncd.domain.notice import Step
from syncd.telemetry.logs import set_up
from tests.simulation.opening import GOALS, Morning, an_opening

BREACHES = int(os.environ.get("SYNCD_BENCH_BREACHES", "7000"))
SOURCES = int(os.environ.get("SYNCD_BENCH_SOURCES", "50"))
BUDGET = 60


def show(what: str, morning: Morning, took: float) -> None:
    """Print what came of one morning."""
    print(f"{what} ({took:.0f} s of work, {morning.steps:,} steps)")
    for priority in GOALS:
        after = sorted(span.total_seconds() for span, notice in morning.told() if notice.priority == priority)
        unconfirmed = sum(
            not each.confirmed
            for _, each in morning.taken
            if each.notice.priority == priority and each.notice.key.step is Step.BREACHED
        )
        if after:
            print(
                f"  {priority}  {len(after):5,} one by one, {unconfirmed:4,} unconfirmed; first {after[0]:5.1f} s, "
                f"median {median(after):5.1f} s, last {after[-1]:5.1f} s after the opening"
            )
    digests = [notice for _, notice in morning.told(Step.DIGEST)]
    if digests:
        print(f"  {sum(notice.count for notice in digests):,} more in {len(digests)} digests")
    keys = [each.key for _, each in morning.taken]
    most = max(source.most_in_a_minute() for source in morning.sources)
    print(f"  duplicate keys {len(keys) - len(set(keys))}; tickets re-read of a source in a minute: {most} of {BUDGET}")


def main() -> None:
    """Let two mornings happen, and print."""
    set_up(level="error")
    print(f"{BREACHES:,} breaches at one opening second over {SOURCES} sources")
    for what, storm in (("every one by itself", BREACHES), ("with the usual storm guard", 20)):
        with tempfile.TemporaryDirectory() as folder:
            began = time.monotonic()
            morning = an_opening(Path(folder), sources=SOURCES, tickets=BREACHES, storm=storm, budget=BUDGET)
            show(what, morning, time.monotonic() - began)


if __name__ == "__main__":
    main()
