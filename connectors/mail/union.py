"""Sets that grow together (union-find), kept the same whatever the order of joining."""

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Union(Generic[K]):
    """Joins keys; near-linear in the number of joins."""

    def __init__(self) -> None:
        self._above: dict[K, K] = {}

    def top(self, key: K) -> K:
        """Return the key that stands for all that are joined with this one."""
        above = self._above
        above.setdefault(key, key)
        root = key
        while above[root] != root:
            root = above[root]
        while above[key] != root:
            above[key], key = root, above[key]
        return root

    def join(self, one: K, other: K) -> K:
        """Join two keys and return the one that stands for them."""
        one, other = self.top(one), self.top(other)
        if one != other:
            self._above[other] = one
        return one
