"""Documents and rows: nothing is lost on the way there and back (S9, M1)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sidecar.core.column import text
from sidecar.core.documents import decode, encode
from sidecar.core.errors import ValidationError
from sidecar.core.json import Json, JsonObject, canonical
from sidecar.core.table import Table
from tests.core.rows import KINDS, THINGS, Rows, documents
from tests.core.sampler import Sampler
from tests.core.values import AWKWARD_NAMES


@given(documents)
def test_a_row_decodes_to_the_document_it_was_made_from(document: JsonObject) -> None:
    """`0`, `""`, `false`, `null` and absent stay apart, in columns and beside them."""
    assert canonical(decode(THINGS, encode(THINGS, document))) == canonical(document)


@settings(max_examples=60)
@given(documents)
def test_sqlite_builds_the_same_document(rows: Rows, document: JsonObject) -> None:
    """Q6: rows are sent as SQLite wrote them, and never parsed on the way."""
    rows.hold([document])
    assert [canonical(one) for one in rows.documents()] == [canonical(document)]


@pytest.mark.parametrize("seed", range(200))
def test_documents_come_back_as_they_were(rows: Rows, seed: int) -> None:
    held = sorted(Sampler(seed).documents(), key=lambda one: str(one["id"]))
    rows.hold(held)
    wanted = [canonical(one) for one in held]
    assert [canonical(one) for one in rows.documents()] == wanted
    found = sorted((decode(THINGS, row) for row in rows.rows()), key=lambda one: str(one["id"]))
    assert [canonical(one) for one in found] == wanted


@settings(max_examples=40)
@given(documents, st.data())
def test_a_projection_has_the_chosen_fields_and_no_others(
    rows: Rows, document: JsonObject, data: st.DataObject
) -> None:
    rows.hold([document])
    fields = data.draw(
        st.lists(st.sampled_from([*THINGS.columns, *document, "absent"]), min_size=1)
    )
    (found,) = rows.documents(dict.fromkeys(fields))
    wanted = {name: document[name] for name in fields if name in document}
    assert canonical(found) == canonical(wanted)


@pytest.mark.parametrize("name", list(KINDS))
@pytest.mark.parametrize("value", [None, 0, "", False, [], {}])
def test_empty_values_are_not_absent(rows: Rows, name: str, value: Json) -> None:
    document: JsonObject = {"id": "1", name: value}
    try:
        rows.hold([document])
    except ValidationError:
        return
    assert rows.documents() == [document]
    assert type(rows.documents()[0][name]) is type(value)


@pytest.mark.parametrize("name", AWKWARD_NAMES)
@pytest.mark.parametrize("value", [None, 0, "", False, {"a": [None, "\x00"]}])
def test_a_field_may_have_any_name(rows: Rows, name: str, value: Json) -> None:
    document: JsonObject = {"id": "1", name: value}
    rows.hold([document])
    assert rows.documents() == [document]
    assert rows.documents(["id", name]) == [document]


def test_null_in_a_column_is_marked_beside_it_and_absence_is_not() -> None:
    assert encode(THINGS, {"id": "1", "title": None})["_extra"] == '{"title":null}'
    assert encode(THINGS, {"id": "1", "title": "x"})["_extra"] is None
    assert encode(THINGS, {"id": "1"})["_extra"] is None


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("size", 5.0, 5),
        ("at", 1e12, 10**12),
        ("size", -(2**63), -(2**63)),
        ("weight", 5.0, 5.0),
        ("weight", 5, 5),
        ("weight", -(2**63), -(2**63)),
        ("done", True, 1),
        ("data", {"a": 1.0}, '{"a":1.0}'),
    ],
)
def test_a_value_has_one_form_in_a_column(name: str, value: Json, stored: object) -> None:
    found = encode(THINGS, {"id": "1", name: value})[name]
    assert (found, type(found)) == (stored, type(stored))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", 1),
        ("title", ["x"]),
        ("size", 1.5),
        ("size", "1"),
        ("size", True),
        ("size", 2**63),
        ("size", 1e300),
        ("weight", "1"),
        ("weight", False),
        ("done", 0),
        ("done", "true"),
        ("at", "2024-01-01"),
        ("at", 1.5),
        ("data", "{}"),
        ("data", 0),
        ("tags", {}),
        ('odd "name"\n', 1),
    ],
)
def test_a_value_of_another_type_is_refused_at_its_place(name: str, value: Json) -> None:
    with pytest.raises(ValidationError) as caught:
        encode(THINGS, {"id": "1", name: value}, "/args/document")
    assert caught.value.data["path"] == f"/args/document/{name}"


@pytest.mark.parametrize("document", [{}, {"id": None}, {"id": ""}, {"title": "x"}])
def test_a_document_without_its_primary_key_is_refused(document: JsonObject) -> None:
    with pytest.raises(ValidationError) as caught:
        encode(THINGS, document)
    assert caught.value.data["path"] == "/id"


@pytest.mark.parametrize("name", ["", "_", "_rev", "_extra", "_seq", "_deleted", "a\0b"])
@pytest.mark.parametrize("value", [None, 1])
def test_names_no_field_can_have_are_refused(name: str, value: Json) -> None:
    """S13: a leading `_` is ours; in a JSON path SQLite stops reading a name at a NUL."""
    with pytest.raises(ValidationError) as caught:
        encode(THINGS, {"id": "1", name: value})
    assert caught.value.data["path"] == f"/{name}"


def test_a_table_of_nothing_but_its_key_holds_whole_documents(rows: Rows) -> None:
    table = Table("keyed", {"id": text(primary_key=True)})
    document: JsonObject = {"id": "1", "a": {"b": [1, None]}}
    assert decode(table, encode(table, document)) == document
