from __future__ import annotations

import pytest

from sidecar.core.json import JsonObject
from sidecar.core.query import DocumentQuery, SqlQuery
from sidecar.rpc.binding import bind, by_name
from sidecar.rpc.jsonrpc import InvalidParamsError
from sidecar.rpc.params import CommitParams, EventsListParams, MigrateParams


def test_params_by_position_take_the_members_order() -> None:
    assert by_name((EventsListParams,), [5, 10]) == {"after": 5, "limit": 10}
    query = by_name((DocumentQuery, SqlQuery), ["personas", {"id": 1}])
    assert query == {"from": "personas", "selector": {"id": 1}}
    assert by_name((CommitParams,), []) == {}


def wrong_places(params: JsonObject, model: type = CommitParams) -> list[str]:
    with pytest.raises(InvalidParamsError) as raised:
        bind(model, params)
    return [str(error["path"]) for error in raised.value.errors]


def test_an_error_names_the_place_in_what_was_sent() -> None:
    event: JsonObject = {"name": "v1.A", "args": {}}
    assert wrong_places({}) == ["/events"]
    assert wrong_places({"events": [event, {**event, "args": 1}]}) == ["/events/1/args"]
    assert wrong_places({"events": [event], "unknown": 1}) == ["/unknown"]
    wrong: JsonObject = {"name": "", "args": {}, "expect": [{"collection": "x", "id": "y"}]}
    assert wrong_places({"events": [wrong]}) == ["/events/0/name", "/events/0/expect/0/seq"]


def test_the_names_of_union_members_are_no_places() -> None:
    """Pydantic tells them; a caller has never heard of them."""
    paths = wrong_places({"source": {"path": 5}}, MigrateParams)
    assert set(paths) <= {"/source/path", "/source/data", "/source/migration", "/source"}


def test_many_errors_are_the_first_ones() -> None:
    assert len(wrong_places({f"u{n}": 1 for n in range(100)})) == 20
