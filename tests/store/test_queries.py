"""What queries ask beyond RxDB, of a real store: search, pages, groups, stand-ins, revisions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from sidecar.app import schema
from sidecar.core.errors import ConflictError, NotFoundError, QueryError
from sidecar.core.event import Expect, NewEvent
from sidecar.core.json import Json, JsonObject
from sidecar.core.query import parse_query
from sidecar.store import Store
from sidecar.store.result import Result

NAMES = ["Green tea", "Black tea", "Green apples", "Trains", "Café crème"]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("queries") / "data", schema) as store:
        for at in range(60):
            store.commit([NewEvent("v1.MemoryEntityCreated", _memory(at))])
        store.commit([NewEvent("v1.MemoryTierChanged", {"id": "m07", "tier": "cold"})]).result()
        yield store


def _memory(at: int) -> JsonObject:
    return {
        "id": f"m{at:02}",
        "personaId": f"p{at % 2}",
        "type": ("fact", "event", "preference")[at % 3],
        "name": f"{NAMES[at % 5]} {at}",
        "content": {"text": f"It leaves at {at}", "source": {"kind": "chat" if at % 4 else "mail"}},
        "summary": "Prefers tea that is green" if at % 10 == 3 else "",
        "tags": [f"tag{at % 3}", "all"],
        "importance": at * 7 % 20,
    }


def _result(store: Store, **members: Json) -> Result:
    return store.read(parse_query({"from": "memoryEntities", **members})).result()


def _rows(store: Store, **members: Json) -> list[JsonObject]:
    return [orjson.loads(row) for row in _result(store, **members).rows]


def _ids(store: Store, **members: Json) -> list[str]:
    return [str(row["id"]) for row in _rows(store, **members)]


def _search(store: Store, text: str) -> set[str]:
    return set(_ids(store, selector={"$search": text}))


def _named(*names: str) -> set[str]:
    return {f"m{at:02}" for at in range(60) if NAMES[at % 5] in names}


def test_every_word_of_a_search_must_be_there(store: Store) -> None:
    summarized = {f"m{at:02}" for at in range(3, 60, 10)}
    assert _search(store, "green tea") == _named("Green tea") | summarized
    assert _search(store, '"green tea"') == _named("Green tea")
    assert _search(store, "cafe CREME") == _named("Café crème")
    assert _search(store, "tra*") == _named("Trains")
    assert _search(store, '"it leaves at 4"') == {"m04"}
    assert _search(store, "chat green apples") == {
        one for one in _named("Green apples") if int(one[1:]) % 4
    }


@pytest.mark.parametrize("text", ["", " ", '"', "*", '""', "++", "\0", "nowhere", '"tea green"'])
def test_a_search_without_a_word_that_occurs_finds_nothing(store: Store, text: str) -> None:
    assert _search(store, text) == set()


@pytest.mark.parametrize(
    "text", ["AND", "tea OR trains", "name:tea", "NEAR(a b)", "-tea", "tea)", "^tea", "{a}", "a:*"]
)
def test_nothing_in_a_search_is_syntax(store: Store, text: str) -> None:
    assert isinstance(_search(store, text), set)
    assert _search(store, "tea OR trains") == set()


def test_a_search_ranks_by_where_it_finds_the_words(store: Store) -> None:
    """The name weighs more than the summary."""
    found = _rows(store, selector={"$search": "green tea"}, fields=["id", "_rank"])
    ranks = [row["_rank"] for row in found]
    assert ranks == sorted(ranks, key=lambda rank: float(str(rank)))
    assert {str(row["id"]) for row in found[:6]} <= _named("Green tea")
    sort: list[Json] = [{"id": "desc"}]
    ordered = _ids(store, selector={"$search": "green tea"}, sort=sort)
    assert ordered == sorted(ordered, reverse=True)


def test_a_snippet_alternates_plain_and_matched_text(store: Store) -> None:
    (row,) = _rows(store, selector={"$search": "leaves 44"}, fields=["id", "_snippet"])
    assert row == {"id": "m44", "_snippet": ["It ", "leaves", " at ", "44", " mail"]}


def test_a_search_goes_with_all_else_of_a_query(store: Store) -> None:
    tea: JsonObject = {"$search": "tea", "personaId": "p1", "importance": {"$gte": 5}}
    found = _ids(store, selector=tea)
    assert found
    assert store.read(parse_query(_query(selector=tea, count=True))).result().count == len(found)
    groups = _rows(store, selector={"$search": "tea"}, groupBy=["personaId"], aggregate=_COUNT)
    counts = [
        len(_ids(store, selector={"$search": "tea", "personaId": one})) for one in ("p0", "p1")
    ]
    assert [row["n"] for row in groups] == counts
    sort: list[Json] = [{"importance": "asc"}]
    whole = _rows(store, selector={"$search": "tea"}, sort=sort)
    behind = _ids(store, selector={"$search": "tea"}, sort=sort, after=whole[4])
    assert behind == [row["id"] for row in whole[5:]]


_COUNT: JsonObject = {"n": {"count": True}}


def _query(**members: Json) -> JsonObject:
    return {"from": "memoryEntities", **members}


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"from": "personas", "selector": {"$search": "a"}}, "/selector/$search"),
        (_query(selector={"$search": 5}), "/selector/$search"),
        (_query(selector={"$search": "tea " * 65}), "/selector/$search"),
        (_query(selector={"$and": [{"$search": "a"}]}), "/selector/$and/0/$search"),
        (_query(selector={"name": {"$search": "a"}}), "/selector/name/$search"),
        (_query(selector={"$search": "a"}, after={"id": "m01"}), "/after"),
        (_query(fields=["_snippet"]), "/fields/0"),
    ],
)
def test_a_search_that_means_nothing_says_where(
    store: Store, members: JsonObject, path: str
) -> None:
    with pytest.raises(QueryError) as refused:
        store.read(parse_query(members)).result()
    assert refused.value.data["path"] == path
    assert refused.value.hint


@pytest.mark.parametrize("way", ["asc", "desc"])
@pytest.mark.parametrize("size", [1, 7])
def test_pages_behind_the_last_row_make_up_the_whole(store: Store, way: str, size: int) -> None:
    sort: list[Json] = [{"importance": way}]
    pages: list[str] = []
    after: JsonObject = {}
    while True:
        behind: JsonObject = {"after": after} if after else {}
        fields: list[Json] = ["id", "importance"]
        rows = _rows(store, sort=sort, limit=size, fields=fields, **behind)
        if not rows:
            break
        pages += [str(row["id"]) for row in rows]
        after = rows[-1]
    assert pages == _ids(store, sort=sort)
    assert len(pages) == 60


def test_first_may_be_required_or_have_a_stand_in(store: Store) -> None:
    nobody: JsonObject = {"selector": {"id": "nobody"}}
    assert _rows(store, first="required", selector={"id": "m01"})[0]["id"] == "m01"
    with pytest.raises(NotFoundError):
        _result(store, first="required", **nobody)
    assert _rows(store, first=True, **nobody) == []
    assert _rows(store, first=True, fallback={"id": "x", "a": [1]}, **nobody) == [
        {"id": "x", "a": [1]}
    ]
    assert _rows(store, first=True, fallback={"id": "x"}, selector={"id": "m01"})[0]["id"] == "m01"


def test_the_revision_a_query_tells_is_the_one_expect_takes(store: Store) -> None:
    """S13."""
    (row,) = _rows(store, selector={"id": "m07"}, fields=["_seq"])
    assert row == {"_seq": 61}
    changed = NewEvent("v1.MemoryTierChanged", {"id": "m07", "tier": "warm"})
    stale = NewEvent(changed.name, changed.args, expect=[Expect("memoryEntities", "m07", 8)])
    with pytest.raises(ConflictError):
        store.commit([stale]).result()
    fresh = NewEvent(changed.name, changed.args, expect=[Expect("memoryEntities", "m07", 61)])
    store.commit([fresh]).result()
    assert _rows(store, selector={"id": "m07"}, fields=["_seq"]) == [{"_seq": 62}]


def test_a_page_begins_behind_a_text_that_orders_unlike_all_the_texts_there(
    directory: Path,
) -> None:
    """Q3: by UTF-16 unit a character beyond U+FFFF comes before U+FB01, which no row has."""
    ids = ["\U0001f600", "a"]
    with Store.open(directory, schema) as store:
        store.commit(
            [NewEvent("v1.MemoryEntityCreated", {**_memory(0), "id": one}) for one in ids]
        ).result()
        assert _ids(store, sort=[{"id": "desc"}], after={"id": "\ufb01"}) == ids
