"""What the store has of the documents a migration is about, in reads that stay below its caps."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import orjson

from sidecar.core.documents import quote
from sidecar.core.errors import TooLargeError
from sidecar.core.json import Json, JsonObject, digest
from sidecar.core.query import DocumentQuery, SqlQuery
from sidecar.migration.move import CLIENT
from sidecar.migration.staging import Item, Kind
from sidecar.store import Store

_WINDOW: Final = "migration"
_PAGE: Final = 5000
_CHUNK: Final = 8 << 20

_CAME: Final = """
SELECT last.id AS id, args FROM (
    SELECT _touched.id AS id, max(seq) AS seq FROM _touched JOIN _events USING (seq)
    WHERE collection = ? AND _touched.id IN (SELECT value FROM json_each(?)) AND clientId = ?
    GROUP BY 1
) AS last JOIN _events USING (seq)
"""

_LOCAL_CAME: Final = """
SELECT args FROM _events
WHERE name IN ('v1.LocalDocumentImported', 'v1.LocalDocumentDeleted') AND clientId = ?
AND coalesce(args ->> 'collection', '') = ? AND args ->> 'id' = ?
ORDER BY seq DESC LIMIT 1
"""

Row = Mapping[str, Json]


class Quarantined(NamedTuple):
    """A document in quarantine.

    Attributes:
        document: Its text.
    """

    seq: int
    collection: str
    source_id: str | None
    document: str


class Stored:
    """Reads of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def count(self, collection: str) -> int:
        """Return how many documents a collection has, 0 when there is none."""
        if collection not in self._store.collections():
            return 0
        query = DocumentQuery.model_validate({"from": collection, "count": True})
        return self._store.read(query, window=_WINDOW).result().count

    def documents(self, collection: str, ids: Sequence[str]) -> dict[str, JsonObject]:
        """Return the documents that exist, by id."""
        if not ids or collection not in self._store.collections():
            return {}
        key = self._store.collection(collection).primary_key
        query = DocumentQuery.model_validate(
            {"from": collection, "selector": {key: {"$in": list(ids)}}}
        )
        try:
            result = self._store.read(query, window=_WINDOW).result()
        except TooLargeError:
            if len(ids) == 1:
                raise
            middle = len(ids) // 2
            return {
                **self.documents(collection, ids[:middle]),
                **self.documents(collection, ids[middle:]),
            }
        return dict(zip(result.ids or (), map(orjson.loads, result.rows), strict=True))

    def present(self, collection: str, ids: Sequence[str]) -> set[str]:
        """Return which ids a collection has."""
        if not ids or collection not in self._store.collections():
            return set()
        key = quote(self._store.collection(collection).primary_key)
        rows = self.sql(
            f"SELECT {key} AS id FROM {quote(collection)} "
            f"WHERE {key} IN (SELECT value FROM json_each(?))",
            orjson.dumps(list(ids)).decode(),
        )
        return {str(row["id"]) for row in rows}

    def all_ids(self, collection: str) -> Iterator[list[str]]:
        """Yield all ids of a collection, a page at a time."""
        key = quote(self._store.collection(collection).primary_key)
        last = ""
        while True:
            rows = self.sql(
                f"SELECT {key} AS id FROM {quote(collection)} WHERE {key} > ? "
                f"ORDER BY {key} LIMIT {_PAGE}",
                last,
            )
            if not rows:
                return
            last = str(rows[-1]["id"])
            yield [str(row["id"]) for row in rows]

    def mapped(self, collection: str, source_ids: Sequence[str]) -> dict[str, str]:
        """Return the ids that documents of the source got in an earlier migration (M7)."""
        rows = self.sql(
            "SELECT sourceId, id FROM _id_map WHERE collection = ? "
            "AND sourceId IN (SELECT value FROM json_each(?))",
            collection,
            orjson.dumps(list(source_ids)).decode(),
        )
        return {str(row["sourceId"]): str(row["id"]) for row in rows}

    def digest(self, item: Item) -> bytes | None:
        """Return the hash of what the store has of an item of a source, or None."""
        read = {
            Kind.LIVE: self.documents,
            Kind.TOMBSTONE: self.tombstones,
            Kind.LOCAL: self.locals,
        }[item.kind]
        found = read(item.collection, [str(item.id)]).get(str(item.id))
        return None if found is None else bytes.fromhex(digest(found))

    def changed_by(self, collection: str, ids: Sequence[str]) -> dict[str, tuple[int, str]]:
        """Return the last event that changed each document, also a deleted one: seq and client."""
        rows = self.sql(
            "SELECT last.id, last.seq, clientId FROM ("
            "SELECT id, max(seq) AS seq FROM _touched WHERE collection = ? "
            "AND id IN (SELECT value FROM json_each(?)) GROUP BY id"
            ") AS last JOIN _events ON _events.seq = last.seq",
            collection,
            orjson.dumps(list(ids)).decode(),
        )
        return {str(row["id"]): (_int(row["seq"]), str(row["clientId"])) for row in rows}

    def local_changed_by(self, collection: str, ids: Sequence[str]) -> dict[str, tuple[int, str]]:
        """Return the last event that changed each local document there is."""
        rows = self.sql(
            "SELECT _local_documents.id, seq, clientId FROM _local_documents "
            "JOIN _events USING (seq) WHERE collection = ? "
            "AND _local_documents.id IN (SELECT value FROM json_each(?))",
            collection,
            orjson.dumps(list(ids)).decode(),
        )
        return {str(row["id"]): (_int(row["seq"]), str(row["clientId"])) for row in rows}

    def came(self, collection: str, ids: Sequence[str]) -> dict[str, JsonObject]:
        """Return the arguments of the event that brought each document from its source last."""
        try:
            rows = self.sql(_CAME, collection, orjson.dumps(list(ids)).decode(), CLIENT)
        except TooLargeError:
            if len(ids) == 1:
                raise
            middle = len(ids) // 2
            return {**self.came(collection, ids[:middle]), **self.came(collection, ids[middle:])}
        return {str(row["id"]): orjson.loads(str(row["args"])) for row in rows}

    def local_came(self, collection: str, id: str) -> JsonObject | None:
        """Return the arguments of the event that the source's local document last came by."""
        rows = self.sql(_LOCAL_CAME, CLIENT, collection, id)
        return orjson.loads(str(rows[0]["args"])) if rows else None

    def tombstones(self, collection: str, ids: Sequence[str]) -> dict[str, JsonObject]:
        """Return the tombstones that exist, by id."""
        return self._by_id("SELECT id, document AS content FROM _tombstones", collection, ids)

    def locals(self, collection: str, ids: Sequence[str]) -> dict[str, JsonObject]:
        """Return the data of the local documents that exist; collection `""` is the database."""
        return self._by_id("SELECT id, data AS content FROM _local_documents", collection, ids)

    def attachment(self, collection: str, document_id: str, name: str) -> bytes | None:
        """Return the SHA-256 of an attachment's bytes, or None."""
        found, start = hashlib.sha256(), 1
        while True:
            rows = self.sql(
                f"SELECT substr(data, ?, {_CHUNK}) AS part FROM _attachments "
                "WHERE collection = ? AND documentId = ? AND id = ?",
                start,
                collection,
                document_id,
                name,
            )
            if not rows:
                return None
            part = rows[0]["part"]
            if not isinstance(part, str) or not part:  # past the end; NULL when there is no byte
                return found.digest()
            found.update(base64.b64decode(part))
            start += _CHUNK

    def attachment_ids(self, collection: str, document_id: str) -> list[str]:
        """Return the ids of a document's attachments."""
        rows = self.sql(
            "SELECT id FROM _attachments WHERE collection = ? AND documentId = ?",
            collection,
            document_id,
        )
        return [str(row["id"]) for row in rows]

    def quarantined(self, collection: str, source_ids: Sequence[str]) -> list[Quarantined]:
        """Return what the quarantine has of documents."""
        return self._quarantined(
            "collection = ? AND sourceId IN (SELECT value FROM json_each(?))",
            collection,
            orjson.dumps(list(source_ids)).decode(),
        )

    def in_quarantine(self, seq: int) -> Quarantined | None:
        """Return a document of the quarantine by its `seq`, or None."""
        found = self._quarantined("seq = ?", seq)
        return found[0] if found else None

    def orphans(self, path: str) -> list[Quarantined]:
        """Return what the quarantine has for a reference to nothing at a path, a page of it."""
        return self._quarantined(
            "EXISTS (SELECT 1 FROM json_each(problems) WHERE value ->> 'path' = ?) "
            "ORDER BY seq LIMIT 200",
            path,
        )

    def quarantine(self) -> Iterator[Quarantined]:
        """Yield what is in the quarantine."""
        last = 0
        # One by one: each may be as large as a document gets.
        while found := self._quarantined("seq > ? ORDER BY seq LIMIT 1", last):
            last = found[0].seq
            yield found[0]

    def number(self, sql: str) -> int:
        """Return the integer a read of one row calls `found`."""
        return _int(self.sql(sql)[0]["found"])

    def fingerprint(self) -> str:
        """Return the fingerprint of the schema the state was derived by."""
        return str(self.sql("SELECT value FROM _meta WHERE key = 'fingerprint'")[0]["value"])

    def sql(self, sql: str, *params: str | int) -> list[Row]:
        """Return the rows of a read."""
        query = SqlQuery(sql=sql, params=list(params))
        return [orjson.loads(row) for row in self._store.read(query, window=_WINDOW).result().rows]

    def _quarantined(self, where: str, *params: str | int) -> list[Quarantined]:
        rows = self.sql(
            f"SELECT seq, collection, sourceId, document FROM _quarantine WHERE {where}", *params
        )
        return [
            Quarantined(
                _int(row["seq"]),
                str(row["collection"]),
                None if row["sourceId"] is None else str(row["sourceId"]),
                str(row["document"]),
            )
            for row in rows
        ]

    def _by_id(self, select: str, collection: str, ids: Sequence[str]) -> dict[str, JsonObject]:
        where = "WHERE collection = ? AND id IN (SELECT value FROM json_each(?))"
        listed = orjson.dumps(list(ids)).decode()
        try:
            rows = self.sql(f"{select} {where}", collection, listed)
        except TooLargeError:
            if len(ids) == 1:
                raise
            middle = len(ids) // 2
            return {
                **self._by_id(select, collection, ids[:middle]),
                **self._by_id(select, collection, ids[middle:]),
            }
        return {str(row["id"]): orjson.loads(str(row["content"])) for row in rows}


def _int(value: Json) -> int:
    assert isinstance(value, int)
    return value
