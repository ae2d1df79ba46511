"""A faithful little ServiceNow: incidents, audit, journal and native SLAs behind its APIs, traps included."""

from connectors.servicenow.simulator.build import build_simulator
from connectors.servicenow.simulator.server import ServiceNowSimulator
from connectors.servicenow.simulator.truth import TrueChange, TrueTicket
from connectors.servicenow.simulator.world import World

__all__ = ["ServiceNowSimulator", "TrueChange", "TrueTicket", "World", "build_simulator"]
