"""A simulator built from a seed and a script."""

from collections.abc import Mapping
from datetime import timedelta

from connectors.mail.simulator.arrivals import Arrivals
from connectors.mail.simulator.auth import Gate
from connectors.mail.simulator.box import Box
from connectors.mail.simulator.faults import Faults
from connectors.mail.simulator.quota import Quota
from connectors.mail.simulator.script import Script
from connectors.mail.simulator.server import GraphSimulator
from connectors.mail.simulator.stories import VENDORS

_KEYS = (
    "conversations_per_day", "days", "start", "folders", "roles", "token_seconds", "requests_per_10_minutes",
    "clock_skew", "silent_moves", "faults", "options", "relayed",
)  # fmt: skip


def build_simulator(seed: int, script: Mapping[str, object]) -> GraphSimulator:
    """Return a mailbox in Microsoft Graph; raises ConfigError for a script it cannot use."""
    read = Script(script, _KEYS)
    arrivals = Arrivals(
        seed, per_day=read.number("conversations_per_day", 12.0), days=read.number("days", 14.0),
        start=read.seconds_since_1970("start"), relayed=read.texts("relayed"),
    )  # fmt: skip
    return GraphSimulator(
        Box(seed, ("inbox/Done", *read.texts("folders"))),
        arrivals,
        gate=Gate(seed, "example.com", read.texts("roles", ("Mail.Read",)), read.number("token_seconds", 3599.0)),
        faults=Faults(seed, script.get("faults", ())),
        quota=Quota(int(read.number("requests_per_10_minutes", 10_000))),
        silent_moves=read.flag("silent_moves", default=True),
        skew=timedelta(seconds=read.number("clock_skew", 0.0)),
        options={
            "our_domains": ["example.com"],
            "our_hosts": ["example.com"],
            "priority": "P3",
            "vendors": [{"id": domain.partition(".")[0], "domains": [domain]} for domain in VENDORS],
            **read.mapping("options"),
        },
    )
