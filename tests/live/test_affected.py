"""The index over a real store: a live query whose result a commit changed was affected (L3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import orjson
import pytest

from sidecar.core.errors import SidecarError
from sidecar.core.query import DocumentQuery, Query, parse_query
from sidecar.live.footprint import of_documents, of_sql
from sidecar.live.index import Index
from sidecar.store import Committed, Result, Store
from sidecar.store.readers import Reading
from tests.live.traces import Trace, schema
from tests.store.acts import WAIT

QUERIES = 40
STEPS = 40


@dataclass
class Watched:
    """Queries, what each last answered, and the index that says which a commit may affect."""

    store: Store
    queries: list[Query]
    index: Index[int] = field(default_factory=Index)
    answers: list[object] = field(default_factory=list)
    told: list[Committed] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store.observe(self.told.append)
        for at, result in enumerate(self.read()):
            if isinstance(result, Result):
                self.index.put(at, self._footprint(self.queries[at], result))
            else:
                self.index.put(at, None)
            self.answers.append(body(result))
        self.store.watch(self.index.tables)

    def _footprint(self, query: Query, result: Result) -> object:
        tables = self.store.tables
        if isinstance(query, DocumentQuery):
            return of_documents(query, tables[query.from_])
        return of_sql(query, result.reads, tables)

    def read(self) -> list[Result | str]:
        def answer(future: Reading[Result]) -> Result | str:
            try:
                return future.result(WAIT)
            except SidecarError as error:
                return error.code

        return [answer(one) for one in [self.store.read(query) for query in self.queries]]

    def check(self) -> tuple[int, int]:
        """Look at all of them; return how many changed, and how many were affected."""
        affected = {
            at
            for committed in self.told
            for at in self.index.affected(committed.tables, committed.changes)
        }
        self.told.clear()
        fresh = [body(result) for result in self.read()]
        changed = {at for at, answer in enumerate(fresh) if answer != self.answers[at]}
        missed = [self.queries[at] for at in changed - affected]
        assert not missed
        self.answers = fresh
        return len(changed), len(affected)


def body(result: Result | str) -> object:
    return result if isinstance(result, str) else orjson.dumps(result.body())


def commit(store: Store, batches: list[list]) -> None:
    futures = [store.commit(batch) for batch in batches]
    for future in futures:
        future.exception(WAIT)


@pytest.mark.parametrize("seed", range(12))
def test_what_changed_was_affected(tmp_path: Path, seed: int) -> None:
    """Random writes of every kind, under random queries of every kind."""
    trace = Trace(seed)
    with Store.open(tmp_path / "data", schema) as store:
        store.commit(trace.start()).result(WAIT)
        queries = [parse_query(trace.query()) for _ in range(QUERIES)]
        watched = Watched(store, queries)
        for batches in trace.steps(STEPS):
            commit(store, batches)
            watched.check()
