"""The event log: appending, and reading it back (S1, S5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from sidecar.core.errors import ConflictError
from sidecar.core.event import Event, NewEvent, Receipt
from sidecar.core.json import canonical
from sidecar.core.state import SqlValue
from sidecar.store.driver import Connection

PAGE_BYTES: Final = 16 * 1024 * 1024
"""Most text of arguments that one page holds, unless a single event is larger."""

_COLUMNS = "seq, id, name, args, at, clientId, sessionId"


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some events in order.

    Attributes:
        head: The log's head when they were read.
        next: `after` of the page that goes on behind this one; None where this was the last.
    """

    events: list[Event]
    head: int
    next: int | None


def head(connection: Connection) -> tuple[int, int]:
    """Return the last event's `seq` and `at`, zeros for an empty log."""
    row = connection.execute("SELECT seq, at FROM _events ORDER BY seq DESC LIMIT 1").fetchone()
    return row or (0, 0)


def append(connection: Connection, event: Event, args: str) -> None:
    """Write an event, in an open transaction.

    Args:
        connection: The store's writing connection.
        event: The event.
        args: Its arguments as JSON text.
    """
    connection.execute(
        f"INSERT INTO _events ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            event.seq,
            event.id,
            event.name,
            args,
            event.at,
            event.client_id,
            event.session_id,
        ),
    )


def earlier_receipt(connection: Connection, events: Sequence[NewEvent]) -> Receipt | None:
    """Return the receipt of a batch that is in the log already, or None (S5).

    Raises:
        ConflictError: Some ids are in the log, but not as this batch.
    """
    ids = [one.id for one in events if one.id is not None]
    if not ids:
        return None
    rows = connection.execute(
        "SELECT id, seq, at, name, args FROM _events "
        "WHERE id IN (SELECT value FROM json_each(?)) ORDER BY seq",
        (orjson.dumps(ids).decode(),),
    ).fetchall()
    if not rows:
        return None
    stored = [(id, name, canonical(orjson.loads(args))) for id, _, _, name, args in rows]
    if stored != [(one.id, one.name, canonical(one.args)) for one in events]:
        raise ConflictError(
            f"event id {rows[0][0]} is in the log already, in another batch",
            hint="Give each new event an id of its own; send a repeated batch whole.",
            id=rows[0][0],
        )
    first, last, at = rows[0][1], rows[-1][1], rows[-1][2]
    return Receipt(first, last, last, tuple(ids), at, duplicate=True)


def read(
    connection: Connection,
    *,
    after: int = 0,
    limit: int,
    names: Sequence[str] | None = None,
    collection: str | None = None,
    id: str | None = None,
) -> tuple[list[Event], int | None]:
    """Return events in order: `limit` of them, or as many as fit in `PAGE_BYTES`.

    With them comes the `seq` to go on behind, or None where there are no more.

    Args:
        connection: Any connection to the store.
        after: Only events with a larger `seq`.
        limit: Most events to return.
        names: Only events of these names.
        collection: Only events that changed a document of this collection.
        id: Only events that changed a document with this primary key.
    """
    conditions, params = ["seq > ?"], list[SqlValue]([after])
    if names is not None:
        conditions.append("name IN (SELECT value FROM json_each(?))")
        params.append(orjson.dumps(list(names)).decode())
    touched = {"collection": collection, "id": id}
    given = {name: value for name, value in touched.items() if value is not None}
    if given:
        terms = " AND ".join(f"{name} = ?" for name in given)
        conditions.append(f"seq IN (SELECT seq FROM _touched WHERE {terms})")
        params.extend(given.values())
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM _events WHERE {' AND '.join(conditions)} ORDER BY seq LIMIT ?",
        [*params, limit],
    )
    page: list[Event] = []
    size = 0
    for row in rows:
        size += len(row[3])
        if page and size > PAGE_BYTES:
            return page, page[-1].seq
        page.append(_event(row))
    return page, page[-1].seq if page and len(page) == limit else None


def replay(connection: Connection) -> Iterator[Event]:
    """Yield the whole log in order."""
    for row in connection.execute(f"SELECT {_COLUMNS} FROM _events ORDER BY seq"):
        yield _event(row)


def _event(row: tuple[int, str, str, str, int, str, str]) -> Event:
    seq, id, name, args, at, client_id, session_id = row
    return Event(seq, id, name, orjson.loads(args), at, client_id, session_id)
