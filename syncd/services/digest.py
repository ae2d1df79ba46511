"""Digests: one notice for the many that are not told one by one, in a storm or because they are old."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from syncd.domain.instant_text import instant_text
from syncd.domain.notice import Notice, NoticeKey, Step
from syncd.ports.held import Held
from syncd.ports.store import Fence, Store, Work

GATHERED_FOR = timedelta(minutes=1)
"""How long after the first of them a digest is put together."""

APART = timedelta(minutes=10)
"""How far apart a vendor's digests are."""

MOST_LINES = 20
"""How many notices a digest names, the most urgent first."""


def digest_due_at(view: Work) -> Mapping[str, datetime]:
    """Return when the digests of vendors are due, where anything waits for one."""
    due = {}
    for vendor, since in view.held.folded().items():
        last = view.outbox.last_digest(vendor)
        due[vendor] = max(since + GATHERED_FOR, since if last is None else last + APART)
    return due


def tell_digests(store: Store, fence: Fence, vendors: Sequence[str], told: list[str], *, now: datetime) -> None:
    """Queue the digests of vendors; what they stand for waits no more and stays known."""
    with store.begin(fence) as work:
        for vendor in vendors:
            folded = work.held.folded_of(vendor)
            if not folded:
                continue
            notice = _digest(vendor, folded, now)
            channels = list(dict.fromkeys(channel for held in folded for channel in held.channels))
            if work.outbox.add(notice, channels, at=now, over=True):
                told.append(notice.key.text())
            work.held.forget([held.key for held in folded], known=True)
        work.commit()


def _digest(vendor: str, folded: Sequence[Held], now: datetime) -> Notice:
    first = folded[0].notice
    counted = Counter((held.notice.priority, held.notice.key.step.value) for held in folded)
    lines = [f"{priority} {step.replace('_', ' ')}: {n}" for (priority, step), n in sorted(counted.items())]
    lines += [f"{each.notice.ticket} ({each.notice.priority} {each.notice.key.target})" for each in folded[:MOST_LINES]]
    key = NoticeKey(
        source_id=0, ticket_id="", contract="", target="", started_by="", priority="", step=Step.DIGEST,
        detail=f"{vendor} {instant_text(now)}",
    )  # fmt: skip
    return Notice(
        key=key, at=now, source="", ticket="", url=None, vendor=vendor, vendor_name=first.vendor_name,
        priority=first.priority, goal_us=0, elapsed_us=0, due_at=None, level=first.level, count=len(folded),
        lines=tuple(lines), since=min(held.notice.at for held in folded),
    )  # fmt: skip
