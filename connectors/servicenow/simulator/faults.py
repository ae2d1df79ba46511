"""What goes wrong, when: windows relative to the first request, or chances per request that follow from the seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from connectors.servicenow.simulator.script import Script
from connectors.servicenow.simulator.stamps import dice
from syncd.errors import ConfigError

Effect = Literal["unsorted", "unfiltered", "empty"]

KINDS = (
    "hibernate", "error_body", "truncate", "cut", "202", "429", "429_no_header", "500", "502", "503", "504", "drop",
    "slow", "drip", "unauthorised", "forbidden", "revoke", "query_ignored", "sort_refused", "no_journal", "no_audit",
    "skew",
)  # fmt: skip
"""`truncate` is a whole answer whose JSON text stops short, `cut` a connection that breaks within the body."""

_WINDOW = ("kind", "from", "until", "table", "times", "share", "seconds", "effect")


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong within `[begins, ends)` seconds after the first request."""

    kind: str
    begins: float = 0.0
    ends: float = float("inf")
    table: str = ""
    """Only requests for this table; empty for all."""
    left: float = float("inf")
    """How many requests it still strikes."""
    share: float = 1.0
    """Of the requests within its window, the share that it strikes."""
    seconds: float = 30.0
    """Retry-After, delay or skew."""
    effect: Effect = "unsorted"
    """Of `sort_refused`: rows come unsorted, unsorted with range conditions dropped, or not at all."""


def _window(entry: object) -> Fault:
    script = Script(entry, _WINDOW, "faults[]")
    kind, effect = script.text("kind"), script.text("effect", "unsorted")
    if kind not in KINDS:
        raise ConfigError(f"servicenow simulator fault {kind!r} is unknown; known are {', '.join(KINDS)}")
    if effect not in ("unsorted", "unfiltered", "empty"):
        raise ConfigError("servicenow simulator faults[].effect: unsorted, unfiltered or empty")
    never = float("inf")
    return Fault(
        kind, script.number("from", 0.0), script.number("until", never), script.text("table"),
        script.number("times", never), script.number("share", 1.0), script.number("seconds", 30.0),
        cast("Effect", effect),
    )  # fmt: skip


class Faults:
    """All faults of one script."""

    def __init__(self, seed: int, script: object) -> None:
        self._seed = seed
        if isinstance(script, Mapping):
            self._faults = [_window({"kind": kind, "share": share}) for kind, share in script.items()]
        elif isinstance(script, Sequence) and not isinstance(script, str):
            self._faults = [_window(entry) for entry in script]
        else:
            raise ConfigError("servicenow simulator script: faults must be a list of windows or a mapping of chances")

    def striking(self, elapsed: float, table: str, number: int) -> Mapping[str, Fault]:
        """Return what strikes this request, by kind; counts it against faults that strike only so often."""
        struck: dict[str, Fault] = {}
        for place, fault in enumerate(self._faults):
            if not fault.begins <= elapsed < fault.ends or fault.left < 1 or fault.table not in ("", table):
                continue
            if fault.share < 1 and dice(self._seed, "fault", place, number).random() >= fault.share:
                continue
            fault.left -= 1
            struck[fault.kind] = fault
        return struck
