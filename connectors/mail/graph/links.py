"""Links to further pages: only where they lead matters, and the state that they carry.

Graph says to use them as they are ("message: delta", Microsoft Graph v1.0). Their state is all in the query; it is
asked for at the address that was configured, never at one that an answer names.
"""

from collections.abc import Mapping
from urllib.parse import unquote, unquote_plus, urlsplit

from syncd.errors import SourceMisunderstood

NEXT = "@odata.nextLink"
DELTA = "@odata.deltaLink"
_TOKENS = ("$skiptoken", "$deltatoken")
_PORTS = {"http": 80, "https": 443}
_LONGEST = 32_768


def state_of(source: str, link: object, base_url: str) -> Mapping[str, str]:
    """Return the query of a link; raises `SourceMisunderstood` for one that leads elsewhere or carries nothing."""
    if not isinstance(link, str) or len(link) > _LONGEST:
        raise SourceMisunderstood(source, "protocol", "a link to a further page cannot be read")
    try:
        elsewhere = _origin(link) != _origin(base_url)
    except ValueError:  # a port that is no number, a bracket that never closes
        elsewhere = True
    if elsewhere:
        raise SourceMisunderstood(source, "protocol", "a link to a further page leads to another host")
    params: dict[str, str] = {}
    for pair in urlsplit(link).query.split("&"):
        name, _, value = pair.partition("=")
        name = unquote_plus(name)
        # A plus in a token is a plus; in an expression such as `receivedDateTime+ge` it is a blank.
        params[name] = unquote(value) if name.lower() in _TOKENS else unquote_plus(value)
    if not any(params.values()):
        raise SourceMisunderstood(source, "protocol", "a link to a further page carries no state")
    return params


def _origin(address: str) -> tuple[str, str, int | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme)
