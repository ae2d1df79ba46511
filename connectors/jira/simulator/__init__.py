"""A faithful little Jira: issues, histories, comments and requests behind its APIs, traps included."""

from connectors.jira.simulator.build import build_simulator
from connectors.jira.simulator.facts import facts
from connectors.jira.simulator.server import JiraSimulator
from connectors.jira.simulator.truth import TrueChange, TrueTicket
from connectors.jira.simulator.world import World

__all__ = ["JiraSimulator", "TrueChange", "TrueTicket", "World", "build_simulator", "facts"]
