"""Durations for people."""


def duration_text(us: int) -> str:
    """Return microseconds as hours, minutes and seconds, exactly: `17h30m`, `45s`, `0s`; never days, which mislead."""
    sign = "-" if us < 0 else ""
    seconds, rest = divmod(abs(us), 1_000_000)
    hours, seconds = divmod(seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    fraction = f".{rest:06d}".rstrip("0") if rest else ""
    parts = [f"{hours}h" if hours else "", f"{minutes}m" if minutes else ""]
    if seconds or rest or not (hours or minutes):
        parts.append(f"{seconds}{fraction}s")
    return sign + "".join(parts)
