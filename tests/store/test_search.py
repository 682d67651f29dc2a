"""Full-text search follows the rows, whatever changes them, and `rebuild --check` sees if not."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sidecar.app import schema
from sidecar.core.column import json, text
from sidecar.core.errors import (
    ConflictError,
    CorruptError,
    NotFoundError,
    ReadOnlyError,
    SidecarError,
    ValidationError,
)
from sidecar.core.event import Event, NewEvent
from sidecar.core.json import Json, JsonObject
from sidecar.core.query import SqlQuery
from sidecar.core.schema import Args, Schema, event
from sidecar.core.state import State, Statement, Statements
from sidecar.core.table import Table
from sidecar.store import Store
from sidecar.store.driver import connect
from tests.store.acts import (
    WAIT,
    assert_sound,
    checked,
    commit,
    image,
    memory,
    new,
    persona,
    refused,
    sql,
    tamper,
)
from tests.store.trace import Trace
from tests.store.versions import version

SEARCH = '"memoryEntities(search)"'
MATCH = (
    f"SELECT m.id FROM memoryEntities m JOIN {SEARCH} s ON s.rowid = m._rowid_ "
    f"WHERE {SEARCH} MATCH ? ORDER BY bm25({SEARCH}, 4, 2, 2, 1), m.id"
)


def found(store: Store, expression: str) -> list[Json]:
    """Return the ids of the memories an FTS5 expression matches, best first."""
    return [row["id"] for row in sql(store, MATCH, expression)]


def test_a_word_is_found_in_each_declared_column(store: Store) -> None:
    """And in no other; the heavier column ranks first."""
    commit(
        store,
        memory("in-content", content={"a": [{"b": "the lake"}, 5, None]}, type="lake"),
        memory("in-tags", tags=["x", "lake"]),
        memory("in-name", name="Lake"),
        memory("in-summary", summary="by the lake"),
        memory("nowhere", type="lake", content={"lake": "key"}, extra="lake"),
    )
    hits = found(store, "lake")
    assert hits[0] == "in-name"
    assert sorted(map(str, hits)) == ["in-content", "in-name", "in-summary", "in-tags"]
    assert found(store, "{tags} : lake") == ["in-tags"]


def test_a_snippet_shows_the_words_around(store: Store) -> None:
    commit(store, memory("m", content={"likes": ["tea", {"and": "long trains"}]}))
    snippet = f"snippet({SEARCH}, -1, '<', '>', '…', 16)"
    (row,) = sql(store, f"SELECT {snippet} AS s FROM {SEARCH} WHERE {SEARCH} MATCH 'long'")
    assert row == {"s": "tea <long> trains"}


def test_an_update_moves_a_row_s_words(store: Store) -> None:
    commit(store, memory("m", name="old", summary="stays"), memory("n", name="old"))
    commit(store, new("MemoryEntityUpdated", id="m", updates={"name": "new", "tags": ["t"]}))
    assert (found(store, "old"), found(store, "new"), found(store, "t")) == (["n"], ["m"], ["m"])
    assert found(store, "stays") == ["m"]


def test_a_soft_deleted_memory_keeps_its_words_until_its_row_goes(store: Store) -> None:
    """A query leaves it out by `deletedAt`, as one without search does."""
    commit(store, memory("m", name="word"))
    for name, args in (
        ("MemoryEntityDeleted", {"deletedAt": 5}),
        ("MemoryEntityRestored", {}),
        ("MemoryEntityAccessed", {"accessedAt": 5}),
        ("MemoryTierChanged", {"tier": "cold"}),
    ):
        commit(store, NewEvent(f"v1.{name}", {"id": "m", **args}))
        assert found(store, "word") == ["m"]
    commit(store, new("DocumentDeleted", collection="memoryEntities", id="m"))
    assert found(store, "word") == []
    commit(store, memory("m", name="again"))
    assert (found(store, "word"), found(store, "again")) == ([], ["m"])


def test_what_leaves_the_texts_alone_leaves_the_index_alone(store: Store) -> None:
    """The engine's own `_seq`, a count, a time: FTS5 writes nothing."""

    def index() -> list[tuple[object, ...]]:
        with closing(connect(store.path, key=None, read_only=True)) as connection:
            shadow = '"memoryEntities(search)_data"'
            return connection.execute(f"SELECT * FROM {shadow} ORDER BY id").fetchall()

    commit(store, memory("m"), memory("n"))
    before = index()
    commit(store, new("MemoryEntityAccessed", id="m", accessedAt=9))
    commit(store, new("MemoryLinked", fromId="m", toId="n", kind="x"))
    assert index() == before
    commit(store, new("MemoryEntityUpdated", id="m", updates={"summary": "s"}))
    assert index() != before


def test_an_imported_memory_is_found(store: Store) -> None:
    """M1: also one that lacks fields, or has null; those hold no words."""
    commit(
        store,
        new("MemoryEntityImported", id="m", personaId="p", name="Whole", tags=["tag"]),
        new("MemoryEntityImported", id="n", personaId="p", name="Bare", tags=None),
        new(
            "DocumentInserted",
            collection="memoryEntities",
            document={"id": "o", "content": {"deep": [[["word"]]]}},
        ),
    )
    assert (found(store, "tag"), found(store, "bare"), found(store, "word")) == (
        ["m"],
        ["n"],
        ["o"],
    )


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ("Crème BRÛLÉE", ["creme", "brulee", "crème", "CREME"]),
        ("Straße", ["straße"]),
        ("ﬁrst ǅ Ω", ["ω"]),
        ("tea🍵time", ["tea", "time"]),
        ("東京 タワー", ["東京", "タワー"]),
        ("a\0b c", ["a", "b", "c"]),
        ("'quoted' \"twice\" \\ % _ * ( ) -", ["quoted", "twice"]),
        ("x" * 1_000 + " end", ["x" * 1_000, "end"]),
        ("\u200fשלום\u202e مرحبا", ["שלום", "مرحبا"]),
    ],
)
def test_texts_of_any_script_are_found(store: Store, stored: str, words: list[str]) -> None:
    """Case and diacritics don't matter; what is no letter or digit parts words."""
    commit(store, memory("name", name=stored), memory("json", content={"é\n": [stored]}))
    for word in words:
        assert sorted(map(str, found(store, f'"{word}"'))) == ["json", "name"]


def test_a_megabyte_of_text_is_searched(store: Store, directory: Path) -> None:
    long = " ".join(f"w{number}" for number in range(150_000))
    assert len(long) > 1_000_000
    commit(store, memory("m", summary=long, content={"a": long}))
    assert found(store, "w149999") == ["m"]
    commit(store, new("MemoryEntityUpdated", id="m", updates={"summary": ""}))
    assert found(store, "{summary} : w149999") == []
    assert found(store, "{content} : w149999") == ["m"]
    assert checked(directory).differences == ()


def test_a_refused_batch_leaves_no_words(store: Store, directory: Path) -> None:
    """S4: also where it shares its transaction with good ones."""
    good = [store.commit([memory(f"g{at}", name="good")]) for at in range(20)]
    bad = [store.commit([memory(f"b{at}", name="bad"), memory("g0")]) for at in range(20)]
    for one in good:
        one.result(WAIT)
    for one in bad:
        assert isinstance(one.exception(WAIT), ConflictError)
    assert (found(store, "bad"), len(found(store, "good"))) == ([], 20)
    assert checked(directory).differences == ()


class Written(Args):
    """One statement, and its parameters."""

    sql: str
    params: list[str]


odd = Table(
    "odd [notes] 'x'",
    {
        "rowid": text(primary_key=True),
        "value": json(),
        "json": json(nullable=True),
        'a "b"': text(nullable=True),
        "type": text(nullable=True),
    },
    search={"type": 1, "value": 1, 'a "b"': 2.5, "json": 1},
)
ODD = "\"odd [notes] 'x'\""


@event("v1.Written", Written)
def written(args: Written, event: Event, state: State) -> Statements:
    """Run what was sent: a materializer may write any SQL."""
    if args.sql.startswith("SELECT"):
        state.select(args.sql)
        return []
    return [Statement(args.sql, args.params, (odd.name,))]


ODD_SCHEMA = Schema("odd", version=1, tables=[odd], events=[written])


def write(store: Store, statement: str, *params: str) -> None:
    """Commit a statement over the odd table."""
    commit(store, new("Written", sql=statement.replace(" T ", f" {ODD} "), params=[*params]))


def test_a_row_that_takes_another_place_is_found_there(directory: Path) -> None:
    """Also when nothing but its number changes."""
    search = "\"odd [notes] 'x'(search)\""
    found = (
        f"SELECT t.type FROM {ODD} AS t JOIN {search} AS s ON s.rowid = t._rowid_ "
        f"WHERE {search} MATCH 'seven'"
    )
    with Store.open(directory, ODD_SCHEMA) as store:
        write(store, "INSERT INTO T (rowid, type, value) VALUES ('1', 'seven', '[]')")
        write(store, "UPDATE T SET _rowid_ = _rowid_ + 100")
        assert sql(store, found) == [{"type": "seven"}]
    assert checked(directory, ODD_SCHEMA).differences == ()


def test_any_statement_keeps_the_search(directory: Path) -> None:
    """Insert, upsert, update, REPLACE, delete; columns with names SQL or json_tree() have too."""
    search = "\"odd [notes] 'x'(search)\""

    def held() -> list[JsonObject]:
        return sql(store, f'SELECT type, value, "a ""b""", json FROM {search} ORDER BY type')

    with Store.open(directory, ODD_SCHEMA) as store:
        insert = 'INTO T (rowid, type, value, json, "a ""b""") VALUES (?, ?, ?, ?, ?)'
        write(store, f"INSERT {insert}", "1", "one", '["x",{"y":"z"}]', '{"a":1}', "b")
        write(store, f"INSERT {insert}", "2", "two", "[]", '["j"]', "c")
        assert held() == [
            {"type": "one", "value": "x z", 'a "b"': "b", "json": None},
            {"type": "two", "value": None, 'a "b"': "c", "json": "j"},
        ]
        write(store, f"INSERT OR REPLACE {insert}", "1", "three", "[]", "[]", "d")
        write(store, f"INSERT OR IGNORE {insert}", "1", "lost", "[]", "[]", "d")
        write(store, f"REPLACE {insert}", "2", "four", "[]", "[]", "e")
        write(store, f"INSERT {insert} ON CONFLICT DO UPDATE SET type = 'six'", *"2", "", *"[[", "")
        assert [(row["type"], row['a "b"']) for row in held()] == [("six", "e"), ("three", "d")]
        write(store, "UPDATE OR REPLACE T SET rowid = '2', type = 'seven' WHERE rowid = '1'")
        assert [row["type"] for row in held()] == ["seven"]
        write(store, "UPDATE T SET json = NULL, value = ? WHERE true", '{"a":{"b":["c"]}}')
        assert [(row["value"], row["json"]) for row in held()] == [("c", None)]
        write(store, "INSERT INTO T (rowid, type, value) SELECT 'n' || value, value, '[]' "
              "FROM json_each(?) WHERE true", '["p","q"]')  # fmt: skip
        assert [row["type"] for row in held()] == ["p", "q", "seven"]
        assert checked(directory, ODD_SCHEMA).differences == ()
        write(store, "DELETE FROM T WHERE true")
        assert held() == []
    assert_sound(directory, ODD_SCHEMA)


@pytest.mark.parametrize("before", ["", "DELETE FROM T WHERE rowid IN ("])
def test_a_materializer_does_not_read_a_search(
    directory: Path, caplog: pytest.LogCaptureFixture, before: str
) -> None:
    """A replay goes without it, and must derive the same; the log says so to the app's author."""
    with Store.open(directory, ODD_SCHEMA) as store:
        with pytest.raises(SidecarError, match=r"v1\.Written failed"):
            write(store, f"{before}SELECT json FROM \"odd [notes] 'x'(SEARCH)\"")
        assert store.head == 0
    assert "reads a full-text search" in caplog.text


@pytest.mark.parametrize("key", [None, "secret"])
def test_an_existing_store_gets_its_search_by_a_rebuild(directory: Path, key: str | None) -> None:
    """S6: the declaration changes the fingerprint, and the search is over all there is."""

    def opened(**search: float) -> Schema:
        columns = {"id": text(primary_key=True), "title": text(nullable=True), "body": json()}
        return Schema(
            "notes", version=1, tables=[Table("notes", columns, search=search)], events=[]
        )

    def note(id: str, **fields: Json) -> NewEvent:
        return new("DocumentInserted", collection="notes", document={"id": id, **fields})

    search = '"notes(search)"'
    match = f"SELECT rowid FROM {search} WHERE {search} MATCH ?"
    with Store.open(directory, opened(), key=key) as store:
        commit(store, *(note(str(at), title=f"note {at}", body={}) for at in range(5)))
        # Rowids with a gap, which are other ones after the swap.
        commit(store, new("DocumentDeleted", collection="notes", id="1"))
        with pytest.raises(SidecarError, match="no such table"):
            sql(store, match, "note")
    for declared in (opened(title=1), opened(body=1, title=1)):
        with Store.open(directory, declared, key=key) as store:
            assert [len(sql(store, match, word)) for word in ("note", "1", "2")] == [4, 0, 1]
            commit(store, note("new", title="first", body={"a": ["second"]}))
            assert len(sql(store, match, "first")) == 1
            assert len(sql(store, match, "second")) == len(declared.tables["notes"].search) - 1
            commit(store, new("DocumentDeleted", collection="notes", id="new"))
            assert sql(store, match, "first") == []
        assert_sound(directory, declared, key)
    with Store.open(directory, opened(), key=key) as store:
        assert sql(store, "SELECT name FROM sqlite_master WHERE name LIKE '%search%'") == []
    assert_sound(directory, opened(), key)


def test_a_search_is_no_table_of_its_own(store: Store, directory: Path) -> None:
    """Neither in the store's info, nor in a rebuild's report; it is no collection."""
    commit(store, memory("m"))
    tables = store.info().result(WAIT)["tables"]
    assert isinstance(tables, dict)
    assert tables.keys() == schema.tables.keys() == {*store.collections()}
    assert not [name for name in checked(directory).rows if "search" in name]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (f"DROP TABLE {SEARCH}", "missing"),
        (f"DELETE FROM {SEARCH} WHERE rowid = 2", "'n'"),
        (f"INSERT INTO {SEARCH} (rowid) VALUES (9)", "None"),
        (f"UPDATE {SEARCH} SET name = 'other' WHERE rowid = 1", "'m'"),
        (f"UPDATE {SEARCH} SET rowid = 9 WHERE rowid = 1", "differs"),
        ("UPDATE \"memoryEntities(search)_content\" SET c0 = 'other' WHERE id = 1", "checksum"),
        ('DELETE FROM "memoryEntities(search)_data"', "corrupt"),
        ('DELETE FROM "memoryEntities(search)_data" WHERE id > 10', "corrupt"),
        ('DELETE FROM "memoryEntities(search)_docsize"', "malformed"),
        ('DROP TABLE "memoryEntities(search)_idx"', "malformed"),
        ('DROP TABLE "memoryEntities(search)_content"', "no such table"),
        ('CREATE VIRTUAL TABLE "personas(search)" USING fts5(name)', "nothing declares it"),
    ],
)
def test_a_search_out_of_step_is_found_and_mended(
    directory: Path, statement: str, told: str
) -> None:
    """S6: the check names it; a rebuild makes it anew."""
    with Store.open(directory, schema) as store:
        commit(store, memory("m", name="word"), memory("n", tags=["word"]))
    tamper(directory, statement)
    differences = checked(directory).differences
    assert differences
    assert all("(search)" in line for line in differences)
    assert told in " ".join(differences)
    with Store.open(directory, version(2)) as store:
        assert found(store, "word") == ["m", "n"]
    assert_sound(directory, version(2))


def test_a_search_made_otherwise_is_found(directory: Path) -> None:
    """S6: with another tokenizer the same texts have other words."""
    Store.open(directory, schema).close()
    columns = "name, summary, tags, content"
    tamper(
        directory, f"DROP TABLE {SEARCH}", f"CREATE VIRTUAL TABLE {SEARCH} USING fts5({columns})"
    )
    assert checked(directory).differences == ("memoryEntities(search): defined differently",)


@pytest.mark.parametrize(
    "statement",
    [
        'DELETE FROM "memoryEntities(search)_data"',
        'DELETE FROM "memoryEntities(search)_config"',
        f"DROP TABLE {SEARCH}",
    ],
)
def test_a_damaged_search_is_the_store_s_fault(directory: Path, statement: str) -> None:
    """E_CORRUPT to who changes what is searched; all else goes on."""
    with Store.open(directory, schema) as store:
        commit(store, memory("m", name="word"))
    tamper(directory, statement)
    with Store.open(directory, schema) as store:
        with pytest.raises(SidecarError):
            found(store, "word")
        refused(store, CorruptError, memory("n"))
        commit(store, persona("p"))
        assert [row["id"] for row in sql(store, "SELECT id FROM memoryEntities")] == ["m"]


def test_a_search_fts5_cannot_open_stops_a_rebuild(directory: Path) -> None:
    """S6: E_CORRUPT, and the old state stays."""
    with Store.open(directory, schema) as store:
        commit(store, memory("m", name="word"))
        before = image(store.path, None)
    tamper(directory, 'DELETE FROM "memoryEntities(search)_config"')
    with pytest.raises(CorruptError, match="memoryEntities"):
        Store.open(directory, version(2))
    assert image(directory / "store.db", None) == before


def test_a_search_is_no_way_to_write(store: Store) -> None:
    """Q4: FTS5 takes commands as inserts; the reads it makes itself are allowed."""
    commit(store, memory("m", name="word"))
    for statement in (
        f"INSERT INTO {SEARCH} ({SEARCH}) VALUES ('rebuild')",
        f"INSERT INTO {SEARCH} ({SEARCH}, rank) VALUES ('integrity-check', 1)",
        f"DELETE FROM {SEARCH}",
        f"UPDATE {SEARCH} SET name = ''",
        f"DROP TABLE {SEARCH}",
        f"PRAGMA integrity_check({SEARCH})",
        "PRAGMA data_version = 1",
        f"CREATE VIRTUAL TABLE temp.v USING fts5vocab(main, {SEARCH}, row)",
    ):
        with pytest.raises(ReadOnlyError):
            sql(store, statement)
    assert found(store, "word") == ["m"]


def test_a_read_of_a_search_depends_on_its_table(store: Store) -> None:
    """L1: so a live query over it runs again when the table changes."""
    commit(store, memory("m", name="word"))
    for text_ in (
        f"SELECT rowid FROM {SEARCH} WHERE {SEARCH} MATCH 'word'",
        "SELECT rowid FROM \"MEMORYENTITIES(Search)\" WHERE name MATCH 'word'",
        'SELECT * FROM "memoryEntities(search)_content"',
    ):
        for _ in range(2):
            assert store.read(SqlQuery(sql=text_)).result(WAIT).tables == {"memoryEntities"}


WORDS = ["tea", "Tea", "thé", "trains", "ÉTÉ", "ete", "東京", "a🍵b", "x\0y", "", "it's", "5"]
texts = st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join)
names = texts.filter(bool)
ids = st.sampled_from(["a", "b", "c", "d"])
nested = st.recursive(
    texts | st.none() | st.integers(0, 9), lambda one: st.lists(one, max_size=2)
    | st.dictionaries(st.sampled_from(["k", "tea"]), one, max_size=2), max_leaves=4,
)  # fmt: skip
contents = st.dictionaries(st.sampled_from(["k", "trains"]), nested, max_size=2)
fields = st.fixed_dictionaries(
    {}, optional={"name": names, "summary": texts, "tags": st.lists(texts), "content": contents}
)
acts = st.one_of(
    st.builds(lambda id, more: memory(id, **more), ids, fields),
    st.builds(lambda id, more: new("MemoryEntityUpdated", id=id, updates=more), ids, fields),
    st.builds(
        lambda id, more: new("MemoryEntityImported", id=id, personaId="p", name="N", **more),
        ids,
        fields.map(lambda more: {k: v for k, v in more.items() if k != "name"}),
    ),
    st.builds(lambda id: new("DocumentDeleted", collection="memoryEntities", id=id), ids),
    st.builds(
        lambda id, name: new(
            "DocumentPatched", collection="memoryEntities", id=id, patch={"tags": None},
            unset=[name],
        ),
        ids, st.sampled_from(["summary", "content", "note"]),
    ),
)  # fmt: skip


@settings(max_examples=40)
@given(batches=st.lists(st.lists(acts, min_size=1, max_size=3), min_size=1, max_size=25))
def test_each_word_finds_exactly_the_rows_that_hold_it(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[NewEvent]]
) -> None:
    """After any batches, some of them bad, as an FTS5 table says that is made of the documents."""
    directory = tmp_path_factory.mktemp("words") / "data"
    with Store.open(directory, schema) as store:
        for batch in batches:
            try:
                commit(store, *batch)
            except (ConflictError, NotFoundError, ValidationError):
                continue
        documents = image(store.path, None)["memoryEntities"]
        rows = sql(store, "SELECT id, name, summary, tags, content FROM memoryEntities")
        assert len(rows) == len(documents)
        words = {word for text_ in WORDS for word in re.findall(r"\w+", text_)}
        expected = expectation(directory / "words.db", rows, words)
        assert {word: {*found(store, f'"{word}"')} for word in words} == expected
    assert checked(directory).differences == ()


def expectation(path: Path, rows: list[JsonObject], words: set[str]) -> dict[str, set[Json]]:
    """Return which documents hold each word, by a fresh FTS5 table over what Python finds."""
    with closing(connect(path, key=None)) as connection:
        connection.execute(
            "CREATE VIRTUAL TABLE f USING fts5(id UNINDEXED, t, "
            "tokenize='unicode61 remove_diacritics 2')"
        )
        for row in rows:
            held = [text_ for name in list(row)[1:] for text_ in texts_in(row[name])]
            connection.execute("INSERT INTO f VALUES (?, ?)", (row["id"], "\n".join(held)))
        match = "SELECT id FROM f WHERE f MATCH ?"
        return {word: {id for (id,) in connection.execute(match, (f'"{word}"',))} for word in words}


def texts_in(value: Json) -> list[str]:
    """Return all texts in a JSON value."""
    if isinstance(value, str):
        return [value]
    members = value.values() if isinstance(value, dict) else value
    return (
        [one for member in members for one in texts_in(member)]
        if isinstance(value, dict | list)
        else []
    )


@pytest.mark.parametrize("seed", range(3))
def test_any_trace_of_events_leaves_a_sound_search(directory: Path, seed: int) -> None:
    """S6: over all events of PJAIS, good and bad, with a rebuild in the middle."""
    trace = Trace(seed)
    for number in (1, 2):
        with Store.open(directory, version(number)) as store:
            for batch in trace.batches(150):
                store.commit(batch).exception(WAIT)
        assert_sound(directory, version(number))
