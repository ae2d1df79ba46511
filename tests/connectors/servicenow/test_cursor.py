from connectors.servicenow.cursor import Places, Stream, parse, streams
from connectors.servicenow.keyset import Place
from connectors.servicenow.query import Filter, parse_filter
from tests.connectors.servicenow.instance import Instance


def test_a_cursor_survives_being_written_and_read() -> None:
    stream, other = Stream("incident", Filter()), Stream("problem", Filter())
    places = Places().moved(stream, Place("2026-03-02 11:00:00", "ab")).moved(other, Place(""))
    assert parse(places.text(), "snow") == places
    assert Places().moved(other, Place("")).moved(stream, Place("2026-03-02 11:00:00", "ab")).text() == places.text()


def test_a_changed_filter_begins_anew() -> None:
    before = Stream("incident", parse_filter("active=true"))
    places = Places().moved(before, Place("2026-03-02 11:00:00"))
    assert places.at(Stream("incident", parse_filter("active=false"))) is None
    assert places.at(Stream("problem", parse_filter("active=true"))) is None
    assert places.at(Stream("incident", parse_filter("active=true"))) == Place("2026-03-02 11:00:00")


def test_every_table_under_every_alternative_is_a_stream() -> None:
    options = Instance(
        {"rows": {}}, {"tables": ["incident", "problem"], "filter": ["active=true", "priority=1"]}
    ).settings
    assert len({stream.key for stream in streams(options)}) == 4
