"""What goes wrong, when: windows relative to the first request, or chances per request that follow from the seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.jira.simulator.script import Script
from connectors.jira.simulator.stamps import dice
from syncd.errors import ConfigError

KINDS = (
    "html_login", "anonymous", "401", "403", "captcha", "404", "410", "429", "500", "502", "503", "504", "drop", "slow",
    "drip", "truncate", "cut", "revoke", "skew", "short_page", "empty_page", "repeat_token", "duplicates",
    "no_changelog",
)  # fmt: skip
"""`truncate` is a whole answer whose JSON text stops short, `cut` a connection that breaks within the body.

`anonymous` takes good credentials for expired ones; `short_page`, `empty_page`, `repeat_token` and `duplicates` spoil
walks by token; `no_changelog` makes the changelog endpoints empty while `expand=changelog` still tells.
"""

FORMS = ("seconds", "float", "date", "none")
"""How `Retry-After` is written."""

_WINDOW = ("kind", "from", "until", "route", "times", "share", "seconds", "form", "reason")


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong within `[begins, ends)` seconds after the first request."""

    kind: str
    begins: float = 0.0
    ends: float = float("inf")
    route: str = ""
    """Only requests of this route (`routes.py`); empty for all."""
    left: float = float("inf")
    """How many requests it still strikes."""
    share: float = 1.0
    """Of the requests within its window, the share that it strikes."""
    seconds: float = 30.0
    """Retry-After, delay or skew."""
    form: str = "seconds"
    reason: str = "jira-burst-based"
    """The `RateLimit-Reason` of a 429; empty for none."""


def _window(entry: object) -> Fault:
    script = Script(entry, _WINDOW, "faults[]")
    kind = script.text("kind")
    form = script.text("form", "none" if kind == "503" and not script.has("seconds") else "seconds")
    if kind not in KINDS:
        raise ConfigError(f"jira simulator fault {kind!r} is unknown; known are {', '.join(KINDS)}")
    if form not in FORMS:
        raise ConfigError(f"jira simulator faults[].form: one of {', '.join(FORMS)}")
    never = float("inf")
    return Fault(
        kind, script.number("from", 0.0), script.number("until", never), script.text("route"),
        script.number("times", never), script.number("share", 1.0), script.number("seconds", 30.0), form,
        script.text("reason", "jira-burst-based"),
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
            raise ConfigError("jira simulator script: faults must be a list of windows or a mapping of chances")

    def striking(self, elapsed: float, route: str, number: int) -> Mapping[str, Fault]:
        """Return what strikes this request, by kind; counts it against faults that strike only so often."""
        struck: dict[str, Fault] = {}
        for place, fault in enumerate(self._faults):
            if not fault.begins <= elapsed < fault.ends or fault.left < 1 or fault.route not in ("", route):
                continue
            if fault.share < 1 and dice(self._seed, "fault", place, number).random() >= fault.share:
                continue
            fault.left -= 1
            struck[fault.kind] = fault
        return struck
