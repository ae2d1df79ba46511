import pytest

from syncd.errors import ConfigError
from syncd.transport.limits import Limits


def test_the_usual_limits_hold() -> None:
    usual = Limits()
    assert usual.concurrency == 1
    assert (usual.connect_timeout, usual.read_timeout) == (10, 75)
    assert (usual.tries, usual.patience) == (5, 120)


@pytest.mark.parametrize(
    ("limits", "name"),
    [
        pytest.param(lambda: Limits(requests_per_second=0), "requests_per_second", id="no pace at all"),
        pytest.param(lambda: Limits(requests_per_second=float("nan")), "requests_per_second", id="a pace of nan"),
        pytest.param(lambda: Limits(concurrency=0), "concurrency", id="nothing at once"),
        pytest.param(lambda: Limits(read_timeout=-1), "read_timeout", id="a timeout before the start"),
        pytest.param(lambda: Limits(tries=0), "tries", id="never trying"),
        pytest.param(lambda: Limits(patience=-1), "patience", id="negative patience"),
    ],
)
def test_a_bound_that_no_call_could_keep_is_refused(limits: object, name: str) -> None:
    assert callable(limits)
    with pytest.raises(ConfigError, match=name):
        limits()


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        Limits(tries=0, concurrency=0)
    assert len(caught.value.findings) == 2
