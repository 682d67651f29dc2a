"""Client documents as declared: what they add to a schema, and what they refuse (S11)."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ConfigDict, create_model

from sidecar.core.client_document import ClientDocument
from sidecar.core.column import text
from sidecar.core.errors import SchemaError, ValidationError
from sidecar.core.json import JsonObject
from sidecar.core.schema import Schema
from sidecar.core.table import Table


class Panel(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    open: bool = True
    width: int = 200


class View(BaseModel):
    """What a window shows."""

    model_config = ConfigDict(extra="forbid", strict=True)

    selected: str | None = None
    panel: Panel = Panel()


def _schema(*documents: ClientDocument, tables: tuple[Table, ...] = ()) -> Schema:
    return Schema("app", version=1, tables=tables, events=[], client_documents=documents)


def test_it_is_a_table_a_default_and_an_event_that_stays_on_the_device() -> None:
    view = ClientDocument("view", View)
    schema = _schema(view)
    assert schema.client_documents == (view,)
    assert schema.tables["view"].primary_key == "id"
    assert schema.tables["view"].columns.keys() == {"id", "value"}
    assert view.default == {"selected": None, "panel": {"open": True, "width": 200}}
    assert schema.events["v1.view.Set"] is view.set
    assert not view.set.synced


def test_its_event_has_the_version_it_was_declared_with() -> None:
    assert ClientDocument("view", View, version=3).set.name == "v3.view.Set"


@pytest.mark.parametrize(
    ("member", "place"),
    [
        ((str, ...), "/member"),
        ((str, 5), "/member"),
        ((str, None), "/member"),
        ((list[int], [1, "2"]), "/member/1"),
    ],
)
def test_a_member_needs_a_default_that_fits(member: tuple[object, object], place: str) -> None:
    shape = create_model("Wrong", __config__=ConfigDict(strict=True), member=member)  # type: ignore[call-overload]
    with pytest.raises(SchemaError, match=f"client document view: {place}: "):
        ClientDocument("view", shape)


@pytest.mark.parametrize("name", ["_view", "sqlite_view", "notes", "NOTES"])
def test_a_name_that_is_taken_or_the_engine_s_is_refused(name: str) -> None:
    notes = Table("notes", {"id": text(primary_key=True)})
    with pytest.raises(SchemaError):
        _schema(ClientDocument(name, View), tables=(notes,))


def test_two_of_one_name_are_refused() -> None:
    with pytest.raises(SchemaError):
        _schema(ClientDocument("view", View), ClientDocument("view", View))


@pytest.mark.parametrize(
    ("args", "path"),
    [
        ({"value": {}}, "/args/id"),
        ({"id": "", "value": {}}, "/args/id"),
        ({"id": None, "value": {}}, "/args/id"),
        ({"id": "s"}, "/args/value"),
        ({"id": "s", "value": None}, "/args/value"),
        ({"id": "s", "value": [1]}, "/args/value"),
        ({"id": "s", "value": {"selected": 5}}, "/args/value/selected"),
        ({"id": "s", "value": {"panel": None}}, "/args/value/panel"),
        ({"id": "s", "value": {"panel": {"width": "wide"}}}, "/args/value/panel/width"),
        ({"id": "s", "value": {"other": 1}, "partial": True}, "/args/value/other"),
        ({"id": "s", "value": {}, "partial": 1}, "/args/partial"),
        ({"id": "s", "value": {}, "more": 1}, "/args/more"),
    ],
)
def test_what_does_not_fit_the_shape_is_an_error_at_its_place(args: JsonObject, path: str) -> None:
    """S4, and for whole and partial values alike."""
    with pytest.raises(ValidationError) as caught:
        ClientDocument("view", View).set.validate(args)
    assert caught.value.data["path"] == path


def test_the_fingerprint_covers_shape_default_and_version() -> None:
    """S6."""
    wide = create_model("View", __base__=View, panel=(Panel, Panel(width=300)))
    more = create_model("View", __base__=View, searchText=(str, ""))
    documents = [
        ClientDocument("view", View),
        ClientDocument("other", View),
        ClientDocument("view", View, version=2),
        ClientDocument("view", wide),
        ClientDocument("view", more),
    ]
    found = [_schema(one).fingerprint for one in documents]
    assert len({*found, _schema().fingerprint}) == len(documents) + 1
    assert _schema(ClientDocument("view", View)).fingerprint == found[0]
