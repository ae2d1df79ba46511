"""Reads ServiceNow: task tables with their audit history and journal, through the Table API."""

from collections.abc import Mapping

from connectors.servicenow.mapping import ServiceNowMapper
from connectors.servicenow.settings import ServiceNowOptions
from syncd.ports.connector import Connector, Plugin, Simulator, Site
from syncd.ports.toolkit import Toolkit


def _build(site: Site, options: ServiceNowOptions, toolkit: Toolkit) -> Connector:
    from connectors.servicenow.client import ServiceNowReader  # noqa: PLC0415 - loaded by every command, read by few

    return ServiceNowReader(site, options, toolkit)


def _simulator(seed: int, script: Mapping[str, object]) -> Simulator:
    from connectors.servicenow.simulator import build_simulator  # noqa: PLC0415 - as above

    return build_simulator(seed, script)


plugin = Plugin(
    kind="servicenow",
    options=ServiceNowOptions,
    mapper=ServiceNowMapper,
    build=_build,
    offline={
        "url": "https://instance.invalid",
        "auth": {"kind": "basic", "username": "nobody", "password": {"env": "NOBODY"}},
    },
    simulator=_simulator,
)
