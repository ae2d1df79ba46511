"""The stretches in which an open cycle was not counted, as a reading shows them."""

from collections.abc import Sequence

from syncd.domain.instant import from_us
from syncd.domain.reading import Pause
from syncd.domain.segments import Segment


def pauses_of(segments: Sequence[Segment], *, going_on: bool) -> tuple[Pause, ...]:
    """Return the stretches paused for one cause without a break; the last one is open if it is `going_on`.

    States of no duration neither make a pause nor break one, but for the one that goes on.
    """
    if len(segments) == 1 and segments[0].cause is None:
        return ()
    joined: list[tuple[int, int, str, str | None]] = []
    brought: Segment | None = None
    last = segments[-1] if going_on else None
    for segment in segments:
        if brought is None or brought.cause != segment.cause:
            brought = segment
        start, end, cause = segment.start, segment.end, segment.cause
        if end == start and segment is not last:
            continue
        if cause is not None:
            if joined and joined[-1][1:3] == (start, cause):
                start, _, _, event = joined.pop()
            else:
                event = brought.event
            joined.append((start, end, cause, event))
        brought = None
    pauses = [Pause(from_us(start), from_us(end), cause, event) for start, end, cause, event in joined]
    if last is not None:
        pauses[-1] = Pause(pauses[-1].start, None, pauses[-1].cause, pauses[-1].event)
    return tuple(pauses)
