import json
from dataclasses import replace
from datetime import timedelta, timezone

from syncd.alerting.document import document
from tests.alerting.notices import BREACHED, NOTICE, envelope, without_optional


def test_a_breach_as_receivers_get_it_key_by_key() -> None:
    assert document(envelope()).decode() == (
        '{"version":1,"key":"3/0f0e%2Fü/acme-msp/fix/a1/P1/breached/0","step":"breached","vendor":"acme",'
        '"vendor_name":"ACME Managed Sërvices","contract":"acme-msp","target":"fix","source":"snow",'
        '"ticket":"INC0012345","url":"https://snow.example/INC0012345","priority":"P1","goal_seconds":14400,'
        '"elapsed_seconds":14400.5,"due_at":"2026-03-02T12:00:00Z","at":"2026-03-02T12:00:00Z","late":false,'
        '"confirmed":true,"attempt":1,"level":1,"metric":"resolution","detail":"","of":[],"count":0,"lines":[],'
        '"since":null,"explain_url":"https://syncd.example/tickets/snow/INC0012345"}'
    )


def test_what_is_absent_is_null_and_never_left_out() -> None:
    full, bare = json.loads(document(envelope())), json.loads(document(without_optional()))
    assert list(bare) == list(full)
    assert (bare["url"], bare["due_at"], bare["explain_url"]) == (None, None, None)
    assert (bare["late"], bare["confirmed"], bare["attempt"]) == (True, False, 3)


def test_instants_are_utc_to_the_microsecond_wherever_they_come_from() -> None:
    there = (BREACHED + timedelta(microseconds=7)).astimezone(timezone(timedelta(hours=5, minutes=30)))
    told = json.loads(document(envelope(replace(NOTICE, at=there))))
    assert told["at"] == "2026-03-02T12:00:00.000007Z"


def test_whole_seconds_are_integers_however_large() -> None:
    told = json.loads(document(envelope(replace(NOTICE, goal_us=10**18, elapsed_us=0))))
    assert told["goal_seconds"] == 10**12
    assert (told["elapsed_seconds"], type(told["elapsed_seconds"])) == (0, int)


def test_every_key_is_documented() -> None:
    from syncd.alerting import document as module  # noqa: PLC0415  its docstring is what is tested

    assert all(f"`{key}`" in (module.__doc__ or "") for key in json.loads(document(envelope())))
