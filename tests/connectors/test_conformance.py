"""Every connector that is installed passes the examination that third parties' connectors are asked to pass."""

from pathlib import Path

import pytest

from syncd.plugins import discover
from syncd.testing.conformance import CHECKS, Check
from tests.connectors.examinees import EXAMINEES
from tests.connectors.mail.imap.bench import end_readers


def test_every_installed_connector_is_examined() -> None:
    assert {kind for kind, _ in EXAMINEES.values()} == set(discover())


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", EXAMINEES)
def test_a_connector_conforms(name: str, check: Check, tmp_path: Path) -> None:
    _, build = EXAMINEES[name]
    try:
        check(build(tmp_path))
    finally:
        end_readers()
