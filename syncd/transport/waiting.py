"""Waiting that a stop can cut short."""

from syncd.ports.now import Now

LONGEST_SLEEP = 30.0
"""Seconds of one sleep at most, so that a suspended machine or a jumped clock is noticed (design.md section 10)."""

_EARLY = 0.05
"""Seconds by which a sleep may fall short without meaning anything: timers are not exact."""


def wait_out(now: Now, seconds: float) -> bool:
    """Wait; False when the wait was cut short because the process is stopping, True when it was done."""
    deadline = now.monotonic() + seconds
    while (left := deadline - now.monotonic()) > 0:
        step = min(left, LONGEST_SLEEP)
        before = now.monotonic()
        now.sleep(step)
        if step <= _EARLY:
            return True
        if now.monotonic() - before < step - _EARLY:
            return False
    return True
