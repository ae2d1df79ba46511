"""Every file in tests/config/bad holds one mistake, named by the file, and beside it what the operator is told."""

from pathlib import Path

import pytest

from syncd.errors import ConfigError
from syncd.settings import load_agreements, load_settings

CORPUS = Path(__file__).parents[1] / "config"
CASES = sorted(path for path in (CORPUS / "bad").iterdir() if path.suffix != ".txt")
MADE_UP_SECRET = "hunter2"


def _load(case: Path, option_types: dict[str, type], notifier_types: dict[str, type]) -> None:
    daemon_file = case / "syncd.yaml" if case.is_dir() else case
    if daemon_file.name.startswith("syncd") and daemon_file.exists():
        load_settings(daemon_file, option_types=option_types, notifier_types=notifier_types)
    elif case.name.startswith("contract"):
        load_agreements([case, CORPUS / "good" / "calendars.yaml"])
    elif case.name.startswith("exclusion"):
        load_agreements([case, CORPUS / "good" / "contract.yaml", CORPUS / "good" / "calendars.yaml"])
    else:
        load_agreements([case])


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.stem))
def test_a_mistake_is_told_with_its_file_line_and_place(
    case: Path, option_types: dict[str, type], notifier_types: dict[str, type]
) -> None:
    expected = case.parent / f"{case.stem}.txt"

    with pytest.raises(ConfigError) as caught:
        _load(case, option_types, notifier_types)

    told = "\n".join(caught.value.findings).replace(f"{case.parent}/", "") + "\n"
    assert told == expected.read_text(encoding="utf-8")
    assert str(caught.value) == "\n".join(caught.value.findings)
    assert MADE_UP_SECRET not in told


def test_the_corpus_covers_all_four_kinds_of_file_and_no_expectation_lacks_its_case() -> None:
    kinds = {case.stem.partition("-")[0] for case in CASES}
    expectations = {path.stem for path in (CORPUS / "bad").glob("*.txt")}

    assert kinds == {"syncd", "contract", "calendar", "exclusion", "folder"}
    assert expectations == {case.stem for case in CASES}
    assert len(CASES) >= 150
