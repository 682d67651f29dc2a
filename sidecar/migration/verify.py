"""Compare the source with the store, document by document, both ways (M9).

The source's side is the hashes of the survey; the store's side is what a query answers. No document
of a test stays behind: the probe is rolled back.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Sequence
from typing import Final

from sidecar.core.documents import quote
from sidecar.core.errors import ReadOnlyError, SidecarError
from sidecar.core.event import NewEvent
from sidecar.core.json import JsonObject, digest
from sidecar.core.query import DocumentQuery, SqlQuery
from sidecar.core.state import State as StoreState
from sidecar.migration.events import differing
from sidecar.migration.progress import Meter
from sidecar.migration.result import (
    LISTED,
    Check,
    Compared,
    Difference,
    Listing,
    Performance,
    Timing,
    Verification,
)
from sidecar.migration.source import again
from sidecar.migration.staging import Item, Kind, Staging
from sidecar.migration.stored import Stored
from sidecar.migration.targets import Targets
from sidecar.store import Store
from sidecar.store.vault import Readable

BUDGET_MS: Final = 100.0
"""What the seed guide allows its three queries together."""

_MOST_ROWS: Final = 10_000
_MOST_BYTES: Final = 8 << 20
"""What one query of the performance check may answer: memory must not grow with the store."""

_PAGE: Final = 500
_PAGE_BYTES: Final = 4 << 20
_IN_STORE: Final = "state IN ('imported', 'unchanged')"

_PERFORMANCE: Final[tuple[tuple[str, JsonObject], ...]] = (
    ("personas", {"from": "personas"}),
    ("memories", {"from": "memoryEntities"}),
    (
        "important memories",
        {
            "from": "memoryEntities",
            "selector": {"importance": {"$gt": 50}},
            "sort": [{"lastAccessed": "desc"}],
            "limit": 100,
        },
    ),
)


class Verifier:
    """Compares a migrated source with the store.

    Args:
        store: The store.
        source: The file the staging's places are of.
        targets: Its collections.
        staging: Its items, and what became of them.
        meter: Told the documents compared.
        since: Documents that the store changed after this `seq` are not counted, or None.
    """

    def __init__(
        self,
        store: Store,
        source: Readable,
        targets: Targets,
        staging: Staging,
        meter: Meter,
        since: int | None = None,
    ) -> None:
        self._store = store
        self._stored = Stored(store)
        self._source = source
        self._targets = targets
        self._staging = staging
        self._meter = meter
        self._since = since
        self._differences: Listing[Difference] = Listing()
        self._extra: Listing[Difference] = Listing()

    def run(self) -> Verification:
        """Return what is found."""
        names = [target.name for target in self._targets.in_order()]
        collections = [self._compare(name) for name in names]
        database = self._compare_locals("", Compared(collection=""))
        if database.compared:
            collections.append(database)
        health, features = self._health(), [self._reactive(), *self._features(names)]
        same = all(one.different == one.missing == 0 for one in collections)
        return Verification(
            passed=same and health.passed and all(one.passed for one in features),
            collections=collections,
            differences=[*self._differences.first, *self._extra.first][:LISTED],
            differences_total=self._differences.total + self._extra.total,
            health=health,
            performance=self._performance(),
            features=features,
            references=[check for name in names for check in self._references(name)],
        )

    def _compare(self, collection: str) -> Compared:
        result = Compared(collection=collection)
        found = 0
        for page in self._pages(collection, Kind.LIVE):
            held = self._stored.documents(collection, _ids(page))
            self._page(result, page, held)
            found += len(held)
            for item in page:
                self._attachments(result, item)
        if self._stored.count(collection) != found:
            self._only_in_store(result)
        for page in self._pages(collection, Kind.TOMBSTONE):
            held = self._stored.tombstones(collection, _ids(page))
            result.tombstones += self._page(result, page, held)
        return self._compare_locals(collection, result)

    def _compare_locals(self, collection: str, result: Compared) -> Compared:
        for page in self._pages(collection, Kind.LOCAL):
            held = self._stored.locals(collection, _ids(page))
            result.local_documents += self._page(result, page, held)
        return result

    def _page(self, result: Compared, page: Sequence[Item], held: dict[str, JsonObject]) -> int:
        """Compare a page of items with what the store holds; return how many are identical."""
        identical = 0
        differing_ids = [
            str(item.id)
            for item in page
            if (there := held.get(str(item.id))) is None
            or item.digest != bytes.fromhex(digest(there))
        ]
        changed = self._changed(result.collection, page, differing_ids)
        result.changed += len(changed)
        for item in page:
            there = held.get(str(item.id))
            result.compared += 1
            if str(item.id) in changed:
                continue
            if there is None:
                result.missing += 1
                self._tell(item, "missing", [])
            elif str(item.id) not in differing_ids:
                identical += 1
            else:
                result.different += 1
                here = again(self._source, item, self._targets).content
                self._tell(item, "different", differing(there, here))
        result.identical += identical
        self._meter.advance(len(page))
        return identical

    def _changed(self, collection: str, page: Sequence[Item], ids: Sequence[str]) -> set[str]:
        """Return which of these documents the store changed since the source was read."""
        if self._since is None or not ids:
            return set()
        local = page[0].kind is Kind.LOCAL
        read = self._stored.local_changed_by if local else self._stored.changed_by
        return {one for one, (seq, _) in read(collection, ids).items() if seq > self._since}

    def _attachments(self, result: Compared, item: Item) -> None:
        for name, sha in self._staging.attachments(item.n):
            there = self._stored.attachment(item.collection, str(item.id), name)
            if there == sha:
                result.attachments += 1
            else:
                result.different += 1
                self._tell(item, "different", [f"_attachments/{name}"])

    def _only_in_store(self, result: Compared) -> None:
        """Find the documents of the store that the source does not have."""
        for ids in self._stored.all_ids(result.collection):
            for name in ids:
                if not self._staging.has_live(result.collection, name):
                    result.only_in_store += 1
                    self._extra.add(
                        Difference(collection=result.collection, id=name, kind="onlyInStore")
                    )

    def _pages(self, collection: str, kind: Kind) -> Iterator[list[Item]]:
        local = int(kind is Kind.LOCAL)
        items = self._staging.items(
            f"collection = ? AND local = {local} AND kind = ? AND {_IN_STORE} ORDER BY n",
            (collection, kind.value),
        )
        page: list[Item] = []
        size = 0
        for item in items:
            if len(page) == _PAGE or (page and size + item.length > _PAGE_BYTES):
                yield page
                page, size = [], 0
            page.append(item)
            size += item.length
        if page:
            yield page

    def _tell(self, item: Item, kind: str, fields: list[str]) -> None:
        self._differences.add(
            Difference.model_validate(
                {"collection": item.collection, "id": item.id, "kind": kind, "fields": fields}
            )
        )

    def _health(self) -> Check:
        """Insert a document as an app would, see it in the state, and roll it back."""
        names = self._store.collections()
        if not names:
            return Check(name="health", passed=True, message="there is no collection to try")
        key = self._store.collection(names[0]).primary_key
        probe, head = str(uuid.uuid4()), self._store.head
        event = NewEvent("v1.DocumentInserted", {"collection": names[0], "document": {key: probe}})
        seen: list[bool] = []

        def look(state: StoreState) -> None:
            seen.append(state.get(names[0], probe) is not None)

        try:
            self._store.probe([event], look).result()
        except SidecarError as error:
            return Check(name="health", passed=False, message=error.message)
        gone = not self._stored.present(names[0], [probe])
        message = f"an event was applied to {names[0]} and rolled back at head {head}"
        return Check(name="health", passed=seen == [True] and gone, message=message)

    def _reactive(self) -> Check:
        """See that the change of a document is noticed, which is what live queries go by."""
        names = self._store.collections()
        if not names:
            return Check(name="reactive", passed=True, message="there is no collection to try")
        key, probe = self._store.collection(names[0]).primary_key, str(uuid.uuid4())
        document: JsonObject = {"collection": names[0], "document": {key: probe}}
        removal: JsonObject = {"collection": names[0], "id": probe}
        noticed: list[int] = []

        def look(state: StoreState) -> None:
            sql = "SELECT seq FROM _touched WHERE collection = ? AND id = ?"
            noticed.append(len(state.select(sql, (names[0], probe))))

        events = [
            NewEvent("v1.DocumentInserted", document),
            NewEvent("v1.DocumentDeleted", removal),
        ]
        try:
            self._store.probe(events, look).result()
        except SidecarError as error:
            return Check(name="reactive", passed=False, message=error.message)
        message = f"of 2 changes in {names[0]}, taken back, {noticed[0]} were noticed"
        return Check(name="reactive", passed=noticed == [2], message=message)

    def _references(self, collection: str) -> Iterator[Check]:
        there = self._store.collections()
        for name, other in self._targets[collection].checked.items():
            if collection not in there or other not in there:
                continue
            field = quote(name)
            lost = self._stored.number(
                f"SELECT count(*) AS found FROM {quote(collection)} WHERE {field} IS NOT NULL AND "
                f"{field} NOT IN (SELECT {quote(self._targets[other].key)} FROM {quote(other)})"
            )
            message = f"{lost} documents refer to {other} that are not there"
            yield Check(name=f"{collection}.{name}", passed=lost == 0, message=message)

    def _performance(self) -> Performance | None:
        if not {"personas", "memoryEntities"} <= set(self._store.collections()):
            return None
        timings = [self._timed(name, query) for name, query in _PERFORMANCE]
        total = round(sum(one.duration_ms for one in timings), 2)
        return Performance(
            queries=timings, total_ms=total, budget_ms=BUDGET_MS, within_budget=total <= BUDGET_MS
        )

    def _timed(self, name: str, query: JsonObject) -> Timing:
        size = self._staging.count(
            "SELECT coalesce(avg(length), 1) FROM item WHERE collection = ?", (str(query["from"]),)
        )
        most = min(_MOST_ROWS, max(1, _MOST_BYTES // max(1, size)))
        parsed = DocumentQuery.model_validate({"limit": most, **query})
        began = time.perf_counter()
        rows, refused = 0, None
        try:
            rows = len(self._store.read(parsed, window="migration").result().rows)
        except SidecarError as error:
            refused = error.message
        elapsed = round((time.perf_counter() - began) * 1000, 2)
        return Timing(name=name, rows=rows, duration_ms=elapsed, error=refused)

    def _features(self, collections: Sequence[str]) -> list[Check]:
        there = self._store.collections()
        return [
            *(self._counts_agree(name) for name in collections if name in there),
            self._writes_refused(),
            self._derived_by_this_schema(),
        ]

    def _counts_agree(self, collection: str) -> Check:
        counted = self._stored.count(collection)
        by_sql = self._stored.number(f"SELECT count(*) AS found FROM {quote(collection)}")
        return Check(
            name=f"query {collection}",
            passed=counted == by_sql,
            message=f"a query counts {counted}, SQL {by_sql}",
        )

    def _writes_refused(self) -> Check:
        try:
            self._store.read(SqlQuery(sql="DELETE FROM _events"), window="migration").result()
        except ReadOnlyError:
            return Check(name="read-only", passed=True, message="SQL that writes is refused")
        return Check(name="read-only", passed=False, message="SQL that writes was not refused")

    def _derived_by_this_schema(self) -> Check:
        written = self._stored.fingerprint()
        return Check(
            name="fingerprint",
            passed=written == self._store.fingerprint,
            message=f"the state was derived by schema {written}",
        )


def _ids(page: Sequence[Item]) -> list[str]:
    return [str(item.id) for item in page]
