"""Steps: what the changed rows make of a result, beside the query run afresh."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import cast

import orjson
import pytest

from sidecar.core.errors import SidecarError
from sidecar.core.event import NewEvent
from sidecar.core.json import Json, JsonObject
from sidecar.core.query import DocumentQuery, parse_query
from sidecar.live.footprint import of_documents
from sidecar.live.standing import Standing, standing_of
from sidecar.live.step import MOST_ROWS, Moment, Step, Stepper, steppable
from sidecar.store import Committed, Store
from sidecar.store.snapshot import Snapshot
from tests.live.traces import DEFINED, Trace, schema
from tests.rpc.serving import apply_patch


class Stepping:
    """A live query that is kept by steps, and run where there is none.

    Args:
        store: Where it is asked.
        query: The query.
    """

    def __init__(self, store: Store, query: JsonObject) -> None:
        self._store = store
        self._query = parse_query(query)
        self.stepper: Stepper | None = None
        if isinstance(self._query, DocumentQuery):
            table = store.tables[self._query.from_]
            footprint = of_documents(self._query, table)
            if steppable(self._query, footprint):
                self.stepper = Stepper(self._query, footprint, table)
        self.run()

    def run(self) -> None:
        """Take the result of the query run afresh."""
        result = self._store.read(self._query).result()
        self.standing: Standing = standing_of(result)
        self.held: object = next(iter(orjson.loads(orjson.dumps(result.body())).values()))

    def take(self, committed: list[Committed]) -> Step | None:
        """Take what commits changed; check the step they make, if any, and run the query."""
        before, held = self.standing, self.held
        stepper = self.stepper
        assert isinstance(self._query, DocumentQuery)
        known = [one.changes.get(self._query.from_) for one in committed]
        changes = [change for change in known if change is not None]
        if len(changes) < len(known):
            self.run()
            return None

        def step(snapshot: Snapshot) -> Step | None:
            moment = Moment(snapshot, {})
            return None if stepper is None else stepper.step(moment, before, changes)

        found = self._store.glance(step)
        self.run()
        if found is not None:
            assert found.before is before
            assert found.after == self.standing
            assert (found.change is None) == (found.after is before)
            assert _applied(held, found) == self.held
        return found


def _applied(held: object, step: Step) -> object:
    if step.change is None:
        return held
    change = orjson.loads(orjson.dumps(step.told(1)))
    if "patch" in change:
        assert change["patch"]["remove"] or change["patch"]["upsert"]
        return apply_patch(held, "id", change["patch"])
    return change["result"]["count"]


class Watched(Store):
    """A store whose commits are remembered."""

    committed: list[Committed]

    def remember(self, committed: Committed) -> None:
        """Take a commit."""
        self.committed.append(committed)

    def write(self, *events: NewEvent) -> list[Committed]:
        """Commit events, each by itself; return what those that were not refused did."""
        self.committed = []
        for event in events:
            with suppress(SidecarError):
                self.commit([event]).result()
        return self.committed


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Watched]:
    with Watched.open(tmp_path / "data", schema) as store:
        assert isinstance(store, Watched)
        store.committed = []
        store.observe(store.remember)
        store.watch(frozenset({"things", DEFINED}))
        yield store


def thing(id: str, **fields: Json) -> NewEvent:
    document: JsonObject = {"id": id, **fields}
    return NewEvent("v1.DocumentInserted", {"collection": "things", "document": document})


def patched(id: str, **fields: Json) -> NewEvent:
    args: JsonObject = {"collection": "things", "id": id, "patch": fields}
    return NewEvent("v1.DocumentPatched", args)


def deleted(id: str) -> NewEvent:
    return NewEvent("v1.DocumentDeleted", {"collection": "things", "id": id})


@pytest.mark.parametrize("seed", range(12))
def test_a_step_leads_to_the_query_run_afresh(store: Watched, seed: int) -> None:
    """L1 and L3, whatever SQL changed the rows."""
    trace = Trace(seed)
    store.write(*trace.start())
    queries: list[Stepping] = []
    steps = told = 0
    for batches in trace.steps(100):
        while len(queries) < 12:
            with suppress(SidecarError):
                query = Stepping(store, trace.query())
                queries += [query] if query.stepper is not None else []
        committed = store.write(*(event for batch in batches for event in batch))
        for query in queries:
            step = query.take(committed)
            steps += step is not None
            told += step is not None and step.change is not None
        queries = [one for one in queries if trace.random.random() < 0.9]
    assert steps > told > 0


RISING: JsonObject = {"from": "things", "sort": [{"age": "asc"}]}
FALLING: JsonObject = {**RISING, "sort": [{"age": "desc"}]}
YOUNG: JsonObject = {**RISING, "selector": {"age": {"$lt": 30}}}


@pytest.mark.parametrize(
    ("query", "events", "told"),
    [
        (RISING, [patched("b", name="x")], "+b@1"),
        (RISING, [thing("d", age=15)], "+d@1"),
        (FALLING, [thing("d", age=15)], "+d@2"),
        (RISING, [thing("d", age=15), thing("e", age=16), thing("f")], "+f@0 +d@2 +e@3"),
        (RISING, [deleted("b")], "-b"),
        (RISING, [patched("a", age=25)], "+a@1"),
        (RISING, [patched("a", age=20)], "+a@0"),
        (RISING, [patched("a", name="x"), patched("a", name="a")], ""),
        (RISING, [thing("d", age=1), deleted("d")], ""),
        (YOUNG, [patched("b", age=40)], "-b"),
        (YOUNG, [patched("c", age=5)], "+c@0"),
        (YOUNG, [patched("c", name="x")], ""),
        ({**RISING, "limit": 2}, [thing("d", age=1)], "-b +d@0"),
        ({**RISING, "limit": 2}, [thing("d", age=99)], ""),
        ({**RISING, "limit": 2}, [patched("c", age=1)], "-b +c@0"),
        ({**RISING, "limit": 2}, [deleted("c")], ""),
        ({**RISING, "limit": 2}, [deleted("a"), thing("d", age=1)], "-a +d@0"),
        ({**RISING, "limit": 2}, [deleted("a")], None),
        ({**RISING, "limit": 2}, [patched("a", age=99)], None),
        ({**RISING, "limit": 4}, [patched("a", age=99), thing("d", age=98)], "+d@2 +a@3"),
        ({**RISING, "limit": 0}, [thing("d", age=1)], ""),
        ({**RISING, "fields": ["id", "age"]}, [patched("a", name="x")], ""),
        ({**RISING, "fields": ["id", "age"]}, [patched("a", age=11)], "+a@0"),
        ({**RISING, "fields": ["id", "_seq"]}, [patched("a", name="a")], "+a@0"),
        ({**RISING, "fields": ["name"]}, [patched("a", name="x")], None),
        ({**RISING, "skip": 1}, [patched("c", name="x")], None),
        ({**RISING, "first": True}, [patched("a", name="x")], None),
        ({"from": "things", "sort": [{"meta.a": "desc"}]}, [patched("b", meta={"a": 1})], "+b@0"),
        ({**YOUNG, "count": True, "sort": []}, [thing("d", age=1), deleted("c")], "3"),
        ({**YOUNG, "count": True, "sort": []}, [patched("b", age=28)], ""),
        (RISING, [thing(f"n{at}") for at in range(MOST_ROWS + 1)], None),
        (RISING, [patched("a", name="x" * 100_000)], None),
    ],
)
def test_what_the_changed_rows_tell(
    store: Watched, query: JsonObject, events: list[NewEvent], told: str | None
) -> None:
    """L2: the rows that came, changed or moved, and no others; None where the query must be run."""
    store.write(*(thing(id, age=age, name=id) for id, age in (("a", 10), ("b", 20), ("c", 30))))
    step = Stepping(store, query).take(store.write(*events))
    assert (None if step is None else _brief(step)) == told


def _brief(step: Step) -> str:
    if step.change is None:
        return ""
    change = orjson.loads(orjson.dumps(step.told(1)))
    if "result" in change:
        return str(change["result"]["count"])
    upsert = cast("list[dict[str, dict[str, str]]]", change["patch"]["upsert"])
    came = [f"+{one['row']['id']}@{one['at']}" for one in upsert]
    return " ".join([*(f"-{id}" for id in change["patch"]["remove"]), *came])
