import math
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from syncd.alerting.verdict import LONGEST_WAIT, verdict, waiting
from syncd.errors import DeliveryReason

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_a_receiver_that_took_it(status: int) -> None:
    assert verdict("oncall", status, None, at=AT) is None


@pytest.mark.parametrize(
    ("status", "reason", "permanent"),
    [
        (301, "rejected", False),
        (302, "rejected", False),
        (308, "rejected", False),
        (400, "rejected", True),
        (401, "auth", False),
        (403, "auth", False),
        (404, "rejected", True),
        (408, "timeout", False),
        (410, "rejected", True),
        (413, "rejected", True),
        (422, "rejected", True),
        (425, "server", False),
        (429, "rate_limited", False),
        (500, "server", False),
        (503, "server", False),
        (599, "server", False),
        (700, "server", False),
    ],
)
def test_a_receiver_that_did_not(status: int, reason: DeliveryReason, permanent: bool) -> None:
    found = verdict("oncall", status, None, at=AT)
    assert found is not None
    assert (found.notifier, found.reason, found.permanent, found.retry_after) == ("oncall", reason, permanent, None)
    assert str(status) in str(found)


@pytest.mark.parametrize("status", [401, 408, 425, 429, 500, 503])
def test_a_receiver_may_say_how_long_to_wait(status: int) -> None:
    found = verdict("oncall", status, "90", at=AT)
    assert found is not None
    assert found.retry_after == 90


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("1.5", 1.5),
        ("-5", 0.0),
        ("1e300", LONGEST_WAIT),
        ("nan", None),
        ("Mon, 02 Mar 2026 12:02:00 GMT", 120.0),
        ("Mon, 02 Mar 2026 12:02:00 -0000", 120.0),
        ("Mon, 02 Mar 2026 11:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT),
        ("soon", None),
        (None, None),
    ],
)
def test_retry_after_means(value: str | None, seconds: float | None) -> None:
    assert waiting(value, at=AT) == seconds


@given(st.text() | st.floats().map(str))
@example("Fri, 31 Dec 9999 23:59:59 -2300")
@example("Mon, 02 Mar 99999999999999999999 09:02:00 GMT")
def test_no_text_makes_it_negative_or_nan_or_raise(value: str) -> None:
    seconds = waiting(value, at=AT)
    assert seconds is None or (0 <= seconds <= LONGEST_WAIT and not math.isnan(seconds))
