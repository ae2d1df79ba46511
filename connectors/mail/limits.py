"""How much of one message is looked at; everything beyond is named as a problem and left alone."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps, applied before anything is parsed. Bytes unless they say otherwise."""

    header_bytes: int = 65_536
    fields: int = 500
    """Header fields of one block."""
    field_bytes: int = 16_384
    subject: int = 2_048
    """Characters of a subject."""
    id_bytes: int = 998
    """One message id (RFC 5322, section 2.1.1: a line has no more)."""
    ids: int = 100
    """Message ids of one message: the first, and the last of the others."""
    addresses: int = 200
    parts: int = 200
    depth: int = 30
    """Levels of multipart and enclosed messages."""
    searched_bytes: int = 104_857_600
    """In which boundaries are looked for: every level of multipart searches all that is within it."""
    lookalikes: int = 10_000
    """Lines of a message that begin as a boundary does and are none."""
    text_bytes: int = 65_536
    message_bytes: int = 26_214_400
    """What is read of a message file at most."""
