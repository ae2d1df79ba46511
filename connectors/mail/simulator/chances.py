"""Made-up identifiers and chances that follow from a seed."""

from base64 import urlsafe_b64encode
from hashlib import blake2b
from random import Random


def ident(*parts: object) -> str:
    """Return 32 hex digits that always belong to these words."""
    return blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16).hexdigest()


def entry_id(prefix: str, *parts: object) -> str:
    """Return an id as Exchange writes them: long, case-sensitive, fit for an address, padded."""
    made = b"".join(blake2b(f"{n}{parts!r}".encode(), digest_size=32).digest() for n in range(2))
    return prefix + urlsafe_b64encode(made[:50]).decode()


def guid(*parts: object) -> str:
    """Return an identifier as directories write them."""
    digits = ident(*parts)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def dice(*parts: object) -> Random:
    """Return chances that depend on these words alone."""
    return Random("\x1f".join(map(str, parts)))  # noqa: S311  made-up history, nothing secret
