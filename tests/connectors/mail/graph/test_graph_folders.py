"""Folders are found by well-known name, by path, and by id; what is not there is told and never passed over."""

import pytest

from connectors.mail.graph.api import GraphApi
from connectors.mail.graph.folders import find_folder, find_folders
from connectors.mail.graph.wire import text
from syncd.errors import SourceRefused
from tests.connectors.mail.graph.desk import Desk

PATHS = ("Vendors/ACME", "inbox/Done", "inbox/done later", *(f"Many/{n}" for n in range(230)))


def api(desk: Desk) -> GraphApi:
    settings = desk.settings()
    return GraphApi(settings.backend, desk.toolkit(), settings.caps())  # type: ignore[arg-type]  # of kind graph


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("INBOX", "Inbox"),
        ("sentitems", "Sent Items"),
        ("Sent Items", "Sent Items"),
        ("sent items", "Sent Items"),
        ("Vendors/ACME", "ACME"),
        ("/Vendors/ACME/", "ACME"),
        ("inbox/Done", "Done"),
        ("Inbox/DONE", "Done"),
        ("Many/229", "229"),
        ("inbox/Nowhere", None),
        ("Nowhere/At/All", None),
        ("Nowhere", None),
        ("/", None),
    ],
)
def test_a_folder_is_found_by_its_name(name: str, shown: str | None) -> None:
    desk = Desk({"conversations_per_day": 0.0, "folders": list(PATHS)})
    row = find_folder(api(desk), name)
    assert (None if row is None else text(row, "displayName")) == shown
    desk.close()


def test_a_folder_is_found_by_its_id() -> None:
    desk = Desk({"conversations_per_day": 0.0, "folders": list(PATHS)})
    key = desk.box.folder("Vendors/ACME").id
    row = find_folder(api(desk), key)
    assert row is not None
    assert text(row, "displayName") == "ACME"
    desk.close()


def test_a_folder_of_two_names_is_read_once() -> None:
    desk = Desk(options={"folders": ["inbox", "Inbox", "INBOX"], "sent_folder": "Sent Items"})
    folders = find_folders(api(desk), desk.settings())
    assert [folder.name for folder in folders.found] == ["inbox", "Sent Items"]
    desk.close()


def test_folders_that_signals_speak_of_are_read_too() -> None:
    signal = {"name": "done", "folders": ["inbox/Done", "Gone"], "phase": "closed"}
    desk = Desk(options={"signals": [signal]})
    desk.deliver("a", "inbox/Done", minute=-5)
    desk.read()
    assert desk.shelf.where() == [("a@v", "inbox/Done")]
    assert [problem.code for problem in desk.shelf.problems] == ["mail_folder_missing"]
    desk.close()


def test_a_configured_folder_that_is_missing_stops_the_source_by_name() -> None:
    desk = Desk(options={"folders": ["inbox", "inbox/Nowhere"]})
    with pytest.raises(SourceRefused, match="inbox/Nowhere") as refused:
        desk.read()
    assert refused.value.reason == "configuration"
    desk.close()


def test_a_folder_that_is_added_is_read_from_its_beginning() -> None:
    desk = Desk()
    desk.deliver("a", "inbox/Done", minute=-50)
    desk.deliver("b", minute=-40)
    desk.read()
    desk.options = {"folders": ["inbox", "inbox/Done"]}
    desk.read()
    assert desk.shelf.reads == ["b@v", "a@v"]
    desk.close()
