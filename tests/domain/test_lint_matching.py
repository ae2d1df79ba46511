"""Lint sees targets that measure nothing, and tickets that are measured twice."""

from typing import Any

import pytest

from syncd.domain.contract import Cover, Target, Vendor
from syncd.domain.names import Metric
from tests.domain.lint_samples import (
    OFFICE,
    answer,
    codes,
    contract,
    day,
    findings,
    fix,
    hours,
    of,
    office,
    renamed,
    revision,
)

TWICE = "note no-system-of-record"
NOC = Cover("snow", {"group": ("noc",)})
WAN = {"service": ("wan",)}
LAN = {"service": ("lan",)}


@pytest.mark.parametrize(
    ("covers", "when", "expected"),
    [
        pytest.param((NOC,), {"group": ("desk",)}, ["error never-fires"], id="when contradicts the only cover"),
        pytest.param((NOC,), {"group": ("desk", "noc")}, [], id="one value in common is enough"),
        pytest.param((NOC,), WAN, [], id="an attribute that covers do not name is no contradiction"),
        pytest.param((NOC, Cover("mail")), {"group": ("desk",)}, [TWICE], id="one cover that agrees is enough"),
        pytest.param((), {}, ["error never-fires"], id="nothing is covered"),
        pytest.param((Cover("snow"),), {"group": ()}, ["error never-fires"], id="a condition without values"),
        pytest.param((Cover("snow", {"group": ()}),), {}, ["error never-fires"], id="a cover without values"),
    ],
)
def test_a_target_that_no_ticket_can_meet(covers: tuple[Cover, ...], when: Any, expected: list[str]) -> None:
    assert codes(of(fix(when=when), covers=covers)) == expected


def test_the_values_that_contradict_each_other_are_named_and_capitals_are_pointed_out() -> None:
    (found,) = findings(of(fix(when={"group": ("NOC",)}), covers=(NOC,)))
    assert found.place == ("revisions", 0, "targets", 0, "when")
    assert "snow is covered for group noc, and when wants NOC" in found.what
    assert "capitals" in found.what
    (other,) = findings(of(fix(when={"group": ("desk",)}), covers=(NOC,)))
    assert "capitals" not in other.what


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param(fix(), fix(), ["error targets-overlap"], id="the same tickets"),
        pytest.param(fix(when=WAN), fix(when=LAN), [], id="two values of one attribute"),
        pytest.param(
            fix(when=WAN),
            fix(when={"type": ("incident",)}),
            ["error targets-overlap"],
            id="conditions on two attributes can both hold",
        ),
        pytest.param(fix(when=WAN), fix(), ["error targets-overlap"], id="one condition lies inside the other"),
        pytest.param(answer(), fix(), [], id="two metrics"),
        pytest.param(
            fix(goals={"P1": hours(4)}),
            fix(goals={"P2": hours(8)}),
            ["warning targets-overlap", "warning priority-without-goal", "warning priority-without-goal"],
            id="no priority has a goal in both",
        ),
        pytest.param(
            fix(goals={"P1": hours(4)}),
            fix(goals={"default": hours(8)}),
            ["error targets-overlap", "note priority-without-goal"],
            id="any other priority of one is a named one of the other",
        ),
    ],
)
def test_two_targets_of_one_metric(one: Target, other: Target, expected: list[str]) -> None:
    found = codes(of(one, renamed(other, "other")))
    assert sorted(found) == sorted(expected)


def test_targets_that_only_covers_keep_apart_do_not_overlap() -> None:
    covers = (NOC, Cover("snow", {"group": ("field",)}))
    apart = of(fix(when={"group": ("noc",)}), fix(name="other", when={"group": ("field",)}), covers=covers)
    assert codes(apart) == []


def test_an_overlap_shows_a_ticket_that_has_both_clocks() -> None:
    (found,) = findings(of(fix(when=WAN), fix(name="other"), covers=(NOC,)))
    assert found.target == "other"
    assert "a ticket of snow with group: noc, service: wan" in found.what
    assert "P1 and P2" in found.what


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        pytest.param({"when": WAN, "excluded_when": WAN}, ["error always-excluded"], id="what it is about is excluded"),
        pytest.param(
            {"when": {"service": ("wan", "lan")}, "excluded_when": WAN}, [], id="only a part of it is excluded"
        ),
        pytest.param({"excluded_when": {"resolution": ("duplicate",)}}, [], id="another attribute decides"),
        pytest.param({"when": WAN, "excluded_when": LAN}, ["warning never-excluded"], id="nothing can be excluded"),
    ],
)
def test_what_is_excluded_by_attribute(terms: dict[str, Any], expected: list[str]) -> None:
    assert codes(of(fix(**terms))) == expected


@pytest.mark.parametrize(
    ("sites", "when", "expected"),
    [
        pytest.param(("pune",), {"site": ("berlin",)}, ["warning calendar-never-chosen"], id="the site is ruled out"),
        pytest.param(("pune",), {"site": ("berlin", "pune")}, [], id="the site is one of those named"),
        pytest.param(("pune",), {}, [], id="the site is not restricted"),
    ],
)
def test_calendars_chosen_by_attribute(sites: tuple[str, ...], when: Any, expected: list[str]) -> None:
    calendars = {**{site: office(site) for site in sites}, "default": OFFICE}
    assert codes(of(fix(when=when, calendars=calendars, calendar_by="site"))) == expected


@pytest.mark.parametrize(
    ("covers", "expected"),
    [
        pytest.param((Cover("snow"), NOC), ["note redundant-cover"], id="the second is inside the first"),
        pytest.param((NOC, NOC), ["note redundant-cover"], id="the same twice is told once"),
        pytest.param((NOC, Cover("snow", WAN)), [], id="each takes tickets that the other does not"),
        pytest.param((Cover("mail"), NOC), [TWICE], id="two sources"),
    ],
)
def test_covers_inside_covers(covers: tuple[Cover, ...], expected: list[str]) -> None:
    assert codes(of(fix(), covers=covers)) == expected


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        pytest.param(contract(id="b"), ["warning contracts-overlap"] * 2, id="everything twice, told by metric"),
        pytest.param(contract(id="b", vendor=Vendor("zeta", "Zeta")), [], id="another vendor"),
        pytest.param(contract(revision(covers=(Cover("mail"),)), id="b"), [], id="another source"),
        pytest.param(
            contract(revision(begins="2027-01-01"), id="b"), [], id="it begins when the other one has ended"
        ),
        pytest.param(
            contract(revision(observe_from=day("2027-01-01")), id="b"),
            [],
            id="it observes only when the other one has ended",
        ),
        pytest.param(
            contract(revision(observe_from=day("2026-12-31")), id="b"),
            ["warning contracts-overlap"] * 2,
            id="both observe a single day",
        ),
        pytest.param(
            contract(revision(answer(metric=Metric.ACKNOWLEDGEMENT)), id="b"), [], id="other metrics"
        ),
    ],
)  # fmt: skip
def test_two_contracts_with_one_vendor(other: Any, expected: list[str]) -> None:
    assert codes(contract(until=day("2027-01-01")), other) == expected
