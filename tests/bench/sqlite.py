"""The floor of a query: what SQLite alone takes, with our driver, in this process.

The statements are what one would write by hand against the same table; the rows are fetched and
left as they are. There is none for a regular expression, which SQLite does not have of itself.
"""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

from sidecar.store.driver import Connection, connect
from sidecar.store.store import FILE
from tests.bench.results import Spread

_ALL = "SELECT * FROM memoryEntities"
_NEWEST = f"{_ALL} ORDER BY lastAccessed DESC, id LIMIT 50"
_PERSONA = "personaId = 'p' || (? % 20)"

_STATEMENTS = {
    "get by key": f"{_ALL} WHERE id = printf('m%07d', ?)",
    "page of 50, oldest first": f"{_ALL} ORDER BY lastAccessed, id LIMIT 50",
    "page of 50, newest first": _NEWEST,
    "page of 50 from the middle, newest first": f"{_NEWEST} OFFSET ?",
    "a persona's top 100": f"{_ALL} WHERE {_PERSONA} ORDER BY importance DESC, id LIMIT 100",
    "scan for what an array contains": f"{_ALL} WHERE EXISTS "
    "(SELECT 1 FROM json_each(tags) WHERE value = 'tag' || (5 + ? % 12)) ORDER BY id",
    "count of a persona's": f"SELECT count(*) FROM memoryEntities WHERE {_PERSONA}",
    "count of all": "SELECT count(*) FROM memoryEntities",
    "find all": f"{_ALL} ORDER BY id",
}

_SECONDS = 0.5
_MOST = 250


def measure(data_dir: Path, documents: int) -> dict[str, Spread]:
    """Return how long each statement takes on a store that `app` left, in milliseconds."""
    with closing(connect(data_dir / FILE, key=None, read_only=True)) as connection:
        return {
            workload: Spread.of(_took(connection, sql, documents))
            for workload, sql in _STATEMENTS.items()
        }


def _took(connection: Connection, sql: str, documents: int) -> list[float]:
    """Run a statement for a while, each time with another parameter; the first does not count."""
    took: list[float] = []
    end = time.perf_counter() + _SECONDS
    for number in range(_MOST + 1):
        parameters = (number * 7919 % documents,) if "?" in sql else ()
        if "OFFSET" in sql:
            parameters = (documents // 2,)
        start = time.perf_counter()
        connection.execute(sql, parameters).fetchall()
        took.append((time.perf_counter() - start) * 1e3)
        if len(took) > 3 and time.perf_counter() > end:
            break
    return took[1:]
