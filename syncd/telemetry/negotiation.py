"""What a client can read, from the `Accept` and `Accept-Encoding` of its request (RFC 9110, sections 12.4 and 12.5)."""

from collections.abc import Iterator

_OPENMETRICS = "application/openmetrics-text"


def wants_openmetrics(accept: str) -> bool:
    """Tell whether OpenMetrics 1.0 is named and liked at least as much as the Prometheus text format.

    A browser, which names neither, gets text; so does a client that can only read another version.
    """
    openmetrics = text = 0.0
    for media, parameters, quality in _choices(accept):
        if media == _OPENMETRICS and parameters.get("version", "1.0.0") == "1.0.0":
            openmetrics = max(openmetrics, quality)
        elif media == "text/plain":
            text = max(text, quality)
    return openmetrics > 0 and openmetrics >= text


def wants_gzip(accept_encoding: str) -> bool:
    """Tell whether the client takes gzip; a coding that is named counts more than `*`."""
    qualities = {coding: quality for coding, _, quality in _choices(accept_encoding)}
    return qualities.get("gzip", qualities.get("*", 0.0)) > 0


def _choices(header: str) -> Iterator[tuple[str, dict[str, str], float]]:
    """Yield each element's name, parameters and quality; an unreadable quality counts as refusal."""
    for element in header.split(","):
        name, *rest = (part.strip() for part in element.split(";"))
        pairs = (part.partition("=") for part in rest)
        parameters = {key.strip().lower(): value.strip().strip('"') for key, _, value in pairs}
        try:
            quality = float(parameters.pop("q", "1"))
        except ValueError:
            quality = 0.0
        yield name.lower(), parameters, quality
