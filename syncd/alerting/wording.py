"""The sentences in which people are told; no ticket text in them, and every instant in UTC."""

from datetime import UTC, datetime

from syncd.alerting.plain import plain
from syncd.domain.notice import Notice
from syncd.ports.notifier import Envelope

_SAYS = {"at_risk": "is at risk", "breached": "is breached", "escalated": "is escalated", "recovered": "has recovered"}
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))
_SECOND_US = 1_000_000


def headline(envelope: Envelope, step: str) -> str:
    """Return one line: who, which ticket, which promise, what of it, and whether to believe it."""
    notice = envelope.notice
    if not notice.ticket:
        return _of_no_ticket(notice, step)
    says = _SAYS.get(step, f"is {step.replace('_', ' ')}")
    marks = [mark for mark, given in (("late notice", notice.late), ("unconfirmed", not envelope.confirmed)) if given]
    line = (
        f"{plain(notice.vendor_name)}: {plain(notice.priority)} {plain(notice.key.target)} of {plain(notice.ticket)} "
        f"{says}"
    )
    if step == "escalated":
        line += f" ({plain(notice.key.detail)})"
    if step == "at_risk" and notice.due_at is not None:
        line += f", due {moment(notice.due_at)}"
    return line + (f" ({', '.join(marks)})" if marks else "")


def _of_no_ticket(notice: Notice, step: str) -> str:
    vendor, source, detail = plain(notice.vendor_name), plain(notice.source), plain(notice.key.detail)
    if step == "source_blind":
        last = "never" if notice.since is None else f"last at {moment(notice.since)}"
        return f"{source} cannot be read ({last}): {notice.count} clocks fell due meanwhile and are told when it can"
    if step == "test":
        return "syncd: a test notice, sent by hand; nothing is wrong and nobody has to act"
    if step == "digest":
        return f"{vendor}: {notice.count} notices that are not told one by one"
    if step == "unwinnable":
        return f"{vendor}: {plain(notice.key.target)} of {detail} cannot be kept any more, {notice.count} are missed"
    return f"{source} is read again" if source else f"{vendor}: {plain(notice.key.target)} of {detail} is lost no more"


def facts(envelope: Envelope, step: str) -> tuple[tuple[str, str], ...]:
    """Return what there is to know, each with its name, in the order in which people ask."""
    notice = envelope.notice
    rows = [
        ("Ticket", plain(notice.ticket)),
        ("Link", "" if notice.url is None else plain(notice.url)),
        ("Vendor", plain(notice.vendor_name)),
        ("Contract", plain(notice.key.contract)),
        ("Target", plain(notice.key.target)),
        ("Priority", plain(notice.priority)),
        ("Metric", "" if notice.metric is None else notice.metric.replace("_", " ")),
        ("State", step.replace("_", " ")),
        ("Escalation", plain(notice.key.detail) if step == "escalated" else ""),
        ("Since", moment(notice.at if notice.since is None else notice.since)),
        ("Due", "" if notice.due_at is None else moment(notice.due_at)),
        ("Time used", f"{lasting(notice.elapsed_us)} of {lasting(notice.goal_us)}" if notice.ticket else ""),
        ("Count", str(notice.count) if notice.count else ""),
        ("Includes", "; ".join(map(plain, notice.lines))),
        ("Source", plain(notice.source)),
        ("Told late", "yes" if notice.late else ""),
        ("Explained", "" if notice.explain_url is None else plain(notice.explain_url)),
        ("Confirmed", "" if envelope.confirmed else "no: the ticket could not be read once more before this left"),
    ]
    return tuple((name, value) for name, value in rows if value)


def moment(instant: datetime) -> str:
    """Return an instant to the second in UTC, as 2026-03-02 12:00:00 UTC; fractions are cut off, never rounded up."""
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def lasting(us: int) -> str:
    """Return a duration in whole seconds, as 4h or 4h 0m 30s; units that lead or trail with nothing are left out."""
    seconds, parts = abs(us) // _SECOND_US, []
    for size, unit in _UNITS:
        count, seconds = divmod(seconds, size)
        parts.append((count, unit))
    while len(parts) > 1 and parts[0][0] == 0:
        del parts[0]
    while len(parts) > 1 and parts[-1][0] == 0:
        del parts[-1]
    return ("-" if us < 0 else "") + " ".join(f"{count}{unit}" for count, unit in parts)
