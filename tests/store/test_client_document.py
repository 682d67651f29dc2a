"""Client documents of an app whose shape changes over the years (S6, S8, S11)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from sidecar.core.client_document import ClientDocument
from sidecar.core.errors import SchemaError
from sidecar.core.json import Json, JsonObject
from sidecar.core.schema import Schema, UpcastDef
from sidecar.store import Store
from tests.store.acts import assert_sound, commit, get, new


class Panel(BaseModel):
    open: bool = True
    width: int = 200


class View(BaseModel):
    panel: Panel = Panel()
    filter: str = "all"


class SortedView(View):
    """A member more."""

    sort: list[str] = ["name"]


class NumberedView(BaseModel):
    """A member of another type."""

    model_config = ConfigDict(strict=True)

    filter: int = 0


def _app(shape: type[BaseModel], *, version: int = 1, upcasts: Iterable[UpcastDef] = ()) -> Schema:
    view = ClientDocument("view", shape, version=version)
    return Schema("app", version=1, tables=[], events=[], upcasts=upcasts, client_documents=[view])


def _value(store: Store, id: str) -> Json:
    return get(store, "view", id)["value"]


@pytest.fixture
def written(directory: Path) -> Path:
    """A store in which `whole` and `part` were set."""
    with Store.open(directory, _app(View)) as store:
        whole: JsonObject = {"panel": {"width": 100}, "filter": "open"}
        commit(store, new("view.Set", id="whole", value=whole))
        commit(store, new("view.Set", id="part", value={"filter": "new"}, partial=True))
        assert _value(store, "whole") == {"panel": {"open": True, "width": 100}, "filter": "open"}
    assert_sound(directory, _app(View))
    return directory


def test_a_nested_value_replaces_the_nested_one(written: Path) -> None:
    """Only top-level members are merged."""
    with Store.open(written, _app(View)) as store:
        commit(store, new("view.Set", id="whole", value={"panel": {"open": False}}, partial=True))
        assert _value(store, "whole") == {"panel": {"open": False, "width": 200}, "filter": "open"}
    assert_sound(written, _app(View))


def test_values_of_before_a_member_was_added_have_its_default(written: Path) -> None:
    """S6: the state is derived again, and readers find what the shape says."""
    app = _app(SortedView)
    with Store.open(written, app) as store:
        panel: JsonObject = {"open": True, "width": 100}
        assert _value(store, "whole") == {"panel": panel, "filter": "open", "sort": ["name"]}
        commit(store, new("view.Set", id="part", value={"sort": []}, partial=True))
        panel = {"open": True, "width": 200}
        assert _value(store, "part") == {"panel": panel, "filter": "new", "sort": []}
    assert_sound(written, app)


def test_a_shape_that_refuses_values_of_before_needs_an_upcast(written: Path) -> None:
    """S8: from the event's old name to that of a higher version."""
    with pytest.raises(SchemaError, match=r"v1\.view\.Set.*/args/value/filter"):
        Store.open(written, _app(NumberedView))

    def reset(args: JsonObject) -> JsonObject:
        return {**args, "value": {}}

    app = _app(NumberedView, version=2, upcasts=[UpcastDef("v1.view.Set", "v2.view.Set", reset)])
    with Store.open(written, app) as store:
        assert _value(store, "whole") == {"filter": 0}
    assert_sound(written, app)
