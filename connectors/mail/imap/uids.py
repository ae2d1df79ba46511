"""Sets of UIDs as IMAP writes them (RFC 9051, section 4.1.1), and cut so that a server takes them."""

from collections.abc import Collection, Iterable, Iterator

LARGEST = 4_294_967_295
_MANY = 5_000
_LONG = 4_000
"""Characters of a set in one command; a list of 20,000 single UIDs is refused as too long an argument."""


def ranges(uids: Iterable[int]) -> list[tuple[int, int]]:
    """Return UIDs as ranges, both ends included, ascending."""
    found: list[tuple[int, int]] = []
    for uid in sorted(uids):
        if found and uid <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(uid, found[-1][1])
        else:
            found.append((uid, uid))
    return found


def text_of(some: Iterable[tuple[int, int]]) -> str:
    """Return ranges as a sequence set."""
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in some)


def uids_in(text: str, *, most: int = 20_000_000) -> set[int]:
    """Return the UIDs of a sequence set; raises ValueError for what is none, or for more than any mailbox holds."""
    found: set[int] = set()
    for piece in text.split(",") if text else ():
        first, colon, last = piece.partition(":")
        one, other = int(first), int(last if colon else first)
        low, high = min(one, other), max(one, other)
        if not 0 < low <= high <= LARGEST or high - low + len(found) > most:
            raise ValueError(f"no set of UIDs: {piece[:40]!r}")
        found.update(range(low, high + 1))
    return found


def batches(uids: Collection[int], most: int = _MANY) -> Iterator[str]:
    """Yield UIDs as sequence sets of so many UIDs, and of bounded length."""
    some: list[tuple[int, int]] = []
    count = length = 0
    for whole in ranges(uids):
        first, last = whole
        while first <= last:
            if count >= most or length >= _LONG:
                yield text_of(some)
                some, count, length = [], 0, 0
            end = min(last, first + most - count - 1)
            some.append((first, end))
            count += end - first + 1
            length += len(text_of(some[-1:])) + 1
            first = end + 1
    if some:
        yield text_of(some)
