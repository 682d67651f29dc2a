from __future__ import annotations

import json
from typing import cast

import orjson
from hypothesis import given
from hypothesis import strategies as st

from sidecar.core.patch import Patch, Upsert, apply
from sidecar.live.standing import standing_of
from sidecar.live.step import Change
from sidecar.live.view import View
from sidecar.store import Result

TABLES = frozenset({"personas"})
ERROR: dict[str, object] = {"code": -32006, "message": "late", "data": {"code": "E_TIMEOUT"}}


def rows(*documents: tuple[str, int], head: int = 1) -> Result:
    """Return a result of documents with an id and one value."""
    texts = [json.dumps({"id": key, "value": value}) for key, value in documents]
    return Result("rows", head, TABLES, texts, [key for key, _ in documents], "id")


def advanced(view: View, result: Result) -> Change | None:
    return view.advance(standing_of(result), result)


def decoded(change: Change | None) -> dict[str, object]:
    return cast("dict[str, object]", json.loads(orjson.dumps(change)))


def test_nothing_is_told_when_nothing_changed() -> None:
    """L4."""
    view = View(standing_of(rows(("a", 1), ("b", 2))))
    assert advanced(view, rows(("a", 1), ("b", 2), head=2)) is None
    count = View(standing_of(Result("count", 1, TABLES, count=3)))
    assert advanced(count, Result("count", 2, TABLES, count=3)) is None


def test_only_what_changed_is_told() -> None:
    view = View(standing_of(rows(("a", 1), ("b", 2), ("c", 3))))
    assert decoded(advanced(view, rows(("b", 2), ("c", 4), head=2))) == {
        "patch": {
            "head": 2,
            "remove": ["a"],
            "upsert": [{"at": 1, "row": {"id": "c", "value": 4}}],
        }
    }


def test_an_order_that_no_upsert_gives_is_told() -> None:
    view = View(standing_of(rows(("a", 1), ("b", 2))))
    change = decoded(advanced(view, rows(("b", 2), ("a", 1), head=2)))
    assert change == {"patch": {"head": 2, "remove": [], "upsert": [], "order": ["b", "a"]}}


def test_what_has_no_primary_key_is_told_whole() -> None:
    """L2: SQL, counts and single rows."""
    sql = View(standing_of(Result("rows", 1, TABLES, ['{"n":1}'])))
    assert decoded(advanced(sql, Result("rows", 2, TABLES, ['{"n":2}']))) == {
        "result": {"rows": [{"n": 2}]}
    }
    first = View(standing_of(Result("row", 1, TABLES, ['{"id":"a"}'], ["a"], "id")))
    assert decoded(advanced(first, Result("row", 2, TABLES, [], [], "id"))) == {
        "result": {"row": None}
    }
    count = View(standing_of(Result("count", 1, TABLES, count=0)))
    assert decoded(advanced(count, Result("count", 2, TABLES, count=1))) == {"result": {"count": 1}}


def test_an_error_is_told_once_and_its_end_with_the_whole_result() -> None:
    """What the client had when it began to fail may be anything by then."""
    view = View(standing_of(rows(("a", 1))))
    assert view.fail(ERROR) == {"error": ERROR}  # type: ignore[arg-type]
    assert view.fail(ERROR) is None  # type: ignore[arg-type]
    assert decoded(advanced(view, rows(("a", 1), head=2))) == {
        "result": {"rows": [{"id": "a", "value": 1}]}
    }
    assert advanced(view, rows(("a", 1), head=3)) is None
    assert view.fail(ERROR) == {"error": ERROR}  # type: ignore[arg-type]


@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from("abcdef"), st.integers(0, 2)),
            max_size=6,
            unique_by=lambda one: one[0],
        ),
        min_size=1,
        max_size=8,
    )
)
def test_the_messages_lead_to_the_last_result(results: list[list[tuple[str, int]]]) -> None:
    """L1 and L4: by every message in turn, and by none exactly when nothing changed."""
    first, *later = results
    held = dict(first)
    view = View(standing_of(rows(*first)))
    for documents in later:
        change = advanced(view, rows(*documents))
        assert (change is None) == (list(held.items()) == documents)
        if change is not None:
            held = apply(held, _patch(decoded(change)["patch"]))
        assert list(held.items()) == documents


def _patch(wire: object) -> Patch[int]:
    message = cast("dict[str, list[dict[str, dict[str, object]]]]", wire)
    upserts = [
        Upsert(
            cast("int", one["at"]), cast("str", one["row"]["id"]), cast("int", one["row"]["value"])
        )
        for one in message["upsert"]
    ]
    return Patch(
        cast("list[str]", message["remove"]),
        upserts,
        cast("list[str] | None", message.get("order")),
    )
