"""What fills the world: sources of changes that are asked to have planned everything up to an instant."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from connectors.jira.simulator.world import World


class Filling(Protocol):
    """One source of changes."""

    def reach(self, world: World, now: datetime) -> None:
        """Plan whatever may happen up to an instant and was not planned yet."""
        ...


class History:
    """Several fillings as one."""

    def __init__(self, fillings: Sequence[Filling]) -> None:
        self._fillings = fillings

    def reach(self, world: World, now: datetime) -> None:
        """Plan whatever may happen up to an instant."""
        for filling in self._fillings:
            filling.reach(world, now)
