"""A configuration that uses every key comes out as the values of the core that it states."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.contract import FIVE_WORKING_DAYS, Contract, Cover, Vendor
from syncd.domain.duration import Counted, DayEnd, WorkingDays
from syncd.domain.instant import SECOND_US, to_us
from syncd.domain.names import (
    Accepted,
    Awaiting,
    Backlog,
    Counts,
    Metric,
    PeriodBy,
    PeriodKind,
    PriorityChange,
    Reopen,
    Starts,
    Stops,
)
from syncd.errors import ConfigError
from syncd.ports.connector import Parties, VendorIdentity
from syncd.settings import Limits, Listen, Settings, load_agreements, load_settings

GOOD = Path(__file__).parents[1] / "config" / "good"
MINUTE = 60 * SECOND_US
HOUR = 60 * MINUTE


@pytest.fixture
def settings(option_types: dict[str, type], notifier_types: dict[str, type]) -> Settings:
    return load_settings(GOOD / "syncd.yaml", option_types=option_types, notifier_types=notifier_types)


@pytest.fixture(scope="module")
def contract() -> Contract:
    (only,) = load_agreements([GOOD / "contract.yaml", GOOD / "calendars.yaml"]).agreements.contracts
    return only


def test_the_daemon_file_states_store_address_and_parties(settings: Settings) -> None:
    assert settings.store_url == f"sqlite:///{GOOD}/data/syncd.db"
    assert settings.listen == Listen("::1", 9465)
    assert str(settings.listen) == "[::1]:9465"
    assert settings.folder == GOOD
    assert settings.parties == Parties(
        customer_domains=("example.com",),
        customer_groups=("Service Desk",),
        customer_accounts=("1042",),
        vendors=(
            VendorIdentity("acme", "ACME Managed Services", ("acme.example",), ("ACME NOC",), ("svc-acme",)),
            VendorIdentity("globex", "globex"),
        ),
        automation_accounts=("automation",),
    )


def test_a_source_has_its_own_options_and_how_it_is_polled(
    settings: Settings, option_types: dict[str, type], notifier_types: dict[str, type]
) -> None:
    (source,) = settings.sources
    notifier, oncall = settings.notifiers

    assert (source.name, source.kind, source.every) == ("snow", "probe", timedelta(minutes=5))
    assert source.backfill_from == datetime(2026, 1, 1, tzinfo=UTC)
    assert source.limits == Limits(2.5, 4, 30)
    assert isinstance(source.options, option_types["probe"])
    assert repr(source.options) == (
        "ProbeOptions(url='https://snow.example.com', auth=TokenAuth(kind='token', token=SecretRef(env='SNOW_TOKEN', "
        "file=None)), tables=('incident', 'request'), pages=3, rate=1.0, mode='slow', since='')"
    )
    assert (notifier.name, notifier.kind, notifier.vendors) == ("chat", "hook", ())
    assert (oncall.name, oncall.vendors) == ("oncall", ("acme",))
    assert isinstance(notifier.options, notifier_types["hook"])


def test_what_contracts_name_and_nobody_configured_is_warned_of_with_what_is_not_computed(settings: Settings) -> None:
    folder = f"{GOOD}/"

    assert [warning.replace(folder, "") for warning in settings.warnings] == [
        'syncd.yaml:11: sources: contract acme covers the source "mail-acme", which is not configured',
        (
            "contract.yaml:50: revisions[1].kpis: not computed by this release; checked and otherwise left alone, so "
            "that the contract has no score"
        ),
        "contract.yaml:59: revisions[1].credits.tiers[1]: owes nothing while the figure is not computed",
    ]


def test_a_contract_states_its_vendor_periods_and_end(contract: Contract) -> None:
    assert (contract.id, contract.vendor, contract.currency) == ("acme", Vendor("acme", "ACME"), "EUR")
    assert (contract.period, contract.anchor, contract.backlog) == (PeriodKind.QUARTER, 15, Backlog.INCLUDED)
    assert contract.until == datetime(2026, 12, 31, 23, tzinfo=UTC)


def test_dates_of_a_revision_begin_at_local_midnight_in_winter_and_in_summer(contract: Contract) -> None:
    winter, summer = contract.revisions

    assert (winter.name, winter.effective_from) == ("2026-01-01", datetime(2025, 12, 31, 23, tzinfo=UTC))
    assert (summer.name, summer.effective_from) == ("2026-07-01", datetime(2026, 6, 30, 22, tzinfo=UTC))


def test_measuring_and_paging_begin_as_before_unless_a_revision_says_otherwise(contract: Contract) -> None:
    winter, summer = contract.revisions

    assert winter.observe_from == winter.notify_from == datetime(2026, 1, 31, 23, tzinfo=UTC)
    assert (summer.observe_from, summer.notify_from) == (winter.observe_from, winter.notify_from)


def test_attributes_are_text_as_it_was_written(contract: Contract) -> None:
    assert contract.revisions[0].covers == (
        Cover("snow", {"assignment_group": ("ACME NOC", "ACME Field"), "major": ("true",), "site": ("17",)}),
        Cover("mail-acme"),
    )


def test_what_a_target_does_not_say_has_the_default_of_the_format(contract: Contract) -> None:
    (response,) = contract.revisions[0].targets

    assert (response.name, response.metric) == ("response", Metric.FIRST_RESPONSE)
    assert response.goals == {
        "P1": Counted(15 * MINUTE),
        "P2": Counted(30 * MINUTE),
        "default": WorkingDays(2, DayEnd.SAME_TIME),
    }
    assert {priority: calendar.name for priority, calendar in response.calendars.items()} == {
        "P1": "always",
        "default": "office",
    }
    assert response.objective == {"default": Fraction(1999, 2000)}
    assert (response.at_risk, response.weight) == (Fraction(3, 4), Fraction(1))
    assert (response.floor, response.min_volume, response.allowed_misses, response.when) == (None, None, None, {})
    assert (response.starts, response.stops) == (Starts.VENDOR_NOTIFIED, Stops.RESOLVED)
    assert (response.acknowledgement, response.relayed) == (Accepted.REFUSED, Accepted.ACCEPTED)
    assert response.pause_while == frozenset()
    assert (response.priority_change, response.reopen) == (PriorityChange.EARLIEST_PROMISE, Reopen.WITHIN_GRACE)
    assert (response.reopen_grace, response.reopen_calendar) == (FIVE_WORKING_DAYS, None)
    assert (response.strict_due, response.tolerance_us) == (False, 0)
    assert (response.counts, response.period_by) == (Counts.OWN_TIME, PeriodBy.DECIDED)


def test_a_target_is_what_it_says(contract: Contract) -> None:
    (fix,) = contract.revisions[1].targets

    assert (fix.name, fix.metric) == ("fix", Metric.RESOLUTION)
    assert fix.goals == {"1": Counted(4 * HOUR), "2": Counted(90 * MINUTE)}
    assert {priority: calendar.name for priority, calendar in fix.calendars.items()} == {"default": "always"}
    assert fix.objective == {"1": Fraction(19, 20), "default": Fraction(9, 10)}
    assert (fix.at_risk, fix.floor, fix.weight) == (Fraction(4, 5), Fraction(3, 5), Fraction(5, 2))
    assert (fix.min_volume, fix.allowed_misses, fix.when) == (5, 1, {"request_type": ("incident",)})
    assert (fix.starts, fix.stops) == (Starts.CREATED, Stops.CLOSED)
    assert (fix.acknowledgement, fix.relayed) == (Accepted.ACCEPTED, Accepted.REFUSED)
    assert fix.pause_while == {Awaiting.CUSTOMER}
    assert (fix.priority_change, fix.reopen) == (PriorityChange.FROM_START, Reopen.RESUME)
    assert fix.reopen_grace == Counted(24 * HOUR)
    assert fix.reopen_calendar is not None
    assert fix.reopen_calendar.name == "office"
    assert (fix.strict_due, fix.tolerance_us) == (True, 59 * SECOND_US)
    assert (fix.counts, fix.period_by) == (Counts.END_TO_END, PeriodBy.DEADLINE)


PAUSES = {
    "it pauses for customer and third party unless said otherwise": ("", {Awaiting.CUSTOMER, Awaiting.THIRD_PARTY}),
    "it never pauses if an empty list says so": ("        pause_while: []\n", set()),
}


@pytest.mark.parametrize(("line", "pauses"), PAUSES.values(), ids=PAUSES.keys())
def test_a_resolution_pauses_as_its_contract_says(tmp_path: Path, line: str, pauses: set[Awaiting]) -> None:
    text = (GOOD / "contract.yaml").read_text(encoding="utf-8").replace("        pause_while: [customer]\n", line)
    (tmp_path / "contract.yaml").write_text(text, encoding="utf-8")

    (only,) = load_agreements([tmp_path / "contract.yaml", GOOD / "calendars.yaml"]).agreements.contracts

    assert only.revisions[1].targets[0].pause_while == pauses


OFFICE_DAYS = {
    "a Thursday has both of its windows": (date(2026, 3, 5), 8.5),
    "a Friday has its own hours": (date(2026, 3, 6), 7),
    "a Saturday has none": (date(2026, 3, 7), 0),
    "a holiday of the country has none": (date(2026, 5, 1), 0),
    "a holiday of the subdivision has none": (date(2027, 3, 8), 0),
    "a dated holiday has none": (date(2026, 12, 24), 0),
    "an exception lifts the yearly holiday of its date": (date(2026, 12, 31), 4),
    "a yearly holiday without exception has none": (date(2025, 12, 31), 0),
    "a recurring whole day of a calendar file has none": (date(2026, 9, 14), 0),
    "the first of two days of a calendar file has none": (date(2026, 11, 2), 0),
    "the second of two days of a calendar file has none": (date(2026, 11, 3), 0),
    "the day after them, which their end names, has its hours": (date(2026, 11, 4), 8.5),
    "a closure cuts the afternoon": (date(2026, 8, 3), 4),
    "the day before the later rule follows the earlier one": (date(2027, 6, 30), 8.5),
    "the first day of the later rule follows it": (date(2027, 7, 1), 12),
    "a holiday that the later rule does not state is none": (date(2027, 12, 25), 12),
}


@pytest.mark.parametrize(("day", "hours"), OFFICE_DAYS.values(), ids=OFFICE_DAYS.keys())
def test_a_calendar_counts_what_it_says(day: date, hours: float) -> None:
    calendar = load_agreements([GOOD / "calendars.yaml"]).agreements.calendars["office"]
    start = to_us(datetime(day.year, day.month, day.day, tzinfo=UTC))

    assert calendar.counted_us(start, start + 24 * HOUR) == hours * HOUR


def test_a_calendar_on_which_everything_counts_is_one_word() -> None:
    calendars = load_agreements([GOOD / "calendars.yaml"]).agreements.calendars

    assert list(calendars) == ["always", "office"]
    assert isinstance(calendars["always"], ServiceCalendar)
    assert calendars["always"].counted_us(0, 17) == 17


def test_the_content_hash_follows_what_is_configured_but_not_comments(
    tmp_path: Path, option_types: dict[str, type], notifier_types: dict[str, type]
) -> None:
    def hash_with(old: str = "", new: str = "", file: str = "contract.yaml") -> str:
        for path in GOOD.iterdir():
            content = path.read_bytes()
            changed = content.replace(old.encode(), new.encode()) if path.name == file else content
            (tmp_path / path.name).write_bytes(changed)
        return load_settings(
            tmp_path / "syncd.yaml", option_types=option_types, notifier_types=notifier_types
        ).content_hash

    before = hash_with()

    assert hash_with("currency: EUR", "currency: EUR  # of the fee") == before
    assert hash_with("objective: 99.95%", "objective: 99.9%") != before
    assert hash_with("every: 5m", "every: 6m", "syncd.yaml") != before
    assert hash_with("20200914", "20200915", "holidays.ics") != before


def test_a_folder_brings_all_its_files_once_and_warns_of_those_that_hold_something_else(tmp_path: Path) -> None:
    folder = tmp_path / "agreements"
    hidden = folder / "..2026_01_01"
    for place in (folder / "vendors", hidden):
        place.mkdir(parents=True)
    (folder / "always.yml").write_text("calendars: [{name: always, time_zone: UTC, hours: always}]\n")
    (hidden / "always.yml").write_text("calendars: [{name: always, time_zone: UTC, hours: always}]\n")
    (folder / "vendors" / "notes.yaml").write_text("remember: to renew\n")
    (folder / "vendors" / "README.md").write_text("no YAML: [\n")

    loaded = load_agreements([folder, folder / "always.yml"])

    assert list(loaded.agreements.calendars) == ["always"]
    assert loaded.warnings == (
        (
            f"{folder}/vendors/notes.yaml:1: passed over: "
            "holds none of contract, calendars and exclusions as a top-level key"
        ),
    )


def test_paths_that_lead_nowhere_are_told_together(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_agreements([tmp_path, tmp_path / "missing"])

    assert caught.value.findings == (
        f"{tmp_path}: this folder holds no .yaml or .yml file",
        f"{tmp_path}/missing: there is no such file or folder",
    )


def test_a_later_rule_that_forgets_the_holidays_is_warned_of(tmp_path: Path) -> None:
    file = tmp_path / "calendars.yaml"
    text = (GOOD / "calendars.yaml").read_text(encoding="utf-8").replace("        holidays: []\n", "")
    file.write_text(text.replace("      - {ics: holidays.ics}\n", ""), encoding="utf-8")

    assert load_agreements([file]).warnings == (
        (
            f"{file}:17: calendars[1].revisions[0]: states no holidays, so from its date on there are none; "
            "write holidays: [] if that is meant"
        ),
    )
