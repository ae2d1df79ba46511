"""Which messages hang together: those that name a common id, ticket number or subject, directly or through others.

That is wider than being one conversation, so grouping what hangs together gives what grouping everything would.
"""

from collections.abc import Sequence

from connectors.mail.leaf import Leaf
from connectors.mail.union import Union


class Relations:
    """Grows with every message; hashes only, so it is small. Order changes nothing but the order of members."""

    def __init__(self) -> None:
        self._union: Union[int] = Union()
        self._members: dict[int, list[str]] = {}

    def add(self, part: str, leaf: Leaf) -> None:
        """Take in what a message names now; what it named before goes on holding together."""
        own = hash(("part", part))
        groups = [] if self._union.top(own) in self._members else [[part]]
        tops = dict.fromkeys(self._union.top(each) for each in (own, *_names(leaf)))
        groups += [self._members.pop(top) for top in tops if top in self._members]
        top, *others = tops
        for each in others:
            top = self._union.join(top, each)
        largest, *rest = sorted(groups, key=len, reverse=True)
        for members in rest:
            largest += members
        self._members[top] = largest

    def groups(self, parts: Sequence[str]) -> list[Sequence[str]]:
        """Return what hangs together with any of some messages, each group once."""
        tops = dict.fromkeys(self._union.top(hash(("part", part))) for part in parts)
        return [self._members[top] for top in tops]


def _names(leaf: Leaf) -> list[int]:
    names = [hash(("id", each)) for each in (leaf.id, *leaf.ancestors, *leaf.about)]
    names += [hash(("token", scope, token.key)) for scope, tokens in leaf.tokens.items() for token in tokens]
    if leaf.subject:
        names.append(hash(("subject", leaf.subject, leaf.people)))
    return names
