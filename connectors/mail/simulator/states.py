"""The state that links carry: opaque to whoever follows them, signed, forgotten at the service's pleasure."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import asdict, dataclass
from hashlib import blake2b
from hmac import compare_digest

import msgspec

from connectors.mail.simulator.answers import Refused

_SIGNED = 12


@dataclass(frozen=True, slots=True)
class State:
    """How far a round of changes came in a folder: from one number of its log (0: everything) to another."""

    folder: str
    generation: int
    select: tuple[str, ...]
    size: bool
    where: str
    begins: int
    ends: int = 0
    """0 of a round that has not begun."""
    offset: int = 0
    """What was shown last: a message of everything, a place among the changes."""


def written(state: State, seed: int) -> str:
    """Return a state as a token."""
    body = urlsafe_b64encode(msgspec.json.encode(asdict(state))).decode().rstrip("=")
    return f"{_signature(body, seed)}{body}"


def read(token: str, seed: int, generations: dict[str, int]) -> State:
    """Return the state that a token is; refuses what was never given out, and what is not remembered any more."""
    signature, body = token[:_SIGNED], token[_SIGNED:]
    if not compare_digest(signature.encode(), _signature(body, seed).encode()):
        raise Refused(400, "BadRequest", "Badly formed token.")
    try:
        values = msgspec.json.decode(urlsafe_b64decode(body + "=" * (-len(body) % 4)), type=dict)
    except (NotBase64, msgspec.DecodeError) as error:
        raise Refused(400, "BadRequest", "Badly formed token.") from error
    state = State(**{**values, "select": tuple(values["select"])})
    highest = generations.get(state.folder, 0)
    if state.generation != highest:
        raise lost(state.generation, highest)
    return state


def lost(generation: int = 0, highest: int = 1) -> Refused:
    """Return the refusal of a state that is not remembered any more."""
    message = f"The sync state generation is not found; generation={generation};[highest={highest}]."
    return Refused(410, "SyncStateNotFound", message)


def _signature(body: str, seed: int) -> str:
    return blake2b(body.encode(), key=str(seed).encode(), digest_size=_SIGNED // 2).hexdigest()
