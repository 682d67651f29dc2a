"""Many windows with slow reads at once: none waits for another (Q5)."""

from __future__ import annotations

import threading

from sidecar.core.query import SqlQuery
from sidecar.store import Store
from sidecar.store.readers import PER_WINDOW
from sidecar.store.snapshot import Snapshot
from tests.store.acts import WAIT


def test_a_window_answers_though_ten_others_are_busy(store: Store) -> None:
    """More of them than the pool has threads for, each with more than it may run at once."""
    go_on = threading.Event()
    running = threading.Semaphore(0)

    def slow(snapshot: Snapshot) -> int:
        running.release()
        assert go_on.wait(WAIT)
        return snapshot.head()

    busy = []
    try:
        for window in range(10):
            reads = [store._readers.submit(f"busy {window}", slow) for _ in range(2 * PER_WINDOW)]
            busy.extend(reads)
            # Each has at least one running before the next comes.
            assert running.acquire(timeout=WAIT)
        quick = [
            store.read(SqlQuery(sql="SELECT 1 AS x"), window=f"quick {at % 2}") for at in range(4)
        ]
        assert [list(one.result(WAIT).rows) for one in quick] == [['{"x":1}']] * 4
        assert not any(one.done() for one in busy)
    finally:
        go_on.set()
    assert [one.result(WAIT) for one in busy] == [0] * len(busy)
