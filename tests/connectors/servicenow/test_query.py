import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.servicenow import query
from connectors.servicenow.simulator.encoded import parse as understood


@pytest.mark.parametrize(
    ("text", "fields", "pins"),
    [
        pytest.param("active=true", ("active",), {"active": {"true"}}, id="an equality pins its field"),
        pytest.param("stateIN1,2", ("state",), {"state": {"1", "2"}}, id="a list pins it to any of its values"),
        pytest.param("vendor=ACME^EQ", ("vendor",), {"vendor": {"acme"}}, id="EQ at the end says nothing"),
        pytest.param("a=1^b=2^ORb=3", ("a", "b"), {"a": {"1"}}, id="OR binds to the condition before it alone"),
        pytest.param("a=1^ORb=2", ("a", "b"), {}, id="two fields of which either may hold pin nothing"),
        pytest.param("a!=1^b>2^cISEMPTY", ("a", "b", "c"), {}, id="other comparisons pin nothing"),
        pytest.param("company.name=Acme", ("company.name",), {"company.name": {"acme"}}, id="a field of a reference"),
        pytest.param("a=", ("a",), {}, id="an equality with nothing asks for empty"),
    ],
)
def test_a_filter_tells_what_its_rows_must_hold(text: str, fields: tuple[str, ...], pins: dict[str, set[str]]) -> None:
    found = query.parse_filter(text)
    assert found.fields == fields
    assert {pin.field: set(pin.values) for pin in found.pins} == pins


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param("a=1^NQb=2", "NQ", id="two whole queries"),
        pytest.param("a=1^nqb=2", "NQ", id="two whole queries in lower case"),
        pytest.param("a=1^ORDERBYb", "ORDERBY", id="an ordering"),
        pytest.param("a=1^ORDERBYDESCb", "ORDERBY", id="a descending ordering"),
        pytest.param("sys_created_on>javascript:gs.daysAgo(3)", "(?i)javascript", id="a script"),
        pytest.param("sys_created_on>JavaScript:gs.daysAgo(3)", "(?i)javascript", id="a script with capitals"),
        pytest.param("RLQUERYtask_sla.task,>0^ENDRLQUERY", "RLQUERY", id="a related list"),
        pytest.param("a=1\n^b=2", "line break", id="a line break"),
        pytest.param("", "empty", id="nothing at all"),
        pytest.param("^EQ", "empty", id="nothing but its end"),
        pytest.param("active", "operator", id="no operator"),
        pytest.param("opened_atRELATIVEGT@hour@ago@3", "operator", id="an operator that depends on the reader's day"),
        pytest.param("=1", "field name", id="no field"),
        pytest.param("Active=true", "field name", id="a field in capitals"),
    ],
)
def test_a_filter_that_would_change_our_own_clauses_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        query.parse_filter(text)


@pytest.mark.parametrize("value", ["a^b", "a\nb", "a\rb", "javascript:gs.now()", "JAVASCRIPT:x"])
def test_a_value_that_could_be_more_than_a_value_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="cannot be asked for"):
        query.condition("number", "=", value)
    with pytest.raises(ValueError, match="IN list"):
        query.among("number", ["fine", value])


@pytest.mark.parametrize("name", ["a^b", "a=1", "A", "a b", "", "a..b", "a.", "1a", "a\n"])
def test_a_name_that_could_be_more_than_a_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="field name"):
        query.condition(name, "=", "1")
    with pytest.raises(ValueError, match="field name"):
        query.ordered(name)
    with pytest.raises(ValueError, match="table name"):
        query.table_name(name)


def test_a_table_is_no_path() -> None:
    with pytest.raises(ValueError, match="table name"):
        query.table_name("sys_user.manager")


@pytest.mark.parametrize("values", [[], [""], ["a,b"]])
def test_a_list_that_would_mean_something_else_is_refused(values: list[str]) -> None:
    with pytest.raises(ValueError, match="IN list"):
        query.among("number", values)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("0" * 32, True), ("0" * 31, False), ("0" * 33, False), ("A" * 32, False), ("0" * 31 + "\n", False)],
)
def test_a_sys_id_is_32_small_hexadecimal_digits(text: str, *, is_one: bool) -> None:
    assert query.is_sys_id(text) == is_one


def test_orderings_come_last_and_empty_parts_leave_no_trace() -> None:
    built = query.all_of("", query.condition("a", ">=", "1"), query.ordered("a", "sys_id", descending=True))
    assert built == "a>=1^ORDERBYDESCa^ORDERBYDESCsys_id"


@given(st.text(max_size=12))
def test_whatever_value_is_let_through_stays_one_condition(value: str) -> None:
    try:
        built = query.all_of(query.condition("a", "=", value), query.condition("b", "=", "1"))
    except ValueError:
        return
    assert [[part.field for part in group] for group in understood(built).alternatives[0]] == [["a"], ["b"]]
    assert understood(built).alternatives[0][0][0].value == value
