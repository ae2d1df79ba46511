"""What goes wrong, when: windows relative to the first request, or chances per request that follow from the seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.mail.simulator.chances import dice
from connectors.mail.simulator.script import Script
from syncd.errors import ConfigError

KINDS = (
    "429", "429_no_header", "500", "502", "503", "504", "html", "truncate", "cut", "drop", "slow", "drip",
    "unauthorised", "forbidden", "revoke", "state_gone", "state_refused", "foreign_link", "same_link", "missing_link",
    "repeat", "partial", "mime", "skew",
)  # fmt: skip
"""`truncate` is a whole answer whose JSON stops short, `cut` a connection that breaks within the body. `state_gone` and
`state_refused` lose the state of changes with 410 and with 400. `repeat` shows rows twice, `partial` only what changed,
`missing_link` ends a list too early, `mime` is a message that cannot be converted."""

_WINDOW = ("kind", "from", "until", "path", "times", "share", "seconds")
_NEVER = float("inf")


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong within `[begins, ends)` seconds after the first request."""

    kind: str
    begins: float = 0.0
    ends: float = _NEVER
    path: str = ""
    """Only requests whose path holds this."""
    left: float = _NEVER
    """How many requests it still strikes."""
    share: float = 1.0
    """Of the requests within its window, the share that it strikes."""
    seconds: float = 30.0
    """Retry-After, delay or skew."""


def _window(entry: object) -> Fault:
    script = Script(entry, _WINDOW, "faults[]")
    kind = script.text("kind")
    if kind not in KINDS:
        raise ConfigError(f"mail simulator fault {kind!r} is unknown; known are {', '.join(KINDS)}")
    return Fault(
        kind, script.number("from", 0.0), script.number("until", _NEVER), script.text("path"),
        script.number("times", _NEVER), script.number("share", 1.0), script.number("seconds", 30.0),
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
            raise ConfigError("mail simulator script: faults must be a list of windows or a mapping of chances")

    def striking(self, elapsed: float, path: str, number: int) -> Mapping[str, Fault]:
        """Return what strikes this request, by kind; counts it against faults that strike only so often."""
        struck: dict[str, Fault] = {}
        for place, fault in enumerate(self._faults):
            if not fault.begins <= elapsed < fault.ends or fault.left < 1 or fault.path not in path:
                continue
            if fault.share < 1 and dice(self._seed, "fault", place, number).random() >= fault.share:
                continue
            fault.left -= 1
            struck[fault.kind] = fault
        return struck
