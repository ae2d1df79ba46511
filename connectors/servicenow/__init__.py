"""Reads ServiceNow: task tables with their audit history and journal, through the Table API."""

from connectors.servicenow.client import ServiceNowReader
from connectors.servicenow.mapping import ServiceNowMapper
from connectors.servicenow.settings import ServiceNowOptions
from connectors.servicenow.simulator import build_simulator
from syncd.ports.connector import Plugin

plugin = Plugin(
    kind="servicenow",
    options=ServiceNowOptions,
    mapper=ServiceNowMapper,
    build=ServiceNowReader,
    offline={
        "url": "https://instance.invalid",
        "auth": {"kind": "basic", "username": "nobody", "password": {"env": "NOBODY"}},
    },
    simulator=build_simulator,
)
