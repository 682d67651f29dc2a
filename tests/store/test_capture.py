"""Change capture: what observers are told of rows, against the rows themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sidecar.core.column import text
from sidecar.core.errors import ConflictError
from sidecar.core.event import NewEvent
from sidecar.core.json import JsonObject
from sidecar.core.query import SqlQuery
from sidecar.core.schema import Schema
from sidecar.core.table import Table
from sidecar.store import Committed, Store
from sidecar.store.capture import MOST_ROWS, Half, Image, TableChange, fold
from tests.live.traces import DEFINED, Trace, schema, things
from tests.live.traces import raw as raw_sql
from tests.store.acts import WAIT

State = dict[str, Image]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "data", schema) as store:
        yield store


@pytest.fixture
def told(store: Store) -> list[Committed]:
    told: list[Committed] = []
    store.observe(told.append)
    store.watch(frozenset(["things"]))
    return told


def raw(sql: str) -> NewEvent:
    return NewEvent("v1.Raw", {"sql": sql})


def put(id: str, **more: object) -> NewEvent:
    document = {"id": id, **more}
    return NewEvent("v1.DocumentInserted", {"collection": "things", "document": document})  # type: ignore[dict-item]


def run(store: Store, *events: NewEvent) -> None:
    store.commit(events).result(WAIT)


def rows(told: list[Committed]) -> list[tuple[JsonObject | None, JsonObject | None]]:
    """Return what the last commit did to `things`, by column, without what is NULL."""
    change = told[-1].changes["things"]

    def named(image: Image | None) -> JsonObject | None:
        names = [*things.columns, "_extra"]
        return image and {
            name: value for name, value in zip(names, image, strict=False) if value is not None
        }

    return [(named(old), named(new)) for old, new in change.rows]


def test_a_row_is_seen_before_and_after(store: Store, told: list[Committed]) -> None:
    """With the fields that have no column, and whatever SQL changed it."""
    run(store, put("a", name="x", other=1))
    assert rows(told) == [(None, {"id": "a", "name": "x", "_extra": '{"other":1}'})]
    run(store, raw("UPDATE things SET name = 'y', _extra = NULL"))
    assert rows(told) == [
        ({"id": "a", "name": "x", "_extra": '{"other":1}'}, {"id": "a", "name": "y"})
    ]
    run(store, raw("DELETE FROM things"))
    assert rows(told) == [({"id": "a", "name": "y"}, None)]


def test_what_happens_to_a_row_in_one_transaction_is_one_change(
    store: Store, told: list[Committed]
) -> None:
    run(store, put("a"))
    run(
        store,
        raw("UPDATE things SET age = 1"),
        raw("UPDATE things SET age = 2"),
        raw("DELETE FROM things"),
        put("a", age=3),
        put("b"),
        raw("DELETE FROM things WHERE id = 'b'"),
    )
    assert rows(told) == [({"id": "a"}, {"id": "a", "age": 3})]
    assert told[-1].changes["things"].columns() == {"_seq", "age"}


def test_a_replaced_row_is_seen(store: Store, told: list[Committed]) -> None:
    """REPLACE deletes without saying so; the row's new place is another change than a value's."""
    run(store, put("a", name="x"), put("b"))
    run(store, raw("INSERT OR REPLACE INTO things (id, name) VALUES ('a', 'x')"))
    assert rows(told) == [({"id": "a", "name": "x"}, {"id": "a", "name": "x"})]
    assert told[-1].changes["things"].columns() is None
    run(store, raw("UPDATE OR REPLACE things SET id = 'b' WHERE id = 'a'"))
    assert rows(told) == [
        ({"id": "b"}, {"id": "b", "name": "x"}),
        ({"id": "a", "name": "x"}, None),
    ]
    run(store, raw("UPDATE things SET oid = 77"))
    assert told[-1].changes["things"].columns() is None


def test_a_row_that_is_again_what_it_was_has_a_new_revision_alone(
    store: Store, told: list[Committed]
) -> None:
    """S13."""
    run(store, put("a", age=1, score=1))
    run(store, raw("UPDATE things SET age = 2"), raw("UPDATE things SET age = 1"))
    assert told[-1].changes["things"].columns() == {"_seq"}
    run(store, raw("UPDATE things SET score = 1.0"))
    assert told[-1].changes["things"].columns() == {"_seq", "score"}
    run(store, raw("UPDATE things SET _seq = 0"))
    assert told[-1].changes["things"].columns() == {"_seq"}
    run(store, NewEvent("v1.MigrationRolledBack", {"reason": ""}))
    assert told[-1].changes["things"].columns() == frozenset()


def test_what_is_rolled_back_is_not_seen(store: Store, told: list[Committed]) -> None:
    """S4: of the batches of one transaction each has a savepoint of its own."""
    run(store, put("a"))
    good, bad, more = (
        store.commit(batch)
        for batch in (
            [put("b"), raw("UPDATE things SET age = 1 WHERE id = 'a'")],
            [put("c"), raw("UPDATE things SET age = 2"), put("a")],
            [put("d")],
        )
    )
    good.result(WAIT)
    assert bad.exception(WAIT) is not None
    more.result(WAIT)
    seen = {
        str(new["id"]): new
        for committed in told[1:]
        for _, new in rows([committed])
        if new is not None
    }
    assert seen == {"a": {"id": "a", "age": 1}, "b": {"id": "b"}, "d": {"id": "d"}}
    store.probe([put("e")], lambda _: None).result(WAIT)
    run(store, put("f"))
    assert rows(told) == [(None, {"id": "f"})]


def test_a_row_s_revisions_are_told_with_it(store: Store, told: list[Committed]) -> None:
    """S13: what it had before the transaction, and the event that last touched it."""

    def revisions() -> list[tuple[int | None, int]]:
        return list(told[-1].changes["things"].revisions)

    run(store, put("a"), put("b"), raw("UPDATE things SET name = 'x' WHERE id = 'a'"))
    assert revisions() == [(None, 3), (None, 2)]
    gone = NewEvent("v1.DocumentDeleted", {"collection": "things", "id": "b"})
    run(store, raw("UPDATE things SET name = 'y'"), gone)
    assert revisions() == [(3, 4), (2, 5)]
    run(store, raw("UPDATE things SET _seq = 99"))
    assert revisions() == [(4, 6)]
    assert find(store, "SELECT _seq FROM things") == ['{"_seq":6}']


def test_all_tables_may_be_watched_those_to_come_too(store: Store, told: list[Committed]) -> None:
    """A collection's first documents may come in the transaction that defines it."""
    store.watch(None)
    define = NewEvent("v1.CollectionDefined", {"name": "notes", "primaryKey": "id"})
    note = NewEvent("v1.DocumentInserted", {"collection": "notes", "document": {"id": "n"}})
    with pytest.raises(ConflictError):
        run(store, define, note, note)
    run(store, put("a"))
    assert "notes" not in told[-1].changes
    run(store, define, note)
    assert told[-1].changes["notes"].rows == [(None, ("n", None, 1))]
    run(store, NewEvent("v1.DocumentDeleted", {"collection": "notes", "id": "n"}))
    assert told[-1].changes["notes"].rows == [(("n", None, 1), None)]


def find(store: Store, text: str) -> list[str]:
    return list(store.read(SqlQuery(sql=text)).result(WAIT).rows)


def test_a_table_nobody_watches_is_not_kept(store: Store, told: list[Committed]) -> None:
    store.watch(frozenset(["_events", "nothing"]))
    run(store, put("a"))
    assert told[-1].changes == {}
    store.watch(frozenset(["things"]))
    run(store, put("b"))
    assert [new for _, new in rows(told)] == [{"id": "b"}]


def test_a_large_change_is_one_of_the_whole_table(store: Store, told: list[Committed]) -> None:
    """Memory is bounded: a table with too many touched rows is not told row by row."""
    numbers = "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
    fill = numbers + "INSERT INTO things (id) SELECT 'id ' || i FROM n"
    run(store, raw(fill.format(MOST_ROWS)))
    assert len(rows(told)) == MOST_ROWS
    run(store, raw("DELETE FROM things"))
    run(store, raw(fill.format(MOST_ROWS + 1)))
    assert "things" not in told[-1].changes
    run(store, put("a"))
    assert [new for _, new in rows(told)] == [{"id": "a"}]


def test_a_table_too_wide_for_a_function_is_changed_as_a_whole(tmp_path: Path) -> None:
    names = [f"c{number}" for number in range(1_100)]
    wide = Schema(
        "wide",
        version=1,
        tables=[Table("wide", {"id": text(primary_key=True), **{one: text() for one in names}})],
        events=[raw_sql],
    )
    with Store.open(tmp_path / "wide", wide) as store:
        told: list[Committed] = []
        store.observe(told.append)
        store.watch(frozenset(["wide"]))
        run(store, raw("INSERT INTO wide (id) VALUES ('a')"))
        assert told[0].changes == {}
        found = store.read(SqlQuery(sql="SELECT id FROM wide")).result(WAIT)
        assert list(found.rows) == ['{"id":"a"}']


def whole(store: Store, table: str) -> State:
    """Return a table's rows as images, by primary key."""
    found = store.read(SqlQuery(sql=f"SELECT *, rowid AS _place FROM {table}")).result(WAIT)
    names = [*store.tables[table].columns, "_extra", "_place"]
    documents = [orjson.loads(row) for row in found.rows]
    return {
        row["id"]: tuple(
            orjson.dumps(row[name]).decode() if isinstance(row[name], dict | list) else row[name]
            for name in names
        )
        for row in documents
    }


def led_to(before: State, change: TableChange) -> State:
    """Return the rows that a change leads to, whose old images must be the rows before."""
    after = dict(before)
    for old, _ in change.rows:
        if old is not None:
            assert after.pop(str(old[0])) == old
    for _, new in change.rows:
        if new is not None:
            assert str(new[0]) not in after
            after[str(new[0])] = new
    return after


@pytest.mark.parametrize("seed", range(8))
def test_the_images_lead_from_one_state_to_the_next(store: Store, seed: int) -> None:
    """Whatever SQL ran, and whichever batches of a group were refused."""
    trace = Trace(seed)
    told: list[Committed] = []
    run(store, *trace.start())
    store.observe(told.append)
    names = ["things", DEFINED]
    store.watch(frozenset(names))
    states: Mapping[str, State] = {name: whole(store, name) for name in names}
    for batches in trace.steps(40):
        for future in [store.commit(batch) for batch in batches]:
            future.exception(WAIT)
        after = {name: whole(store, name) for name in names}
        for name in names:
            state = states[name]
            for committed in told:
                change = committed.changes.get(name)
                state = after[name] if change is None else led_to(state, change)
            assert state == after[name]
        states = after
        told.clear()


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from("abc"), st.integers(0, 2)), max_size=12
    )
)
def test_folding_is_doing_all_of_it(steps: list[tuple[str, str, int]]) -> None:
    """Inserts, deletes, and updates that move a row to another key."""
    rest = (None,) * len(things.columns)
    state: dict[str, Image] = {}
    halves: list[Half] = []
    touched: dict[str, int] = {}

    def was(id: str, seq: int) -> None:
        halves.append(Half(False, state.pop(id), touched[id], seq))
        touched[id] = seq

    def becomes(id: str, number: int, seq: int) -> None:
        state[id] = (id, number, *rest)
        halves.append(Half(True, state[id], None, seq))
        touched[id] = seq

    for seq, (id, to, number) in enumerate(steps, 1):
        if id not in state:
            becomes(id, number, seq)
        elif id == to and number == 0:
            was(id, seq)
        elif id == to or to not in state:
            was(id, seq)
            becomes(to, number, seq)
    found, revisions = fold(things, halves)
    assert {new[0]: new for _, new in found if new is not None} == state
    assert all(old is None for old, _ in found), "there was nothing before"
    assert revisions == [(None, touched[str(new[0])]) for _, new in found if new is not None]
