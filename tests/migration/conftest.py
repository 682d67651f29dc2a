"""A real store on disk, and the files that go into it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest

from sidecar.app import schema
from sidecar.core.json import JsonObject
from sidecar.core.query import DocumentQuery, SqlQuery
from sidecar.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An open store of the PJAIS schema."""
    with Store.open(tmp_path / "data", schema) as opened:
        yield opened


class Reader:
    """What a user would read from a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self, collection: str) -> dict[str, JsonObject]:
        """Return every document of a collection, by id."""
        query = DocumentQuery.model_validate({"from": collection})
        result = self._store.read(query).result()
        return dict(zip(result.ids or (), map(orjson.loads, result.rows), strict=True))

    def sql(self, sql: str) -> list[JsonObject]:
        """Return the rows of a read."""
        result = self._store.read(SqlQuery(sql=sql)).result()
        return [orjson.loads(row) for row in result.rows]

    def args(self, name: str) -> list[JsonObject]:
        """Return the arguments of all events of a name."""
        return [event.args for event in self._store.events(names=[name]).result().events]


@pytest.fixture
def reader(store: Store) -> Reader:
    """A reader of the store."""
    return Reader(store)


Written = Callable[[object], Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Write a value as a JSON file, or a list of records as NDJSON."""

    def write(value: object) -> Path:
        path = tmp_path / "source.json"
        if isinstance(value, list):
            path.write_bytes(b"\n".join(orjson.dumps(one) for one in value) + b"\n")
        else:
            path.write_bytes(orjson.dumps(value))
        return path

    return write
