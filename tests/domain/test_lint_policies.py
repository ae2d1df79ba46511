"""Lint sees policies that leave open what was meant, or hand the clock to the vendor."""

from typing import Any

import pytest

from syncd.domain.contract import Target
from syncd.domain.duration import Counted, WorkingDays
from syncd.domain.lint_finding import Written
from syncd.domain.names import Awaiting, Metric, PauseEvidence, Reopen, Starts, Stops
from tests.domain.lint_samples import answer, codes, fix, of

CUSTOMER = frozenset({Awaiting.CUSTOMER})


@pytest.mark.parametrize(
    ("target", "keys", "expected"),
    [
        pytest.param(answer(), {"name"}, ["warning acknowledgement-not-chosen"], id="nothing is said"),
        pytest.param(answer(), {"name", "acknowledgement"}, [], id="the default is written down"),
        pytest.param(fix(), {"name"}, [], id="a solution needs no such choice"),
        pytest.param(answer(metric=Metric.ACKNOWLEDGEMENT), {"name"}, [], id="an acknowledgement is one"),
    ],
)
def test_the_choice_between_acknowledging_and_answering(target: Target, keys: set[str], expected: list[str]) -> None:
    assert codes(of(target), written=Written({(0, 0): frozenset(keys)})) == expected


def test_without_the_files_nobody_says_what_was_not_written() -> None:
    assert codes(of(answer())) == []


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        pytest.param(answer(starts=Starts.ACKNOWLEDGED), ["error vendor-starts-clock"], id="an answer from its own"),
        pytest.param(fix(starts=Starts.ACKNOWLEDGED), ["warning vendor-starts-clock"], id="a solution from there"),
        pytest.param(fix(starts=Starts.CREATED), [], id="a solution from the creation"),
        pytest.param(fix(stops=Stops.CLOSED), ["warning closed-without-confirmation"], id="closed, without a time"),
        pytest.param(fix(stops=Stops.CLOSED, confirm_within=WorkingDays(5)), [], id="closed, or not rejected in time"),
        pytest.param(answer(stops=Stops.CLOSED), [], id="answers do not stop at a closing"),
        pytest.param(fix(confirm_within=WorkingDays(5)), ["warning confirmation-without-closing"], id="a time, unused"),
        pytest.param(fix(reopen_grace=Counted(0)), ["warning reopen-grace-zero"], id="no grace"),
        pytest.param(fix(reopen_grace=Counted(1)), [], id="some grace"),
        pytest.param(fix(reopen_grace=Counted(0), reopen=Reopen.NEW_CYCLE), [], id="no grace is needed"),
        pytest.param(fix(pause_while=CUSTOMER), ["note pause-on-own-word"], id="pauses on the vendor's word"),
        pytest.param(
            fix(pause_while=CUSTOMER, pause_evidence=PauseEvidence.REQUIRED), [], id="pauses with a message"
        ),
        pytest.param(fix(pause_while=frozenset({Awaiting.THIRD_PARTY})), [], id="pauses for others"),
        pytest.param(
            fix(pause_while=frozenset({Awaiting.VENDOR})), ["error vendor-pauses-itself"], id="the vendor's own turn"
        ),
    ],
)  # fmt: skip
def test_policies(target: Target, expected: list[str]) -> None:
    assert codes(of(target)) == expected


@pytest.mark.parametrize(
    ("metric", "terms", "expected"),
    [
        pytest.param(Metric.UPDATE, {}, ["note no-first-response"], id="updates"),
        pytest.param(Metric.NEXT_RESPONSE, {}, ["note no-first-response"], id="further answers"),
        pytest.param(Metric.RESTORATION, {}, [], id="restorations need no answer before them"),
    ],
)
def test_what_follows_a_first_response_that_nobody_promised(
    metric: Metric, terms: dict[str, Any], expected: list[str]
) -> None:
    following = answer(name="following", metric=metric, **terms)
    assert codes(of(following)) == expected
    assert codes(of(answer(), following)) == []
