"""A simulator built from a seed and a script.

The script's keys, all optional: `product` cloud or dc, `view` agent or customer, `auth` (the login that `options`
names). What happens: made-up days (`tickets_per_day`, `days` or `start`, `storms`, `projects`, `vendor_by`, shares), or
`changes` written out, or `plenty` of equal issues. How searches lag: `index_lag` seconds at most, for the share
`lagging_share`. What goes wrong: `faults`, `rights`, `limits`, `clock_skew`, `churn` (a write at every so many
requests). How the site differs: caps, forms of instants, `emails`, `epoch_jql`, `jsd_public`, `time_zone`,
`context_path`, `hidden_status` (what a hidden issue is answered with). `options` are added to the source's own.
"""

from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors.jira.simulator.arrivals import Arrivals, Plan, plan_of
from connectors.jira.simulator.auth import Gate
from connectors.jira.simulator.call import CreatedForm, Habits
from connectors.jira.simulator.explicit import change_of
from connectors.jira.simulator.faults import Faults
from connectors.jira.simulator.history import Filling, History
from connectors.jira.simulator.plenty import Plenty
from connectors.jira.simulator.quota import Quota
from connectors.jira.simulator.rights import Rights
from connectors.jira.simulator.script import Script
from connectors.jira.simulator.server import JiraSimulator
from connectors.jira.simulator.source_options import CLOUD_KINDS, DC_KINDS, source_options
from connectors.jira.simulator.world import World
from syncd.errors import ConfigError

_KEYS = (
    "product", "view", "auth", "changes", "plenty", "tickets_per_day", "days", "start", "storms", "projects",
    "vendor_by", "unlabelled_share", "authorless_share", "forgotten_share", "index_lag", "lagging_share", "faults",
    "rights", "limits", "time_zone", "emails", "epoch_jql", "bulk_created", "bare_items", "page_cap", "id_cap",
    "history_cap", "comment_cap", "expand_cap", "bulk_cap", "jsd_public", "token_seconds", "clock_skew", "churn",
    "context_path", "hidden_status", "options",
)  # fmt: skip
_CREATED: tuple[CreatedForm, ...] = ("iso", "seconds", "millis", "mixed")


def build_simulator(seed: int, script: Mapping[str, object]) -> JiraSimulator:
    """Return a site; raises ConfigError for a script it cannot use."""
    read = Script(script, _KEYS)
    product, view = read.text("product", "cloud"), read.text("view", "agent")
    if product not in ("cloud", "dc") or view not in ("agent", "customer"):
        raise ConfigError("jira simulator script: product is cloud or dc, view is agent or customer")
    cloud = product == "cloud"
    kind = read.text("auth", "token" if cloud else "pat")
    if kind not in (CLOUD_KINDS if cloud else DC_KINDS):
        raise ConfigError(
            f"jira simulator script: auth of {product} is {', '.join(CLOUD_KINDS if cloud else DC_KINDS)}"
        )
    written = read.has("changes") or read.has("plenty")
    living = read.has("tickets_per_day") or not written
    plan = plan_of(read)
    lag = read.number("index_lag", 30.0 if living else 0.0)
    world = World(seed, lag=lag, lagging=read.number("lagging_share", 0.3 if living else 1.0))
    world.plan(*(change_of(entry) for entry in read.items("changes")))
    gate = Gate(seed, cloud=cloud, token_seconds=read.number("token_seconds", 3600.0))
    limits = read.mapping("limits") or ({} if cloud else {"bucket": 10_000, "fill": 1000})
    return JiraSimulator(
        seed,
        world,
        History(_fillings(seed, read, plan, living=living)),
        gate=gate,
        faults=Faults(seed, script.get("faults", ())),
        quota=Quota(limits),
        rights=Rights(read.mapping("rights"), customer=view == "customer"),
        habits=_habits(read, cloud=cloud),
        options={**source_options(gate, kind, view, plan.manner), **read.mapping("options")},
        skew=timedelta(seconds=read.number("clock_skew", 0.0)),
        churn=int(read.number("churn", 0)),
        context=_context(read.text("context_path")),
    )


def _fillings(seed: int, read: Script, plan: Plan, *, living: bool) -> list[Filling]:
    """Return what makes up this site's past and future: equal issues for measuring, made-up days, or neither."""
    plenty: list[Filling] = [Plenty(read.mapping("plenty"))] if read.has("plenty") else []
    return [*plenty, Arrivals(seed, plan)] if living else plenty


def _habits(read: Script, *, cloud: bool) -> Habits:
    created = read.text("bulk_created", "millis")
    if created not in _CREATED:
        raise ConfigError(f"jira simulator script: bulk_created is {', '.join(_CREATED)}")
    try:
        zone = ZoneInfo(read.text("time_zone", "Europe/Berlin"))
    except (ZoneInfoNotFoundError, ValueError):
        raise ConfigError("jira simulator script: time_zone names no zone") from None
    return Habits(
        cloud=cloud, zone=zone, emails=read.flag("emails", default=True), epoch=read.flag("epoch_jql", default=True),
        bulk_created=created, bare_items=read.flag("bare_items"),
        page_cap=_cap(read, "page_cap", 100), id_cap=_cap(read, "id_cap", 5000),
        history_cap=_cap(read, "history_cap", 100), comment_cap=_cap(read, "comment_cap", 100),
        expand_cap=_cap(read, "expand_cap", 40), bulk_cap=_cap(read, "bulk_cap", 100),
        flagged=read.flag("jsd_public", default=cloud), owns_up=_owns_up(read, cloud=cloud),
    )  # fmt: skip


def _owns_up(read: Script, *, cloud: bool) -> bool:
    status = read.number("hidden_status", 404.0 if cloud else 403.0)
    if status not in (403, 404) or (cloud and status == 403):  # noqa: PLR2004  the statuses themselves
        raise ConfigError("jira simulator script: hidden_status is 404, of Data Center also 403")
    return status == 403  # noqa: PLR2004  as above


def _cap(read: Script, key: str, default: int) -> int:
    return max(1, int(read.number(key, default)))


def _context(text: str) -> str:
    if text and (not text.startswith("/") or text.endswith("/")):
        raise ConfigError("jira simulator script: context_path begins with a slash and does not end with one")
    return text
