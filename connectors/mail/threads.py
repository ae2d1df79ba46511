"""Messages joined by the ids they name, seen or unseen: our own union of References and In-Reply-To.

The result is a function of the set of messages: they are taken in the order of their time, not of their arrival.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from connectors.mail.leaf import Leaf
from connectors.mail.union import Union

SHARED_BY = 3
"""An id that messages of more vendors name is nobody's conversation: a newsletter, a template."""

_SUBJECT_GAP = timedelta(days=14)
_SUBJECT_LENGTH = 10


@dataclass(slots=True)
class Thread:
    """Messages that name each other; `joins` are those that joined what had begun apart, with the first of each."""

    leaves: list[Leaf] = field(default_factory=list)
    joins: list[tuple[Leaf, Leaf]] = field(default_factory=list)


def threads(leaves: Iterable[Leaf], *, by_subject: bool = False) -> list[Thread]:
    """Return all messages in threads, each in the order of time; the threads by their first message.

    With `by_subject`, a message that names nothing also joins the latest one of the same subject and people (14 days).
    """
    ordered = sorted(leaves, key=lambda leaf: leaf.order)
    shared = _shared(ordered)
    union: Union[str] = Union()
    found: dict[str, Thread] = {}
    latest: dict[tuple[str, frozenset[str]], Leaf] = {}
    for leaf in ordered:
        ids = [leaf.id, *(each for each in (*leaf.ancestors, *leaf.about) if each not in shared)]
        if by_subject and len(leaf.subject) >= _SUBJECT_LENGTH:
            before = latest.get((leaf.subject, leaf.people))
            if before is not None and len(ids) == 1 and leaf.at - before.at < _SUBJECT_GAP:
                ids.append(before.id)
            latest[leaf.subject, leaf.people] = leaf
        tops = dict.fromkeys(union.top(each) for each in ids)
        old = sorted((found.pop(top) for top in tops if top in found), key=lambda thread: thread.leaves[0].order)
        thread = old[0] if old else Thread()
        for other in old[1:]:
            thread.joins.append((leaf, other.leaves[0]))
            thread.joins += other.joins
            thread.leaves += other.leaves
        if len(old) > 1:
            thread.leaves.sort(key=lambda each: each.order)
        thread.leaves.append(leaf)
        top = leaf.id
        for each in ids:
            top = union.join(top, each)
        found[top] = thread
    return sorted(found.values(), key=lambda thread: thread.leaves[0].order)


def _shared(leaves: Sequence[Leaf]) -> frozenset[str]:
    vendors: defaultdict[str, set[str]] = defaultdict(set)
    for leaf in leaves:
        if leaf.sender_vendor is not None:
            for each in leaf.ancestors:
                vendors[each].add(leaf.sender_vendor)
    return frozenset(each for each, named in vendors.items() if len(named) > SHARED_BY)


def origin(leaf: Leaf) -> str:
    """Return the id with which the conversation of a message began, as far as the message knows."""
    return leaf.ancestors[0] if leaf.ancestors else leaf.about[0] if leaf.about else leaf.id
