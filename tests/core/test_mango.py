"""What each operator means (Q1, Q3), by the reference, by SQL, and by mingo itself."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sidecar.core.collection import collection_table
from sidecar.core.compile import compile_query
from sidecar.core.errors import QueryError
from sidecar.core.json import Json, JsonObject
from sidecar.core.mango import OPERATORS
from sidecar.core.mango import test as holds_for
from sidecar.core.query import DocumentQuery, parse_query
from sidecar.store.driver import Connection, connect
from sidecar.store.layout import create_table
from tests.oracle.generate import KEY, Generator

BRIDGE = Path(__file__).parents[2] / "electron-bridge"

TABLE = collection_table(
    "things",
    "id",
    {
        "properties": {"s": {"type": "string"}, "n": {"type": "number"}, "b": {"type": "boolean"}},
        "indexes": ["s", "n", "b"],
    },
)

Ask = Callable[[list[JsonObject], JsonObject], list[int]]


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    connection = connect(tmp_path / "store.db", key=None)
    connection.create_function("_event_seq", 0, lambda: 0)
    connection.execute("BEGIN")
    create_table(connection, TABLE)
    yield connection
    connection.close()


@pytest.fixture
def ask(connection: Connection) -> Ask:
    """Which of some documents match, by SQL, which agrees with the reference."""

    def ask(documents: list[JsonObject], selector: JsonObject) -> list[int]:
        connection.execute("DELETE FROM things")
        for at, document in enumerate(documents):
            insert = TABLE.put({**document, "id": str(at)})
            connection.execute(insert.sql, insert.params)
        query = parse_query({"from": "things", "selector": selector})
        assert isinstance(query, DocumentQuery)
        compiled = compile_query(TABLE, query)
        found = sorted(int(id) for id, _ in connection.execute(compiled.sql, compiled.params))
        assert found == [at for at, one in enumerate(documents) if holds_for(one, selector)]
        return found

    return ask


VALUES: list[Json] = [
    *(None, 0, 1, 2.5, -1, "", "a", "b", "10", "😀", "\ue000", True, False),
    *([], [None], [1, "a"], [[1]], [{"k": 1}], {}, {"k": 1}, {"k": [1, 2]}),
]
"""Values of a field `f` in as many documents."""


def but(*values: Json) -> list[Json]:
    """Return all values but these; compared as JSON, since 1 is True to Python."""
    texts = [json.dumps(value) for value in values]
    return [one for one in VALUES if json.dumps(one) not in texts]


CASES: list[tuple[JsonObject, list[Json]]] = [
    ({"$eq": 1}, [1, [1, "a"]]),
    ({"$eq": "a"}, ["a", [1, "a"]]),
    ({"$eq": False}, [False]),
    ({"$eq": []}, [[]]),
    ({"$eq": {}}, [{}]),
    ({"$eq": [1]}, [[[1]]]),
    ({"$eq": {"k": 1}}, [[{"k": 1}], {"k": 1}]),
    ({"$ne": "a"}, but("a", [1, "a"])),
    ({"$gt": 0}, [1, 2.5, [1, "a"]]),
    ({"$gte": 1}, [1, 2.5, [1, "a"]]),
    ({"$lt": 1}, [0, -1]),
    ({"$lte": 0}, [0, -1]),
    ({"$gt": "a"}, ["b", "😀", "\ue000"]),
    ({"$gt": "😀"}, ["\ue000"]),
    ({"$lt": "\ue000", "$gte": "b"}, ["b", "😀"]),
    ({"$gt": False}, [True]),
    ({"$gt": {}}, [[{"k": 1}], {"k": 1}, {"k": [1, 2]}]),
    ({"$gt": [0]}, [[[1]]]),
    ({"$in": [1, "a"]}, [1, "a", [1, "a"]]),
    ({"$in": []}, []),
    ({"$in": [{}, [1]]}, [[[1]], {}]),
    ({"$nin": [None, "a", 0]}, but(None, 0, "a", [None], [1, "a"])),
    ({"$size": 1}, [[None], [[1]], [{"k": 1}]]),
    ({"$size": 0}, [[]]),
    ({"$mod": [2, 1]}, [1, True, [1, "a"], [[1]]]),
    ({"$mod": [2, 0]}, [None, 0, "", "10", False, [None]]),
    ({"$mod": [2, 0.5]}, [2.5]),
    ({"$mod": [0, 0]}, []),
    ({"$type": "string"}, ["", "a", "b", "10", "😀", "\ue000"]),
    ({"$type": "int"}, [0, 1, -1]),
    ({"$type": ["bool", 10]}, [None, True, False]),
    ({"$type": "object"}, [{}, {"k": 1}, {"k": [1, 2]}]),
    ({"$type": "nothing"}, []),
    ({"$regex": "^[ab]$"}, ["a", "b", [1, "a"]]),
    ({"$regex": "A", "$options": "i"}, ["a", [1, "a"]]),
    ({"$regex": "^..$"}, ["10", "😀"]),
    ({"$not": {"$exists": True}}, []),
    ({"$not": {"$gt": 0, "$lt": 2}}, but(1, [1, "a"])),
    ({"$elemMatch": {"$gt": 0}}, [[1, "a"], [[1]]]),
    ({"$elemMatch": {"$gt": 0, "$type": "string"}}, []),
    ({"$elemMatch": {"k": 1}}, [[1, "a"], [{"k": 1}]]),
    ({"$elemMatch": {}}, [[{"k": 1}]]),
    ({"$exists": True}, VALUES),
    ({"$like": "_"}, ["a", "b", "😀", "\ue000", [1, "a"]]),
    ({"$like": "1%"}, ["10"]),
    ({"$like": "%0"}, ["10"]),
    ({"$like": "A"}, []),
    ({"$like": "\\a"}, ["a", [1, "a"]]),
    ({"$like": "%"}, ["", "a", "b", "10", "😀", "\ue000", [1, "a"]]),
    ({"$ilike": "A"}, ["a", [1, "a"]]),
    ({"$ilike": "%1%"}, ["10"]),
    ({"$contains": "1"}, ["10"]),
    ({"$contains": "a"}, ["a", [1, "a"]]),
    ({"$contains": ""}, ["", "a", "b", "10", "😀", "\ue000"]),
    ({"$contains": 1}, [[1, "a"]]),
    ({"$contains": None}, [[None]]),
    ({"$contains": {"k": 1}}, [[{"k": 1}]]),
]


@pytest.mark.parametrize(
    ("condition", "matching"), CASES, ids=[json.dumps(condition) for condition, _ in CASES]
)
def test_operator(ask: Ask, condition: JsonObject, matching: list[Json]) -> None:
    documents: list[JsonObject] = [{"f": value} for value in VALUES]
    found = [VALUES[at] for at in ask(documents, {"f": condition})]
    assert json.dumps(found) == json.dumps(matching)


def test_every_operator_has_a_case() -> None:
    named = {name for condition, _ in CASES for name in condition}
    assert named >= {*OPERATORS, "$not", "$exists"}


@pytest.mark.parametrize("field", ["s", "n", "b", "f", "f.k"])
@pytest.mark.parametrize("condition", [{"$ne": "a"}, {"$nin": [1]}, {"$not": {"$gt": 0}}])
def test_a_negation_matches_missing(ask: Ask, field: str, condition: JsonObject) -> None:
    assert ask([{}], {field: condition}) == [0]


@pytest.mark.parametrize("field", ["s", "n", "b", "f"])
def test_null_is_missing_but_for_exists_type_and_ranges(ask: Ask, field: str) -> None:
    documents: list[JsonObject] = [{}, {field: None}]
    assert ask(documents, {field: None}) == [0, 1]
    assert ask(documents, {field: {"$in": [None]}}) == [0, 1]
    assert ask(documents, {field: {"$ne": None}}) == []
    assert ask(documents, {field: {"$exists": True}}) == [1]
    assert ask(documents, {field: {"$exists": False}}) == [0]
    assert ask(documents, {field: {"$gte": None}}) == [1]
    assert ask(documents, {field: {"$gt": None}}) == []
    assert ask(documents, {field: {"$type": "null"}}) == [1]
    assert ask(documents, {field: {"$type": "undefined"}}) == [0, 1]


@pytest.mark.parametrize(
    ("selector", "matching"),
    [
        ({"$and": []}, [0, 1, 2]),
        ({"$or": []}, []),
        ({"$nor": []}, [0, 1, 2]),
        ({"$and": [{"s": "a"}, {"n": 1}]}, [0]),
        ({"$or": [{"s": "b"}, {"n": 1}]}, [0, 1]),
        ({"$nor": [{"s": "b"}, {"n": 1}]}, [2]),
        ({"$or": [{"s": "a"}], "n": 2}, []),
        ({"s": {"$not": {"$eq": "a"}}, "n": {"$exists": False}}, [2]),
    ],
)
def test_selectors_join(ask: Ask, selector: JsonObject, matching: list[int]) -> None:
    assert ask([{"s": "a", "n": 1}, {"s": "b", "n": 2}, {}], selector) == matching


@pytest.mark.parametrize(
    ("path", "condition", "matches"),
    [
        ("a.k", 1, True),
        ("a.k", {"$gt": 1, "$lt": 2}, True),  # through two elements
        ("a", {"$elemMatch": {"k": {"$gt": 1, "$lt": 2}}}, False),
        ("a.0.k", 1, True),
        ("a.1.k", 1, False),
        ("a.2.k", {"$exists": False}, True),
        ("a.99999999999.k", {"$exists": False}, True),
        ("a." + "9" * 5000 + ".k", {"$exists": False}, True),
        ("a.00001.k", 3, True),
        ("a.k", {"$exists": True}, True),
        ("a.k", [1, 3], True),
        ("a.length", 2, False),
        ("s.k", {"$exists": False}, True),
    ],
)
def test_a_path_fans_out_over_arrays(ask: Ask, path: str, condition: Json, matches: bool) -> None:
    document: JsonObject = {"s": "x", "a": [{"k": 1}, {"k": 3}]}
    assert ask([document], {path: condition}) == ([0] if matches else [])


@pytest.mark.parametrize(
    "selector",
    [
        {"f": {"$all": [1]}},
        {"$where": "1"},
        {"$not": {"f": 1}},
        {"f": {"$in": 1}},
        {"f": {"$gt": 1, "x": 2}},
        {"f": {"$regex": "("}},
        {"f": {"$regex": "a", "$options": "q"}},
        {"f": {"$mod": [2]}},
        {"f": {"$elemMatch": 1}},
        {"f..g": 1},
    ],
)
def test_what_means_nothing_is_refused(ask: Ask, selector: JsonObject) -> None:
    with pytest.raises(QueryError):
        ask([{}], selector)


@pytest.mark.skipif(
    shutil.which("node") is None or not (BRIDGE / "node_modules" / "mingo").is_dir(),
    reason="needs Node and the bridge's packages: python3 build/dev.py setup",
)
@pytest.mark.parametrize("seed", [1, random.SystemRandom().randrange(2**32)], ids=["1", "fresh"])
def test_the_reference_agrees_with_mingo(seed: int) -> None:
    """3,000 pairs and more of a document and a selector."""
    generator = Generator(seed)
    cases = [generator.case(25) for _ in range(30)]
    lines = [
        json.dumps({"documents": one.documents, "selectors": [q["selector"] for q in one.queries]})
        for one in cases
    ]
    script = Path(__file__).with_name("mingo.mjs")
    done = subprocess.run(
        ["node", str(script), str(BRIDGE)],
        input="\n".join(lines),
        capture_output=True,
        encoding="utf-8",
        timeout=50,
        check=True,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    for case, answer in zip(cases, answers, strict=True):
        for query, expected in zip(case.queries, answer, strict=True):
            selector = query["selector"]
            assert isinstance(selector, dict)
            got = [at for at, one in enumerate(case.documents) if holds_for(one, selector)]
            ids = [case.documents[at][KEY] for at in {*got} ^ {*expected}]
            assert got == expected, (seed, selector, ids)
    assert sum(len(one.documents) * len(one.queries) for one in cases) > 3_000
