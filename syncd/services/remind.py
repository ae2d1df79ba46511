"""Remind receivers that forget of what they were told and is still so, and tell them the end of what is not."""

from datetime import datetime

from syncd.ports.standing import Sustained, Sustains
from syncd.ports.store import Fence, Store


def remind(store: Store, fence: Fence, channel: str, receiver: Sustains, *, now: datetime) -> Sustained:
    """Hand over everything that stands at one channel, and note what is settled or refused.

    What stands is read from the store each time: a restart forgets nothing, and a kill before the note repeats a round.
    """
    with store.view() as view:
        standing = view.outbox.standing(channel)
    done = receiver.sustain(standing)
    if done.settled or done.refused:
        with store.begin(fence) as work:
            work.outbox.settled(channel, done.settled)
            work.outbox.refused(channel, done.refused, at=now)
            work.commit()
    return done
