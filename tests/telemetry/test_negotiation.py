"""Clients get the format and coding that they can read."""

import pytest

from syncd.telemetry.negotiation import wants_gzip, wants_openmetrics


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        pytest.param("", False, id="nothing said is text"),
        pytest.param("*/*", False, id="anything goes is text"),
        pytest.param("text/html,application/xhtml+xml,*/*;q=0.8", False, id="a browser reads text"),
        pytest.param("application/openmetrics-text", True, id="a version need not be named"),
        pytest.param(
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
            "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            True,
            id="Prometheus 2",
        ),
        pytest.param(
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=1.0.0;q=0.4,*/*;q=0.2",
            True,
            id="Prometheus 3",
        ),
        pytest.param("application/openmetrics-text; version=0.0.1", False, id="a version that is not ours"),
        pytest.param("application/openmetrics-text;q=0.4, text/plain;q=0.9", False, id="text is liked better"),
        pytest.param("application/openmetrics-text;q=0", False, id="nought is a refusal"),
        pytest.param("application/openmetrics-text;q=lots", False, id="an unreadable quality is a refusal"),
    ],
)
def test_format(accept: str, expected: bool) -> None:
    assert wants_openmetrics(accept) is expected


@pytest.mark.parametrize(
    ("accept_encoding", "expected"),
    [
        pytest.param("", False, id="nothing said is plain"),
        pytest.param("gzip", True, id="gzip alone"),
        pytest.param("deflate, GZIP;q=0.5, br", True, id="among others"),
        pytest.param("*", True, id="anything"),
        pytest.param("gzip;q=0, *", False, id="anything but gzip"),
        pytest.param("identity", False, id="plain only"),
    ],
)
def test_coding(accept_encoding: str, expected: bool) -> None:
    assert wants_gzip(accept_encoding) is expected
