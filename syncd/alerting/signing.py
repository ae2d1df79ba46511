"""The signature by which a receiver tells that a notice came from us, unchanged, and when.

`X-Syncd-Signature: t=<unix seconds>,v1=<64 hexadecimal digits>`. The receiver

1. takes `t` and `v1` from the header,
2. refuses when `t` is more than `REPLAY_WINDOW_SECONDS` (five minutes) before or after its own clock: what somebody
   recorded cannot be played back later than that,
3. computes HMAC-SHA256 (RFC 2104) with the shared secret in UTF-8 over `t` as written, a full stop, and the raw body,
   before any parsing, and compares it with `v1` in constant time,
4. drops what has an `Idempotency-Key` that it has seen: that covers the five minutes, and our own repeats.

A repeat of a delivery is signed anew, with its own `t`.
"""

import hashlib
import hmac

from syncd.ports.secret import Secret

SIGNATURE = "x-syncd-signature"

REPLAY_WINDOW_SECONDS = 300
"""How far a timestamp may be from the receiver's clock, either way."""


def signature(secret: Secret, timestamp: int, body: bytes) -> str:
    """Return the value of `X-Syncd-Signature` for a body sent at a timestamp in Unix seconds."""
    mac = hmac.new(secret.reveal().encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
    return f"t={timestamp},v1={mac.hexdigest()}"
