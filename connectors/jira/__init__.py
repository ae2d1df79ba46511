"""Reads Jira: issues with their histories and comments, on Cloud and Data Center, as an agent or as a customer."""

from collections.abc import Mapping

from connectors.jira.mapping import JiraMapper
from connectors.jira.settings import JiraOptions
from syncd.ports.connector import Connector, Pace, Plugin, Simulator, Site
from syncd.ports.toolkit import Toolkit


def _build(site: Site, options: JiraOptions, toolkit: Toolkit) -> Connector:
    from connectors.jira.reading import build  # noqa: PLC0415 - maps without the client libraries that reading needs

    return build(site, options, toolkit)


def _simulator(seed: int, script: Mapping[str, object]) -> Simulator:
    from connectors.jira.simulator import build_simulator  # noqa: PLC0415 - as above

    return build_simulator(seed, script)


plugin = Plugin(
    kind="jira",
    options=JiraOptions,
    mapper=JiraMapper,
    build=_build,
    offline={
        "url": "https://site.invalid",
        "auth": {"kind": "pat", "token": {"env": "NOBODY"}},
    },
    simulator=_simulator,
    pace=Pace(requests_per_second=5.0, concurrency=4),
)
