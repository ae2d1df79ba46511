"""The engine says of every clock what walking its life slot by slot finds."""

import os
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.domain.names import Metric, PriorityChange, Starts
from tests.domain.clock_reference_compare import compare
from tests.domain.clock_samples import agreed, moments_of, targets, tickets

SAMPLES = int(os.environ.get("SYNCD_CLOCK_SAMPLES", "0")) or 80
"""Tickets per test; more of them search longer."""

METRICS = [Metric.RESOLUTION, Metric.FIRST_RESPONSE, Metric.RESTORATION, Metric.ACKNOWLEDGEMENT]


@pytest.mark.parametrize("metric", METRICS)
@settings(max_examples=SAMPLES)
@given(data=st.data())
def test_the_engine_agrees_with_brute_force(metric: Metric, data: st.DataObject) -> None:
    timeline = data.draw(tickets())
    target = data.draw(targets([metric]))
    compare(timeline, agreed(target), data.draw(moments_of(timeline)))


@pytest.mark.parametrize("policy", PriorityChange)
@settings(max_examples=SAMPLES)
@given(data=st.data())
def test_promises_agree_with_brute_force(policy: PriorityChange, data: st.DataObject) -> None:
    """Tickets of which little but the priority, the turn and the phase changes, so that promises do."""
    timeline = data.draw(tickets(kinds=("priority", "priority", "phase")))
    target = replace(data.draw(targets([Metric.RESOLUTION])), starts=Starts.VENDOR_NOTIFIED, priority_change=policy)
    compare(timeline, agreed(target), data.draw(moments_of(timeline)))
