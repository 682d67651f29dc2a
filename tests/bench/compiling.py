"""What compiling a query costs, apart from running it; in this process, without a socket."""

from __future__ import annotations

import functools
import gc
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sidecar.app import schema
from sidecar.core.compile import Compiled, compile_query
from sidecar.core.event import NewEvent
from sidecar.core.json import JsonObject
from sidecar.core.query import DocumentQuery, parse_query
from sidecar.store import Store
from sidecar.store.snapshot import Snapshot
from tests.bench.data import batches
from tests.bench.measure import median
from tests.bench.workloads import workloads

_MEMORIES = 10_000
_SECONDS = 0.3
_MOST = 1_000
_STEPS = ("parse", "compile cold", "compile again", "SQLite compiles", "run")


async def run() -> None:
    """Print the median microseconds of each step, for the query of each workload."""
    print(f"  {f'{_MEMORIES:,} memories, median µs':<36}", *(f"{step:>16}" for step in _STEPS))
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder), schema) as store:
        for batch in batches(_MEMORIES):
            store.commit([NewEvent(name, args) for name, args in batch]).result()
        for workload in workloads(_MEMORIES):
            costs = _costs(store, workload.questions[-1])
            print(f"  {workload.name:<36}", *(f"{cost:>16,.0f}" for cost in costs), flush=True)


def _costs(store: Store, question: JsonObject) -> list[float]:
    query = parse_query(question)
    assert isinstance(query, DocumentQuery)
    table = store.collection(query.from_)
    compiled = compile_query(table, query)
    return [
        _microseconds(lambda: parse_query(question)),
        _microseconds(lambda: compile_query(table, query), before=_forget),
        _microseconds(lambda: compile_query(table, query)),
        *store._readers.submit("bench", lambda snapshot: _in_sqlite(snapshot, compiled)).result(),
    ]


def _in_sqlite(snapshot: Snapshot, compiled: Compiled) -> list[float]:
    connection = snapshot._connection
    plans = 0

    def explain() -> None:
        # In other words each time, as the driver keeps statements compiled; only its first row.
        nonlocal plans
        plans += 1
        connection.execute(f"EXPLAIN {compiled.sql} -- {plans}", compiled.params).close()

    return [
        _microseconds(explain),
        _microseconds(lambda: snapshot.rows(compiled.sql, compiled.params)),
    ]


def _microseconds(work: Callable[[], object], before: Callable[[], None] | None = None) -> float:
    """Return the median of what it takes; it ran once before."""
    work()
    took: list[float] = []
    end = time.perf_counter() + _SECONDS
    while len(took) < 3 or (len(took) < _MOST and time.perf_counter() < end):
        if before is not None:
            before()
        start = time.perf_counter()
        work()
        took.append(time.perf_counter() - start)
    return median(took) * 1e6


def _forget() -> None:
    """Empty every cache of functools that the package made."""
    for one in gc.get_objects():
        if type(one) is functools._lru_cache_wrapper and one.__module__.startswith("sidecar."):
            one.cache_clear()
