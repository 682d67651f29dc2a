"""What a test does to a store: commit, be refused, read, look at the file itself."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Final, TypeVar

import orjson
import pytest

from sidecar.app import schema as pjais
from sidecar.core.documents import quote
from sidecar.core.errors import SidecarError
from sidecar.core.event import Event, NewEvent, Receipt
from sidecar.core.json import Json, JsonObject
from sidecar.core.query import SqlQuery, parse_query
from sidecar.core.schema import Schema
from sidecar.core.state import SqlValue
from sidecar.store import Store
from sidecar.store.driver import connect
from sidecar.store.rebuild import RebuildReport, check
from sidecar.store.store import FILE

WAIT: Final = 30.0
"""Seconds after which a test gives up on an answer."""

PERSONALITY: Final[JsonObject] = {
    "traits": ["curious"],
    "temperament": "calm",
    "communicationStyle": "short",
}
SETTINGS: Final[JsonObject] = {"memoryRetention": 80, "privacyLevel": "low", "autoLearn": True}

ErrorT = TypeVar("ErrorT", bound=SidecarError)


class Clock:
    """A clock a test sets."""

    def __init__(self, now: int = 1_000) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


def persona(id: str, /, **more: Json) -> NewEvent:
    """Return the creation of a persona."""
    args: JsonObject = {
        "id": id,
        "name": f"Persona {id}",
        "description": "",
        "personality": PERSONALITY,
        "settings": SETTINGS,
    }
    return NewEvent("v1.PersonaCreated", {**args, **more})


def memory(id: str, /, persona_id: str = "p", **more: Json) -> NewEvent:
    """Return the creation of a memory."""
    args: JsonObject = {
        "id": id,
        "personaId": persona_id,
        "type": "fact",
        "name": f"Memory {id}",
        "content": {"text": id},
        "summary": "",
        "tags": [],
    }
    return NewEvent("v1.MemoryEntityCreated", {**args, **more})


def conversation(id: str, /, **more: Json) -> NewEvent:
    """Return the start of a conversation."""
    return NewEvent(
        "v1.ConversationStarted", {"id": id, "personaId": "p", "sessionId": "s", **more}
    )


def new(name: str, /, **args: Json) -> NewEvent:
    """Return an event of version 1."""
    return NewEvent(f"v1.{name}", args)


def commit(store: Store, *events: NewEvent) -> Receipt:
    """Commit one batch, and wait for its receipt."""
    return store.commit(events).result(WAIT)


def refused(store: Store, kind: type[ErrorT], *events: NewEvent) -> ErrorT:
    """Commit a batch that fails, see that it changed nothing, and return its error."""
    before = store.head, image(store.path, None)
    with pytest.raises(kind) as caught:
        commit(store, *events)
    assert caught.type is kind
    assert (store.head, image(store.path, None)) == before
    return caught.value


def find(store: Store, collection: str, /, **selector: Json) -> list[JsonObject]:
    """Return documents by primary key."""
    query = parse_query({"from": collection, "selector": selector, "sort": [{"id": "asc"}]})
    return [orjson.loads(row) for row in store.read(query).result(WAIT).rows]


def get(store: Store, collection: str, id: str) -> JsonObject:
    """Return the one document of an id."""
    (document,) = find(store, collection, id=id)
    return document


def sql(store: Store, text: str, *params: str | int) -> list[JsonObject]:
    """Return the rows of a read in SQL."""
    result = store.read(SqlQuery(sql=text, params=list(params))).result(WAIT)
    return [orjson.loads(row) for row in result.rows]


def events(store: Store, **which: object) -> list[Event]:
    """Return events of the log."""
    return store.events(**which).result(WAIT).events  # type: ignore[arg-type]


def image(path: Path, key: str | None) -> dict[str, list[tuple[SqlValue, ...]]]:
    """Return every row of every table but the log's bookkeeping and searches, as they are."""
    with closing(connect(path, key=key, read_only=True)) as connection:
        connection.execute("BEGIN")
        names = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' "
                "AND name NOT IN ('_meta', 'sqlite_schema')"
            )
        ]
        return {
            name: sorted(connection.execute(f"SELECT * FROM {quote(name)}"), key=repr)
            for name in sorted(names)
        }


def tamper(directory: Path, *statements: str) -> None:
    """Change a closed store behind its back."""
    with closing(connect(directory / FILE, key=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def checked(directory: Path, schema: Schema = pjais, key: str | None = None) -> RebuildReport:
    """Compare a store with what its log derives (S6)."""
    return check(directory / FILE, schema, key, lambda *_: None)


def assert_sound(directory: Path, schema: Schema = pjais, key: str | None = None) -> None:
    """See that seqs have no gaps, times never decrease, and the rows are what the log derives."""
    with closing(connect(directory / FILE, key=key, read_only=True)) as connection:
        log = connection.execute("SELECT seq, at FROM _events ORDER BY seq").fetchall()
    assert [seq for seq, _ in log] == list(range(1, len(log) + 1))
    assert rising(at for _, at in log)
    assert checked(directory, schema, key).differences == ()


def rising(values: Iterable[int]) -> bool:
    """Return whether no value is smaller than the one before."""
    held = list(values)
    return held == sorted(held)
