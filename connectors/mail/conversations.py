"""Threads cut and joined by the vendors' ticket numbers: what comes out is one conversation each.

Same thread, different numbers of one vendor: the number wins, the thread is split. Same number in threads that name
nothing of each other: merged. Both are decisions with their evidence, made anew from all messages every time.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from connectors.mail.leaf import Leaf
from connectors.mail.threads import Thread, origin, threads
from connectors.mail.tokens import Token
from connectors.mail.union import Union

TokenKey = tuple[str, str]
"""A scope, and a ticket number in it."""


class _Piece(NamedTuple):
    """Part of a thread: its own (`token` None) or what another ticket number cut out of it."""

    thread: int
    token: TokenKey | None


@dataclass(frozen=True, slots=True)
class Join:
    """Conversations became one: at a message, another that had begun with `first`."""

    by: Leaf
    id: str
    first: Leaf


@dataclass(frozen=True, slots=True)
class Conversation:
    """Messages about one thing, in the order of time.

    `id` is made of the message id it began with, also where that was never seen. `split_from` is the conversation it
    was cut out of.
    """

    id: str
    leaves: tuple[Leaf, ...]
    joins: tuple[Join, ...] = ()
    split_from: str | None = None
    tokens: tuple[Token, ...] = ()


def conversations(leaves: Iterable[Leaf], *, by_subject: bool = False) -> list[Conversation]:
    """Return all messages in conversations, by their first message. The order of the messages given changes nothing."""
    found = threads(leaves, by_subject=by_subject)
    union: Union[_Piece | TokenKey] = Union()
    pieces: defaultdict[_Piece, list[Leaf]] = defaultdict(list)
    firsts: defaultdict[TokenKey, dict[_Piece, Leaf]] = defaultdict(dict)
    for number, thread in enumerate(found):
        for leaf, piece, keys in _cut(number, thread):
            pieces[piece].append(leaf)
            for key in keys:
                firsts[key].setdefault(piece, leaf)
    for key, carriers in firsts.items():
        for piece in carriers:
            union.join(key, piece)
    groups: defaultdict[_Piece | TokenKey, list[_Piece]] = defaultdict(list)
    for piece in pieces:
        groups[union.top(piece)].append(piece)
    ids = {piece: _id(group, pieces) for group in groups.values() for piece in group}
    whole = [_conversation(group, pieces, firsts, found, ids) for group in groups.values()]
    return sorted(whole, key=lambda each: each.leaves[0].order)


def _keys(leaf: Leaf) -> list[TokenKey]:
    """The numbers that a message is about: of several of one template none is, that is a list."""
    keys = []
    for scope, tokens in sorted(leaf.tokens.items()):
        of_template: defaultdict[str, list[Token]] = defaultdict(list)
        for token in tokens:
            of_template[token.template].append(token)
        keys += [(scope, few[0].key) for few in of_template.values() if len(few) == 1]
    return keys


def _cut(number: int, thread: Thread) -> Iterable[tuple[Leaf, _Piece, list[TokenKey]]]:
    """Return a thread's messages, the piece each belongs to, and the numbers by which that may be joined with others.

    One piece, unless a vendor uses several numbers in it. Then a message without one belongs where the one that it
    answers does.
    """
    whole = _Piece(number, None)
    family = _family(thread)
    if family is None:
        return [(leaf, whole, _keys(leaf)) for leaf in thread.leaves]
    scope, template = family
    placed: dict[str, _Piece] = {}
    first: TokenKey | None = None
    out = []
    for leaf in thread.leaves:
        own = [(scope, token.key) for token in leaf.tokens.get(scope, ()) if token.template == template]
        if len(own) == 1:
            first = first or own[0]
            piece = whole if own[0] == first else _Piece(number, own[0])
            keys = own
        else:
            # Nearest first: the last of References is the message that was answered.
            known = (*leaf.ancestors, *leaf.about)
            piece = next((placed[each] for each in reversed(known) if each in placed), whole)
            keys = []
        placed[leaf.id] = piece
        out.append((leaf, piece, keys))
    return out


def _family(thread: Thread) -> tuple[str, str] | None:
    """The scope and template of which a thread has several numbers, the most used first; None if none has."""
    numbers: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    uses: defaultdict[tuple[str, str], int] = defaultdict(int)
    for leaf in thread.leaves:
        for scope, tokens in leaf.tokens.items():
            for template in {token.template for token in tokens}:
                of_template = {token.key for token in tokens if token.template == template}
                if len(of_template) == 1:
                    numbers[scope, template] |= of_template
                    uses[scope, template] += 1
    several = [family for family, found in numbers.items() if len(found) > 1]
    return min(several, key=lambda family: (-uses[family], family), default=None)


def _hash(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:20]


def _id(group: Sequence[_Piece], pieces: Mapping[_Piece, Sequence[Leaf]]) -> str:
    """The id of pieces that belong together: of what a thread of their own began with, else of the number."""
    own = [pieces[piece][0] for piece in group if piece.token is None]
    if own:
        return _hash(origin(min(own, key=lambda leaf: leaf.order)))
    return _hash("number", *min(piece.token for piece in group if piece.token is not None))


def _conversation(
    group: Sequence[_Piece],
    pieces: Mapping[_Piece, Sequence[Leaf]],
    firsts: Mapping[TokenKey, Mapping[_Piece, Leaf]],
    found: Sequence[Thread],
    ids: Mapping[_Piece, str],
) -> Conversation:
    leaves = sorted((leaf for piece in group for leaf in pieces[piece]), key=lambda leaf: leaf.order)
    own = sorted((piece for piece in group if piece.token is None), key=lambda piece: pieces[piece][0].order)
    joins = [
        Join(_linked(piece, group, firsts), _hash(origin(pieces[piece][0])), pieces[piece][0])
        for piece in own[1:]
        if _linked(piece, group, firsts) is not pieces[piece][0]
    ]  # fmt: skip
    for piece in own:
        inside = {leaf.fingerprint for leaf in pieces[piece]}
        joins += [
            Join(by, _hash(origin(first)), first)
            for by, first in found[piece.thread].joins
            if by.fingerprint in inside and first.fingerprint in inside
        ]
    split_from = None
    if not own:
        split_from = next((ids[whole] for piece in group if (whole := _Piece(piece.thread, None)) in ids), None)
    tokens = {token.key: token for leaf in leaves for tokens in leaf.tokens.values() for token in tokens}
    keys = {key for leaf in leaves for _, key in _keys(leaf)}
    return Conversation(
        ids[group[0]],
        tuple(leaves),
        tuple(sorted(joins, key=lambda join: join.by.order)),
        split_from,
        tuple(token for key, token in tokens.items() if key in keys),
    )


def _linked(piece: _Piece, group: Sequence[_Piece], firsts: Mapping[TokenKey, Mapping[_Piece, Leaf]]) -> Leaf:
    """The message by which it became known that a piece and the others are one: the later of the two to say so."""
    known = []
    for carriers in firsts.values():
        others = [leaf for other, leaf in carriers.items() if other != piece and other in group]
        if piece in carriers and others:
            known.append(max(carriers[piece], min(others, key=lambda leaf: leaf.order), key=lambda leaf: leaf.order))
    return min(known, key=lambda leaf: leaf.order)
