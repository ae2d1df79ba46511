"""The Jira plugin passes the shipped examination: as an agent on Cloud and Data Center, and as a customer."""

from pathlib import Path

import pytest

from syncd.testing.conformance import CHECKS, Check
from tests.connectors.jira.examinees import EXAMINEES


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", EXAMINEES)
def test_jira_conforms(name: str, check: Check, tmp_path: Path) -> None:
    check(EXAMINEES[name](tmp_path))
