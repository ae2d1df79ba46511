from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from syncd.alerting import NOTIFIERS, NotifierKind
from syncd.alerting.alertmanager import AlertmanagerNotifier
from syncd.alerting.alertmanager_options import AlertmanagerOptions
from syncd.errors import ConfigError
from syncd.ports.secret import SecretRef
from syncd.ports.standing import Sustains
from syncd.testing.virtual_now import VirtualNow
from tests.alerting.alertmanager_samples import TOLD, secrets

ONE = ("http://am-1:9093",)
KIND: NotifierKind[AlertmanagerOptions] = NotifierKind(AlertmanagerOptions, AlertmanagerNotifier)


def test_configuration_offers_it() -> None:
    assert NOTIFIERS["alertmanager"].options is AlertmanagerOptions
    built = NOTIFIERS["alertmanager"].build("oncall", AlertmanagerOptions(urls=ONE), VirtualNow(TOLD), secrets)
    assert isinstance(built, Sustains), "so that the daemon reminds it"
    built.close()


@pytest.mark.parametrize(
    ("options", "finding"),
    [
        pytest.param({"urls": ()}, "urls", id="nobody"),
        pytest.param({"urls": ("canary",)}, "number 1", id="no address"),
        pytest.param({"urls": (*ONE, "http://host:canary")}, "number 2", id="an odd port"),
        pytest.param({"urls": ("http://u:canary@host",)}, "credential", id="a credential in the address"),
        pytest.param({"urls": ("http://host/?token=canary",)}, "number 1", id="a query"),
        pytest.param({"urls": ONE * 2}, "once", id="one member twice"),
        pytest.param(
            {"bearer": SecretRef(env="A"), "username": "u", "password": SecretRef(env="B")}, "two ways", id="2"
        ),
        pytest.param({"username": "u"}, "belong together", id="no password"),
        pytest.param({"password": SecretRef(env="A")}, "belong together", id="no name"),
        pytest.param({"horizon_seconds": 100, "resend_seconds": 60}, "horizon_seconds", id="a horizon too near"),
        pytest.param({"horizon_seconds": float("nan")}, "horizon_seconds", id="no horizon"),
        pytest.param({"labels": {"a-b": "x"}}, "not a name", id="a label that is no name"),
        pytest.param({"labels": {"ticket": "x"}}, "set by syncd", id="a label of ours"),
        pytest.param({"annotations": {"summary": "x"}}, "set by syncd", id="an annotation of ours"),
        pytest.param({"timeout_seconds": 0}, "timeout_seconds", id="no time"),
    ],
)
def test_what_cannot_work_is_told_at_the_start_without_quoting_addresses(options: dict[str, Any], finding: str) -> None:
    with pytest.raises(ConfigError, match=finding) as caught:
        AlertmanagerNotifier("oncall", AlertmanagerOptions(**{"urls": ONE, **options}), VirtualNow(TOLD), secrets)
    assert "notifier oncall" in str(caught.value)
    assert "canary" not in str(caught.value)


def test_all_that_is_wrong_is_told_at_once() -> None:
    options = AlertmanagerOptions(urls=("nowhere",), username="u", labels={"vendor": "x"})
    with pytest.raises(ConfigError) as caught:
        AlertmanagerNotifier("oncall", options, VirtualNow(TOLD), secrets)
    assert len(caught.value.findings) == 3


def test_configuration_builds_it_with_the_horizon_of_four_hours() -> None:
    kind = KIND
    options = TypeAdapter(kind.options).validate_python({"urls": list(ONE), "labels": {"site": "b"}})
    assert options == AlertmanagerOptions(urls=ONE, labels={"site": "b"})
    assert (options.horizon_seconds, options.resend_seconds) == (14_400, 60)
    assert (options.resend_days, options.most_per_vendor) == (7, 2_000)
    kind.build("oncall", options, VirtualNow(TOLD), secrets).close()


@pytest.mark.parametrize(
    "options", [{}, {"urls": []}, {"urls": list(ONE), "most_per_vendor": 0}, {"urls": list(ONE), "bearer": "inline"}]
)
def test_configuration_refuses(options: dict[str, object]) -> None:
    kind = KIND
    with pytest.raises(ValidationError):
        TypeAdapter(kind.options).validate_python(options)
