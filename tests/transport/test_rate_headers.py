from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.ports.toolkit import HttpResponse
from syncd.transport.header_values import LONGEST_WAIT
from syncd.transport.rate_headers import wanted_pause

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
EPOCH = int(AT.timestamp())


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        pytest.param(200, {}, 0, id="an answer that says nothing wants no pause"),
        pytest.param(200, {"retry-after": "30"}, 0, id="a good answer's Retry-After means nothing"),
        pytest.param(200, {"ratelimit": '"day";r=0;t=999999999'}, LONGEST_WAIT, id="nobody is left alone for years"),
        pytest.param(429, {"retry-after": "30"}, 30, id="a refusal says how long"),
        pytest.param(503, {"retry-after": "30"}, 30, id="so does maintenance"),
        pytest.param(404, {"retry-after": "30"}, 0, id="what is not there needs no wait"),
        pytest.param(429, {}, 0, id="a refusal without a word leaves it to back-off"),
        pytest.param(
            429, {"x-ratelimit-limit": "100", "x-ratelimit-reset": str(EPOCH + 900)}, 900,
            id="a refusal without Retry-After waits for ServiceNow's reset",
        ),
        pytest.param(
            429, {"retry-after": "5", "x-ratelimit-reset": str(EPOCH + 900)}, 5, id="Retry-After decides alone"
        ),
        pytest.param(
            200, {"x-ratelimit-limit": "100", "x-ratelimit-reset": str(EPOCH + 900)}, 0,
            id="a reset alone does not say that the budget is used up",
        ),
        pytest.param(
            200, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(EPOCH + 900)}, 900, id="nothing left till then"
        ),
        pytest.param(
            200, {"x-ratelimit-remaining": "1", "x-ratelimit-reset": str(EPOCH + 900)}, 0, id="one left is enough"
        ),
        pytest.param(
            200, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-03-02T09:10Z"}, 600,
            id="Atlassian writes the reset as an instant",
        ),
        pytest.param(200, {"ratelimit-remaining": "0", "ratelimit-reset": "42"}, 42, id="the early draft in seconds"),
        pytest.param(
            200, {"x-rate-limit-remaining": "0", "x-rate-limit-reset": "42"}, 42, id="spelled with another hyphen"
        ),
        pytest.param(
            200, {"ratelimit": "limit=100, remaining=0, reset=5"}, 5, id="the middle draft, one policy in three parts"
        ),
        pytest.param(200, {"ratelimit": '"burst";r=0;t=2, "hour";r=0;t=60, "day";r=7;t=9999'}, 60,
                     id="the late draft: the longest of the policies that are used up"),
        pytest.param(200, {"ratelimit": '"burst";r=3;t=2'}, 0, id="the late draft with something left"),
        pytest.param(200, {"ratelimit": '"burst";t=2'}, 0, id="the late draft without a count"),
        pytest.param(200, {"beta-ratelimit": '"q";r=0;t=60', "x-beta-ratelimit-remaining": "0"}, 0,
                     id="limits that are not enforced yet"),
        pytest.param(
            200, {"x-ratelimit-remaining": "0", "x-ratelimit-interval-seconds": "60", "retry-after": "3"}, 3,
            id="Jira Data Center's empty bucket with a Retry-After",
        ),
        pytest.param(
            200, {"x-ratelimit-remaining": "0", "x-ratelimit-interval-seconds": "60", "retry-after": "0"}, 60,
            id="an empty bucket has a token after the next interval",
        ),
        pytest.param(
            200, {"x-ratelimit-remaining": "5", "x-ratelimit-interval-seconds": "60", "retry-after": "0"}, 0,
            id="a bucket with tokens",
        ),
        pytest.param(
            200, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(EPOCH - 5)}, 0, id="a reset that is over"
        ),
        pytest.param(
            200, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(EPOCH * 1000)}, 0,
            id="a reset in milliseconds is not believed rather than waited for",
        ),
        pytest.param(200, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "later"}, 0, id="a reset that is a word"),
        pytest.param(
            429, {"date": "Mon, 02 Mar 2026 08:00:00 GMT", "retry-after": "Mon, 02 Mar 2026 08:01:00 GMT"}, 60,
            id="a date counts from the source's own clock, an hour behind ours",
        ),
        pytest.param(
            200,
            {"date": "Mon, 02 Mar 2026 10:00:00 GMT", "x-ratelimit-remaining": "0",
             "x-ratelimit-reset": str(EPOCH + 3600 + 20)}, 20, id="so does a reset",
        ),
    ],
)  # fmt: skip
def test_the_pause_wanted(status: int, headers: dict[str, str], seconds: float) -> None:
    assert wanted_pause(HttpResponse(status, headers), at=AT) == seconds


NAMES = [
    "retry-after", "date", "ratelimit", "x-ratelimit-remaining", "x-ratelimit-reset", "ratelimit-remaining",
    "ratelimit-reset", "x-ratelimit-interval-seconds",
]  # fmt: skip
VALUES = st.text() | st.integers().map(str) | st.floats().map(str) | st.just("0") | st.from_regex(r"[rt]=\d+;[rt]=\d+")


@given(st.sampled_from([200, 404, 429, 503]), st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_no_headers_make_it_negative_or_longer_than_a_day_or_raise(status: int, headers: dict[str, str]) -> None:
    assert 0 <= wanted_pause(HttpResponse(status, headers), at=AT) <= LONGEST_WAIT
