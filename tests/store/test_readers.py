"""Reads: they only read, cost no more than they may, and hold up nobody else."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TypeVar

import orjson
import pytest

from sidecar.app import schema
from sidecar.core.errors import (
    CallerError,
    QueryError,
    QueryTimeoutError,
    ReadOnlyError,
    ShuttingDownError,
    TooLargeError,
    UnknownCollectionError,
)
from sidecar.core.event import Event
from sidecar.core.json import JsonObject
from sidecar.core.query import SqlQuery, parse_query
from sidecar.store import Limits, Result, Store
from sidecar.store.readers import PER_WINDOW, THREADS, Reading
from sidecar.store.snapshot import Snapshot
from tests.store.acts import WAIT, commit, events, find, memory, new, persona, sql

ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS m FROM n"
)

ResultT = TypeVar("ResultT")


def read(store: Store, window: str = "local", **query: object) -> Result:
    return store.read(parse_query(query), window=window).result(WAIT)  # type: ignore[arg-type]


def rows(store: Store, **query: object) -> list[JsonObject]:
    return [orjson.loads(row) for row in read(store, **query).rows]


def fails(store: Store, text: str, *params: str | float | None) -> CallerError:
    """Run SQL that is refused, the second time from the driver's cache, and return the error."""
    kinds = []
    for _ in range(2):
        with pytest.raises(CallerError) as caught:
            store.read(SqlQuery(sql=text, params=list(params))).result(WAIT)
        kinds.append(caught.type)
    assert kinds[0] is kinds[1]
    return caught.value


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO personas (id) VALUES ('x')",
        "INSERT OR REPLACE INTO personas (id) VALUES ('a')",
        "REPLACE INTO personas (id) VALUES ('a')",
        "UPDATE personas SET name = ''",
        "UPDATE personas SET name = '' RETURNING id",
        "DELETE FROM personas",
        "DELETE FROM personas RETURNING id",
        "DELETE FROM personas WHERE 0",
        "WITH n AS (SELECT 1) DELETE FROM personas",
        "WITH n AS (SELECT 1) INSERT INTO personas (id) SELECT * FROM n",
        "EXPLAIN DELETE FROM personas",
        "DELETE FROM _events",
        "UPDATE _meta SET value = ''",
        "CREATE TABLE x (y)",
        "CREATE TEMP TABLE x (y)",
        "CREATE TABLE x AS SELECT 1",
        "CREATE VIEW x AS SELECT 1",
        "CREATE TEMP VIEW x AS SELECT 1",
        "CREATE INDEX x ON personas (id)",
        "DROP INDEX _events_name",
        "CREATE TRIGGER x AFTER INSERT ON personas BEGIN SELECT 1; END",
        "CREATE TEMP TRIGGER x AFTER INSERT ON personas BEGIN SELECT 1; END",
        "CREATE VIRTUAL TABLE x USING fts5 (y)",
        "DROP TABLE personas",
        "ALTER TABLE personas ADD COLUMN x",
        "ALTER TABLE personas RENAME TO x",
        "REINDEX",
        "ANALYZE",
        "ATTACH ':memory:' AS x",
        "DETACH main",
        "PRAGMA query_only = OFF",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA writable_schema = ON",
        "PRAGMA user_version = 5",
        "PRAGMA user_version",
        "PRAGMA wal_checkpoint",
        "PRAGMA key = 'x'",
        "PRAGMA rekey = 'x'",
        "PRAGMA cipher_version",
        "SELECT * FROM pragma_table_info('personas')",
        "BEGIN",
        "BEGIN IMMEDIATE",
        "COMMIT",
        "END",
        "ROLLBACK",
        "SAVEPOINT x",
        "RELEASE x",
        "ROLLBACK TO x",
        "SELECT load_extension('x')",
        "SELECT sqlcipher_export('x')",
        "SELECT fts3_tokenizer('simple')",
        "  /* a comment */ DELETE FROM personas -- and another",
        "delete\nfrom personas",
    ],
)
def test_sql_that_is_no_read_is_refused(store: Store, text: str) -> None:
    """Q4: E_READ_ONLY, the file untouched, and the connection good for the next read."""
    commit(store, persona("a"))
    before = hashlib.sha256(store.path.read_bytes()).digest()
    error = fails(store, text)
    assert type(error) is ReadOnlyError
    assert error.code == "E_READ_ONLY"
    assert rows(store, sql="SELECT id FROM personas") == [{"id": "a"}]
    assert hashlib.sha256(store.path.read_bytes()).digest() == before
    assert commit(store, persona("b")).last == 2
    assert len(find(store, "personas")) == 2


def test_vacuum_is_refused(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Q4: which SQLite does before it asks the authorizer."""
    monkeypatch.chdir(tmp_path)
    for text in ("VACUUM", "VACUUM INTO 'copy.db'", " vacuum main"):
        assert type(fails(store, text)) is ReadOnlyError
    assert not (tmp_path / "copy.db").exists()


def test_a_write_to_the_catalogue_is_refused(store: Store) -> None:
    """Q4: SQLite has words of its own for it."""
    assert type(fails(store, "UPDATE sqlite_master SET sql = ''")) in (QueryError, ReadOnlyError)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1; SELECT 2",
        "SELECT 1; DELETE FROM personas",
        " ",
        "-- nothing",
        "SELEC 1",
        "SELECT nothing",
        "SELECT * FROM nothing",
        "SELECT ?",
        "SELECT 1, 1",
        "SELECT id, id FROM personas",
        "SELECT 1 AS a, 2 AS a",
        "SELECT readfile('/etc/passwd')",
        "SELECT _event_seq()",
        "SELECT '\x00'",
    ],
)
def test_sql_that_means_nothing_is_a_query_error(store: Store, text: str) -> None:
    """Q4: E_QUERY, and the path says where."""
    error = fails(store, text)
    assert type(error) is QueryError
    assert error.data["path"] == "/sql"


def test_sql_reads_what_there_is(store: Store) -> None:
    """Q4, Q6: joins, aggregates, WITH, VALUES, EXPLAIN; JSON nested, booleans true and false."""
    commit(store, persona("p"), memory("a", tags=["x"], importance=0), memory("b"))
    joined = rows(
        store,
        sql="SELECT m.id, p.name, m.tags, p.isActive, m.importance FROM memoryEntities m "
        "JOIN personas p ON p.id = m.personaId WHERE m.importance < :most ORDER BY m.id",
        params={"most": 50},
    )
    assert joined == [
        {"id": "a", "name": "Persona p", "tags": ["x"], "isActive": False, "importance": 0}
    ]
    (counted,) = rows(
        store, sql="SELECT count(*) AS n, avg(importance) AS mean FROM memoryEntities"
    )
    assert counted == {"n": 2, "mean": 25.0}
    assert rows(store, sql="WITH n AS (SELECT ? AS x) SELECT * FROM n;", params=["é😀"]) == [
        {"x": "é😀"}
    ]
    assert rows(store, sql="VALUES (1, NULL)") == [{"column1": 1, "column2": None}]
    assert rows(store, sql="SELECT x'00ff' AS b") == [{"b": "AP8="}]
    assert "detail" in rows(store, sql="EXPLAIN QUERY PLAN SELECT * FROM personas")[0]
    assert rows(store, sql="SELECT value FROM json_each('[1, 2]')") == [{"value": 1}, {"value": 2}]


@pytest.mark.parametrize(
    ("text", "tables"),
    [
        ("SELECT 1", set()),
        ("SELECT id FROM personas", {"personas"}),
        ("SELECT count(*) AS n FROM personas", {"personas"}),
        ("SELECT 1 AS x WHERE EXISTS (SELECT 1 FROM conversations)", {"conversations"}),
        (
            "SELECT p.id FROM personas p, memoryEntities m WHERE m.personaId = p.id",
            {"personas", "memoryEntities"},
        ),
        ("WITH n AS (SELECT id FROM memoryLinks) SELECT * FROM n", {"memoryLinks"}),
        ("SELECT name FROM _events", {"_events"}),
    ],
)
def test_sql_says_which_tables_it_read(store: Store, text: str, tables: set[str]) -> None:
    """Q4: as SQLite reports them, also when the statement comes from the driver's cache."""
    for _ in range(3):
        assert read(store, sql=text).tables == tables


def test_a_query_past_its_deadline_is_ended(directory: Path) -> None:
    """Q5: E_TIMEOUT; the connection stays good and sees what was committed meanwhile."""
    with Store.open(directory, schema, limits=Limits(seconds=0.05)) as store:
        for n in range(1, 4):
            error = fails(store, ENDLESS)
            assert type(error) is QueryTimeoutError
            assert error.code == "E_TIMEOUT"
            commit(store, persona(str(n)))
            result = read(store, sql="SELECT count(*) AS n FROM personas")
            assert (result.head, result.rows) == (n, [f'{{"n":{n}}}'])


def test_a_read_of_the_log_fails_by_itself_alone(directory: Path) -> None:
    """Q5: what a query before it on the same connection was refused for is forgotten."""
    with Store.open(directory, schema, limits=Limits(seconds=0.0)) as store:
        commit(store, *(persona(str(n)) for n in range(4000)))
        assert type(fails(store, "DELETE FROM personas")) is ReadOnlyError
        with pytest.raises(QueryTimeoutError):
            store.events(limit=10_000, collection="personas").result(WAIT)


def test_the_deadline_is_of_each_query_alone(directory: Path) -> None:
    """Q5: time a query waits, or that passes between queries, is not its own."""
    with Store.open(directory, schema, limits=Limits(seconds=0.3)) as store:
        slow = [store.read(SqlQuery(sql=ENDLESS)) for _ in range(2 * PER_WINDOW)]
        queued = [store.read(SqlQuery(sql="SELECT 1 AS x")) for _ in range(10)]
        for one in slow:
            with pytest.raises(QueryTimeoutError):
                one.result(WAIT)
        assert {one.result(WAIT).rows[0] for one in queued} == {'{"x":1}'}


@pytest.mark.parametrize(
    "query",
    [
        {"from": "personas"},
        {"from": "personas", "fields": ["note"]},
        {"from": "personas", "first": True, "selector": {"id": "large"}},
        {"sql": "SELECT * FROM personas"},
        {"sql": "SELECT note FROM (SELECT _extra AS note FROM personas)"},
        {"sql": "SELECT zeroblob(100000000) AS b"},
        {"sql": "SELECT hex(zeroblob(1000)) AS b"},
        {"sql": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"},
    ],
)
def test_a_result_past_its_cap_is_refused(directory: Path, query: JsonObject) -> None:
    """Q5: E_TOO_LARGE, and the next read is served at the newest head."""
    with Store.open(directory, schema, limits=Limits(result_bytes=1_000)) as store:
        commit(store, persona("large", note="é" * 500))
        for n in range(2, 4):
            with pytest.raises(TooLargeError) as caught:
                read(store, **query)
            assert caught.value.data["limit"] == 1_000
            commit(store, memory(str(n)))
            result = read(store, **{"from": "memoryEntities", "count": True})
            assert (result.head, result.count) == (n, n - 1)


def test_the_cap_counts_bytes_not_characters(directory: Path) -> None:
    """Q5: a result of exactly the cap is given."""
    text = "é" * 100
    size = len(orjson.dumps({"x": text}))
    for cap, fits in ((size, True), (size - 1, False)):
        with Store.open(directory, schema, limits=Limits(result_bytes=cap)) as store:
            reading = store.read(SqlQuery(sql="SELECT ? AS x", params=[text]))
            with nullcontext() if fits else pytest.raises(TooLargeError):
                reading.result(WAIT)


def test_a_window_full_of_slow_reads_holds_up_no_other(store: Store) -> None:
    """Q5: its reads take `PER_WINDOW` threads; others answer before any of them ends."""
    commit(store, persona("a"))
    go_on = threading.Event()
    running = threading.Semaphore(0)

    def slow(snapshot: Snapshot) -> int:
        running.release()
        assert go_on.wait(WAIT)
        return snapshot.head()

    busy = [store._readers.submit("busy", slow) for _ in range(3 * THREADS)]
    try:
        for _ in range(PER_WINDOW):
            assert running.acquire(timeout=WAIT)
        for n in range(10):
            assert read(store, window=f"other {n % 2}", **{"from": "personas"}).head == 1
        # Nor does it hold up the writer.
        assert commit(store, persona("b")).last == 2
        assert not running.acquire(blocking=False)
        assert not any(one.done() for one in busy)
    finally:
        go_on.set()
    assert {one.result(WAIT) for one in busy} <= {1, 2}


def test_slow_sql_of_one_window_ends_after_quick_sql_of_another(directory: Path) -> None:
    """Q5: the same with queries, by order of completion."""
    order: list[str] = []

    async def wait(name: str, reading: Reading[Result]) -> None:
        with suppress(QueryTimeoutError):
            await reading
        order.append(name)

    async def race(store: Store) -> None:
        endless, quick = SqlQuery(sql=ENDLESS), SqlQuery(sql="SELECT 1 AS x")
        slow = [wait("slow", store.read(endless, window="slow")) for _ in range(6)]
        await asyncio.gather(
            *slow, *(wait("quick", store.read(quick, window="quick")) for _ in range(8))
        )

    with Store.open(directory, schema, limits=Limits(seconds=0.4)) as store:
        asyncio.run(race(store))
    last_quick = len(order) - 1 - order[::-1].index("quick")
    assert "slow" in order[last_quick:]
    assert order[-PER_WINDOW:] == ["slow"] * PER_WINDOW


def test_a_read_keeps_its_snapshot_while_commits_go_on(store: Store) -> None:
    """Q5: a reader that began earlier sees the rows of its own head to the end."""
    commit(store, persona("a"))
    inside, go_on = threading.Event(), threading.Event()

    def work(snapshot: Snapshot) -> tuple[int, object]:
        head = snapshot.head()
        inside.set()
        assert go_on.wait(WAIT)
        return head, snapshot.rows("SELECT count(*) FROM personas")

    future = store._readers.submit("other", work)
    assert inside.wait(WAIT)
    commit(store, persona("b"))
    assert len(find(store, "personas")) == 2
    go_on.set()
    assert future.result(WAIT) == (1, [(1,)])


def test_a_head_belongs_to_its_rows_while_commits_go_on(store: Store) -> None:
    """Each event adds a persona, so head = count, in every kind of read and on every thread."""
    ended = threading.Event()

    def watch(window: int) -> int:
        reads = 0
        while not ended.is_set() or reads < 5:
            counted = read(store, f"w{window}", **{"from": "personas", "count": True})
            assert counted.count == counted.head
            listed = read(store, f"w{window}", **{"from": "personas", "fields": ["id"]})
            assert len(listed.rows) == listed.head
            told = read(store, f"w{window}", sql="SELECT count(*) AS n FROM personas")
            assert orjson.loads(told.rows[0])["n"] == told.head
            page = store.events(limit=10_000, window=f"w{window}").result(WAIT)
            assert [one.seq for one in page.events] == list(range(1, page.head + 1))
            reads += 1
        return reads

    with ThreadPoolExecutor(3) as pool:
        watchers = [pool.submit(watch, n) for n in range(3)]
        for n in range(60):
            commit(store, *(persona(f"{n}-{i}") for i in range(1 + n % 3)))
        ended.set()
        assert all(one.result(WAIT) >= 5 for one in watchers)


def test_a_read_after_a_commit_sees_it(store: Store) -> None:
    """L5's ground: what was acknowledged is in every later read."""
    for n in range(1, 30):
        commit(store, persona(str(n)))
        assert read(store, f"window {n % 5}", **{"from": "personas"}).head == n


def test_a_new_collection_is_there_for_readers_at_once(store: Store) -> None:
    """S10: also for connections that were open before."""
    query = parse_query({"from": "things"})

    def on_every_thread(work: Callable[[Snapshot], ResultT]) -> list[ResultT]:
        together = threading.Barrier(THREADS, timeout=WAIT)

        def begin(snapshot: Snapshot) -> ResultT:
            together.wait()
            return work(snapshot)

        readings = [store._readers.submit(f"w{n}", begin) for n in range(THREADS)]
        return [one.result(WAIT) for one in readings]

    def refused(snapshot: Snapshot) -> bool:
        with pytest.raises(UnknownCollectionError):
            snapshot.query(query)
        return True

    assert all(on_every_thread(refused))
    commit(store, new("CollectionDefined", name="things", primaryKey="id"))
    assert [list(one.rows) for one in on_every_thread(lambda one: one.query(query))] == (
        [[]] * THREADS
    )


def test_document_queries_say_their_ids(store: Store) -> None:
    """The live layer names rows by primary key."""
    commit(store, persona("b"), persona("a"))
    result = read(store, **{"from": "personas", "sort": [{"id": "desc"}]})
    assert (result.ids, result.primary_key, result.tables) == (["b", "a"], "id", {"personas"})
    assert result.to_wire()["head"] == 2
    first = read(store, **{"from": "personas", "first": True, "selector": {"id": "z"}})
    assert (first.kind, orjson.dumps(first.to_wire())) == ("row", b'{"row":null,"head":2}')


def test_all_that_happened_to_one_document(store: Store) -> None:
    """`events(collection, id)`: every event that changed it, whatever its name."""
    commit(store, persona("a"), persona("b"), memory("m", "a"), memory("n", "a"))
    commit(store, new("PersonaActivated", id="a"))
    commit(store, new("PersonaActivated", id="b"))
    commit(store, new("PersonaActivated", id="b"))
    commit(store, new("MemoryLinked", fromId="m", toId="n", kind="x"))
    commit(store, new("DocumentPatched", collection="personas", id="a", patch={"note": 1}))
    commit(store, new("PersonaDeleted", id="a"))

    def seqs(**which: object) -> list[int]:
        return [one.seq for one in events(store, **which)]

    assert seqs(collection="personas", id="a") == [1, 5, 6, 9, 10]
    assert seqs(collection="personas", id="b") == [2, 6, 7]
    assert seqs(collection="memoryEntities", id="n") == [4, 8]
    assert seqs(collection="memoryLinks") == [8]
    assert seqs(collection="personas", id="a", after=5, limit=2) == [6, 9]
    assert seqs(collection="personas", names=["v1.PersonaActivated"]) == [5, 6, 7]
    assert seqs(collection="personas", id="z") == []
    assert seqs(collection="nothing") == []
    assert seqs(names=[]) == []
    assert seqs(limit=0) == []
    assert seqs(after=10) == []


def test_pages_of_the_log_join_without_gaps(store: Store) -> None:
    """A page has `limit` events at most; `after` its last is the next."""
    commit(store, *(persona(str(n)) for n in range(25)))
    found: list[Event] = []
    while page := events(store, after=found[-1].seq if found else 0, limit=10):
        assert len(page) <= 10
        found += page
    assert [one.seq for one in found] == list(range(1, 26))


def test_info_counts(store: Store) -> None:
    commit(store, persona("a"), persona("b"))
    info = store.info().result(WAIT)
    assert info["head"] == 2
    assert info["tables"] == {
        "personas": 2, "memoryEntities": 0, "memoryLinks": 0, "conversations": 0, "uiState": 0
    }  # fmt: skip
    assert (info["unknownEvents"], info["fingerprint"]) == (0, schema.fingerprint)
    assert isinstance(info["bytes"], int)
    assert info["bytes"] > 0


def test_closing_answers_what_was_asked(store: Store) -> None:
    commit(store, persona("a"))
    asked = [store.read(parse_query({"from": "personas"})) for _ in range(50)]
    store.close()
    assert {one.result(0).head for one in asked} == {1}
    with pytest.raises(ShuttingDownError):
        sql(store, "SELECT 1")
