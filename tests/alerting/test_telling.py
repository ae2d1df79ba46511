from dataclasses import replace
from datetime import timedelta

import pytest

from syncd.alerting.telling import Action, severity_of, telling
from syncd.domain.notice import Step
from tests.alerting.notices import BREACHED, KEY, NOTICE, OWN, LaterStep, envelope, of_step


def test_the_labels_of_a_breach() -> None:
    told = telling(envelope())
    assert dict(told.labels) == {
        "alertname": "SyncdClockBreached", "vendor": "acme", "contract": "acme-msp", "source": "snow",
        "ticket": "INC0012345", "target": "fix", "priority": "P1", "severity": "critical",
        "notice": told.labels["notice"],
    }  # fmt: skip
    assert len(told.labels["notice"]) == 16


@pytest.mark.parametrize(
    "later",
    [
        pytest.param(replace(NOTICE, elapsed_us=NOTICE.elapsed_us * 2), id="more time is used"),
        pytest.param(replace(NOTICE, due_at=None), id="it is paused"),
        pytest.param(replace(NOTICE, due_at=BREACHED + timedelta(days=1)), id="its deadline moves"),
        pytest.param(replace(NOTICE, late=True), id="it is late"),
        pytest.param(replace(NOTICE, url=None), id="its address is lost"),
        pytest.param(replace(NOTICE, vendor_name="ACME renamed"), id="the vendor is renamed"),
        pytest.param(replace(NOTICE, at=BREACHED + timedelta(minutes=1)), id="its instant is corrected"),
        pytest.param(replace(NOTICE, goal_us=1), id="the goal is corrected"),
    ],
)
def test_no_label_changes_while_the_alert_lives(later: object) -> None:
    assert isinstance(later, type(NOTICE))
    assert telling(envelope(later, attempt=3, confirmed=False)).labels == telling(envelope()).labels


@pytest.mark.parametrize(
    "other",
    [
        replace(KEY, source_id=4), replace(KEY, ticket_id="other"), replace(KEY, contract="other"),
        replace(KEY, target="other"), replace(KEY, started_by="a9"), replace(KEY, priority="P2"),
        replace(KEY, step=Step.AT_RISK), replace(KEY, ordinal=2),
    ],
)  # fmt: skip
def test_another_notice_has_other_labels(other: object) -> None:
    assert isinstance(other, type(KEY))
    assert telling(envelope(replace(NOTICE, key=other))).labels != telling(envelope()).labels


@pytest.mark.parametrize(
    ("step", "priority", "severity"),
    [
        ("breached", "P1", "critical"),
        ("breached", "P2", "critical"),
        ("breached", "P3", "warning"),
        ("at_risk", "P1", "info"),
        ("recovered", "P1", "info"),
        ("handed_up", "P1", "critical"),
        ("handed_up", "P4", "warning"),
    ],
)
def test_how_urgent_a_step_is(step: str, priority: str, severity: str) -> None:
    assert severity_of(step, priority) == severity


def test_a_recovery_resolves_what_was_told_of_the_cycle_and_nothing_of_another() -> None:
    told = telling(of_step(Step.RECOVERED))
    assert told.action is Action.RESOLVE
    assert set(told.of) == {of_step(Step.AT_RISK).key, of_step(Step.BREACHED).key}
    other = replace(NOTICE, key=replace(KEY, started_by="a9"))
    assert set(told.of).isdisjoint(telling(of_step(Step.RECOVERED, other)).of)


def test_an_acknowledgement_acknowledges_and_every_other_step_triggers() -> None:
    assert telling(of_step(LaterStep.ACKNOWLEDGED)).action is Action.ACKNOWLEDGE
    for step in (Step.AT_RISK, Step.BREACHED, LaterStep.HANDED_UP):
        told = telling(of_step(step))
        assert (told.action, told.of) == (Action.TRIGGER, ())


def test_a_step_that_is_new_has_a_name_and_a_sentence_at_once() -> None:
    told = telling(of_step(LaterStep.HANDED_UP))
    assert told.labels["alertname"] == "SyncdClockHandedUp"
    assert told.headline == "ACME Managed Sërvices: P1 fix of INC0012345 is handed up"


def test_a_test_is_known_by_its_name_its_subject_and_its_sentence() -> None:
    told = telling(envelope(OWN[Step.TEST]))
    assert told.labels == {"alertname": "SyncdTest", "severity": "warning", "notice": told.labels["notice"]}
    assert told.subject == "syncd test"
    assert "test notice" in told.headline
    assert ("State", "test") in told.facts


def test_the_thread_is_the_tickets_and_outlives_its_cycles() -> None:
    again = replace(NOTICE, key=replace(KEY, started_by="a9", target="response"))
    other = replace(NOTICE, key=replace(KEY, ticket_id="other"))
    assert telling(envelope(again)).thread == telling(envelope()).thread
    assert telling(envelope(other)).thread != telling(envelope()).thread


def test_text_from_a_source_cannot_begin_a_line_or_turn_its_direction() -> None:
    odd = replace(NOTICE, ticket="A\r\nBcc: x\u202e", vendor_name="\x00\ud800", source="s\n")
    told = telling(envelope(odd))
    everything = [told.subject, told.headline, *told.labels.values(), *(value for _, value in told.facts)]
    assert not any(character in text for text in everything for character in "\r\n\x00\u202e\ud800")
