"""What the app changed in the store, in the forms RxDB has: the way back (M8, M11).

Invariants:

1. Each document that an event of the app changed comes once, as it is now, so writing all of it
   brings RxDB to where the store is, whatever was written before.
2. What the move itself brought does not come: RxDB has it.
3. A timestamp that is as it came has the text or number it had. Another one has the same form: ISO
   text, seconds, or milliseconds; without a former form RxDB's schema decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import orjson

from sidecar.core.column import Kind
from sidecar.core.json import Json, JsonObject
from sidecar.migration.dates import SECONDS_BELOW, read_date
from sidecar.migration.move import CLIENT, Standing
from sidecar.migration.stored import Stored
from sidecar.migration.targets import Target, Targets
from sidecar.store import Store

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_RXDB_S_OWN: Final = frozenset({"_rev", "_meta"})

_DOCUMENTS: Final = """
SELECT collection, _touched.id AS id, max(seq) AS seq, at FROM _touched JOIN _events USING (seq)
WHERE seq > ? AND clientId <> ? AND collection IN (SELECT value FROM json_each(?))
GROUP BY 1, 2 ORDER BY 3 LIMIT ?
"""

_LOCALS: Final = """
SELECT coalesce(args ->> 'collection', '') AS collection, args ->> 'id' AS id, max(seq) AS seq, at
FROM _events
WHERE seq > ? AND clientId <> ? AND name IN
    ('v1.LocalDocumentInserted', 'v1.LocalDocumentImported', 'v1.LocalDocumentDeleted')
GROUP BY 1, 2 ORDER BY 3 LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Page:
    """Changes, and the `seq` to go on after."""

    changes: list[JsonObject]
    after: int


class Returning:
    """Reads what goes back.

    Args:
        store: The store.
        standing: The move; the collections it knows go back, others RxDB never had.
    """

    def __init__(self, store: Store, standing: Standing) -> None:
        self._stored = Stored(store)
        self._schemas = standing.schemas or {}
        self._remapped = standing.ids == "remap"
        self._targets = Targets(store, {}, remap=self._remapped)
        for name, schema in self._schemas.items():
            if schema and name in store.collections():
                self._targets.add_schema(name, schema)
        self._collections = [one for one in self._schemas if one in store.collections()]

    def page(self, after: int, limit: int) -> Page:
        """Return what changed after a `seq`, in the order it did.

        Raises:
            TooLargeError: One document is too large to be read.
        """
        listed = orjson.dumps(self._collections).decode()
        documents = self._stored.sql(_DOCUMENTS, after, CLIENT, listed, limit)
        locals_ = self._stored.sql(_LOCALS, after, CLIENT, limit)
        rows = sorted(
            [
                *((int(str(row["seq"])), False, row) for row in documents),
                *((int(str(row["seq"])), True, row) for row in locals_),
            ],
            key=lambda one: one[:2],
        )[:limit]
        if rows and len(rows) == limit:
            # A page ends between events: the rest of the last one's documents come with the next.
            whole = [one for one in rows if one[0] < rows[-1][0]]
            rows = whole or (rows[:1] if rows[0][1] else self._of_one_event(rows[0][0], listed))
        changes: list[JsonObject] = []
        at = {(local, row["collection"], row["id"]): row["at"] for _, local, row in rows}
        for collection in dict.fromkeys(
            str(row["collection"]) for _, local, row in rows if not local
        ):
            ids = [
                str(row["id"])
                for _, local, row in rows
                if not local and row["collection"] == collection
            ]
            found = zip(ids, self._documents(collection, ids), strict=True)
            changes += [{"at": at[False, collection, id_], **one} for id_, one in found]
        for _, local, row in rows:
            if local:
                one = self._local(str(row["collection"]), str(row["id"]))
                changes.append({"at": row["at"], **one})
        return Page(changes, rows[-1][0] if rows else after)

    def _of_one_event(self, seq: int, listed: str) -> list[tuple[int, bool, Mapping[str, Json]]]:
        rows = self._stored.sql(
            "SELECT collection, _touched.id AS id, seq, at FROM _touched JOIN _events USING (seq) "
            "WHERE seq = ? AND collection IN (SELECT value FROM json_each(?))",
            seq,
            listed,
        )
        return [(seq, False, row) for row in rows]

    def _documents(self, collection: str, ids: Sequence[str]) -> Iterator[JsonObject]:
        target = self._targets[collection]
        held = self._stored.documents(collection, ids)
        came = self._stored.came(collection, ids)
        sources = self._sources(collection, ids)
        for name in ids:
            source = sources.get(name, name)
            there = held.get(name)
            if there is None:
                yield {"collection": collection, "id": source, "deleted": True}
                continue
            document = self._former(target, there, came.get(name, {}))
            if self._remapped:
                document = self._with_source_ids(target, document, source)
            yield {"collection": collection, "id": source, "document": document}

    def _former(self, target: Target, document: JsonObject, came: JsonObject) -> JsonObject:
        """Return a document with its timestamps as RxDB had them."""
        original = _object(came.get("original"))
        brought = _object(came.get("document")) or came
        properties = _object(_object(self._schemas.get(target.name)).get("properties"))
        former = dict(document)
        for name in target.of_kind[Kind.TIMESTAMP]:
            value = document.get(name)
            if isinstance(value, int):
                former[name] = _form(value, name, original, brought, properties)
        for name, value in original.items():
            # A date that could not be read had no place in its column.
            if name not in former and name not in _RXDB_S_OWN and read_date(value) is None:
                former[name] = value
        return former

    def _sources(self, collection: str, ids: Sequence[str]) -> dict[str, str]:
        """Return the ids that documents have in RxDB, where these are others."""
        if not self._remapped:
            return {}
        rows = self._stored.sql(
            "SELECT id, sourceId FROM _id_map WHERE collection = ? "
            "AND id IN (SELECT value FROM json_each(?))",
            collection,
            orjson.dumps(list(ids)).decode(),
        )
        return {str(row["id"]): str(row["sourceId"]) for row in rows}

    def _with_source_ids(self, target: Target, document: JsonObject, source: str) -> JsonObject:
        changed: JsonObject = {**document, target.key: source}
        for name, collection in target.references.items():
            value = document.get(name)
            if isinstance(value, str):
                changed[name] = self._sources(collection, [value]).get(value, value)
            elif isinstance(value, list):
                found = self._sources(collection, [one for one in value if isinstance(one, str)])
                changed[name] = [
                    found.get(one, one) if isinstance(one, str) else one for one in value
                ]
        return changed

    def _local(self, collection: str, name: str) -> JsonObject:
        data = self._stored.locals(collection, [name]).get(name)
        local: JsonObject = (
            {"id": name, "deleted": True} if data is None else {"id": name, "data": data}
        )
        return {"collection": collection or None, "local": local}


def _form(
    ms: int, name: str, original: JsonObject, brought: JsonObject, properties: JsonObject
) -> Json:
    """Return a time in the form RxDB has it."""
    if name in original:
        former = original[name]
        instant = read_date(former)
        if instant is not None and instant.ms == ms:
            return former
        if isinstance(former, str):
            return iso(ms)
        if isinstance(former, int | float) and abs(former) < SECONDS_BELOW:
            return ms // 1000 if ms % 1000 == 0 else ms / 1000
        return ms
    if isinstance(brought.get(name), int):
        return ms
    kind = _object(properties.get(name)).get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    numeric = "number" in kinds or "integer" in kinds
    return iso(ms) if "string" in kinds and not numeric else ms


def iso(ms: int) -> str:
    """Return a time as `Date.toISOString()` writes it; years past 9999 as milliseconds."""
    try:
        moment = _EPOCH + timedelta(milliseconds=ms)
    except OverflowError:
        return str(ms)
    return moment.strftime(f"{moment.year:04}-%m-%dT%H:%M:%S.") + f"{ms % 1000:03}Z"


def _object(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}
