"""Materializers that misbehave harm nobody but their batch (S2, S4)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from sidecar.core.errors import (
    ConflictError,
    NotFoundError,
    SidecarError,
    UnknownCollectionError,
    ValidationError,
)
from sidecar.core.event import Expect, NewEvent, Receipt
from sidecar.core.json import Json, JsonObject
from sidecar.store import Committed, Store
from tests.store import faulty
from tests.store.acts import WAIT, assert_sound, commit, events, find, get, new, sql

BAD: list[tuple[NewEvent, type[SidecarError]]] = [
    (new("Put"), ValidationError),
    (new("Put", id="x", count="1"), ValidationError),
    (new("Put", id="there"), ConflictError),
    (new("Bumped", id="absent"), NotFoundError),
    (new("HalfWritten", id="x"), ConflictError),
    (new("Raised", id="x"), SidecarError),
    (new("NothingReturned", id="x"), SidecarError),
    (new("WrongSelector", id="x"), SidecarError),
    (new("NoColumn", id="x"), SidecarError),
    (new("WrittenBySelect", id="x"), SidecarError),
    (new("Raw", sql="no SQL"), SidecarError),
    (new("Raw", sql="UPDATE things SET count = json('{')"), SidecarError),
    *(
        (new("Raw", sql=text), SidecarError)
        for text in (
            *("", "COMMIT", "ROLLBACK", "BEGIN", "SAVEPOINT x", "RELEASE batch", "SELECT 1"),
            *("DROP TABLE others", "PRAGMA recursive_triggers = OFF", "VACUUM", "ATTACH '' AS x"),
        )
    ),
    (new("Raw", sql="UPDATE nothing SET x = 1"), SidecarError),
    (new("Raw", sql="DELETE FROM things; DELETE FROM things"), SidecarError),
    (new("Raw", sql="INSERT INTO things (id) VALUES ('there')"), ConflictError),
    (new("Raw", sql="UPDATE things SET count = 'many'"), ValidationError),
    (new("Raw", sql="INSERT INTO things (id) VALUES (x'00')"), ValidationError),
    (new("CollectionDefined", name="THINGS", primaryKey="id"), ConflictError),
]


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)


@pytest.fixture
def store(directory: Path) -> Iterator[Store]:
    """A store of the faulty app; whatever the test did can be derived again."""
    with Store.open(directory, faulty.schema) as store:
        commit(store, new("Put", id="there"))
        yield store
    faulty.GATE.set()
    assert_sound(directory, faulty.schema)


def _held(store: Store, *events: NewEvent) -> Future[Receipt]:
    """Have the writer wait in the last event of a batch, until the gate is set."""
    faulty.GATE.clear()
    faulty.ENTERED.clear()
    future = store.commit([*events, new("Held", id="held")])
    assert faulty.ENTERED.wait(WAIT)
    return future


@pytest.mark.parametrize(("bad", "error"), BAD)
def test_what_was_half_done_is_undone_and_what_waited_beside_it_is_stored(
    store: Store, bad: NewEvent, error: type[SidecarError]
) -> None:
    """S4: rows, definitions and seqs of the batch are gone; its transaction goes on."""
    held = _held(store)
    before = store.commit([new("Put", id="before")])
    made = new("CollectionDefined", name="made", primaryKey="id")
    failing = store.commit([new("Put", id="one"), made, bad, new("Put", id="two")])
    after = store.commit([new("Put", id="after")])
    faulty.GATE.set()
    caught = failing.exception(WAIT)
    assert type(caught) is error
    assert isinstance(caught, SidecarError)
    assert (caught.data["index"], caught.data["name"]) == (2, bad.name)
    assert [future.result(WAIT).first for future in (held, before, after)] == [2, 3, 4]
    assert [one["id"] for one in find(store, "things")] == ["after", "before", "held", "there"]
    assert find(store, "others") == []
    with pytest.raises(UnknownCollectionError):
        store.collection("made")
    commit(store, made, new("DocumentInserted", collection="made", document={"id": "x"}))
    assert find(store, "made") == [{"id": "x"}]


@pytest.mark.parametrize("name", ["Raised", "NothingReturned", "WrongSelector", "NoColumn"])
def test_a_fault_of_the_app_is_no_fault_of_the_caller(store: Store, name: str) -> None:
    """§6: an exception's text never reaches a peer; it goes to the log."""
    with pytest.raises(SidecarError) as caught:
        commit(store, new(name, id="x"))
    assert caught.value.code == "E_INTERNAL"
    wire = str(caught.value.to_wire())
    assert not any(word in wire for word in ("its own", "$nothing", "no column", "NoneType"))


@pytest.mark.parametrize(
    ("event", "path"),
    [
        (new("Put", id="there"), "/args/id"),
        (new("Put", id="x", _seq=1), "/args/_seq"),
        (
            new("DocumentInserted", collection="things", document={"id": "there"}),
            "/args/document/id",
        ),
        (
            new("DocumentInserted", collection="things", document={"id": "x", "log": 1}),
            "/args/document/log",
        ),
        (
            new("DocumentPatched", collection="things", id="there", unset=["id"]),
            "/args/patch/id",
        ),
        (
            new("DocumentPatched", collection="things", id="there", patch={"a": 1}, unset=["a"]),
            "/args/patch/a",
        ),
    ],
)
def test_what_the_row_refuses_is_named_by_its_place_in_the_arguments(
    store: Store, event: NewEvent, path: str
) -> None:
    """S4: a statement knows only columns; the caller knows only what it sent."""
    with pytest.raises(SidecarError) as caught:
        commit(store, event)
    assert caught.value.data["path"] == path


def test_a_materializer_may_take_its_arguments_apart(store: Store) -> None:
    """S2: the log keeps them as they were sent."""
    commit(store, new("ArgumentsChanged", id="a", count=1))
    assert events(store, after=1)[0].args == {"id": "a", "count": 1}
    assert get(store, "things", "a") == {"id": "a", "count": 99}


@pytest.mark.parametrize("clause", ["ABORT", "FAIL", "IGNORE", "REPLACE"])
def test_raw_sql_may_say_what_a_conflict_does(store: Store, clause: str) -> None:
    """S13: the engine's own triggers bear it, also when one event touches a row twice."""
    commit(store, new("Raw", sql=f"UPDATE OR {clause} things SET count = count + 1", twice=True))
    assert sql(store, "SELECT id, count, _seq FROM things") == [
        {"id": "there", "count": 2, "_seq": 2}
    ]
    assert [one.seq for one in events(store, collection="things", id="there")] == [1, 2]


def test_raw_sql_that_rolls_back_is_not_half_stored(store: Store) -> None:
    """OR ROLLBACK ends the whole transaction: none of it is stored, and the store goes on."""
    text = "INSERT OR ROLLBACK INTO things (id) VALUES ('there')"
    held = _held(store)
    beside = store.commit([new("Put", id="beside")])
    failing = store.commit([new("Put", id="one"), new("Raw", sql=text)])
    faulty.GATE.set()
    assert held.result(WAIT).head == 2
    assert isinstance(failing.exception(WAIT), SidecarError)
    assert isinstance(beside.exception(WAIT), SidecarError)
    assert (store.head, len(find(store, "things"))) == (2, 2)
    commit(store, new("Put", id="beside"))


def test_raw_sql_that_moves_rows_keeps_their_history(store: Store) -> None:
    commit(store, new("Put", id="b"), new("Put", id="c"))
    commit(store, new("Raw", sql="REPLACE INTO things (id, count) SELECT id, 7 FROM things"))
    commit(store, new("Raw", sql="DELETE FROM things WHERE id = 'b'"))
    assert sql(store, "SELECT id, count, _seq FROM things ORDER BY id") == [
        {"id": "c", "count": 7, "_seq": 4},
        {"id": "there", "count": 7, "_seq": 4},
    ]
    assert [one.seq for one in events(store, collection="things", id="b")] == [2, 4, 5]


def test_the_head_is_that_of_the_last_durable_event(store: Store) -> None:
    """S3: what is not durable has not happened, also for who asks meanwhile."""
    held = _held(store, new("Put", id="a"))
    assert (store.head, len(find(store, "things"))) == (1, 1)
    faulty.GATE.set()
    assert held.result(WAIT).head == store.head == 3


def test_a_later_batch_sees_what_an_earlier_one_of_its_transaction_did(store: Store) -> None:
    held = _held(store)
    one = store.commit([new("Put", id="a")])
    expects = [Expect("things", "a", 3)]
    two = store.commit([NewEvent("v1.Bumped", {"id": "a"}, expect=expects)])
    same = store.commit([new("Put", id="a")])
    faulty.GATE.set()
    assert [future.result(WAIT).head for future in (held, one, two)] == [2, 3, 4]
    assert isinstance(same.exception(WAIT), ConflictError)


def test_a_probe_nobody_waits_for_is_passed_over(store: Store) -> None:
    held = _held(store)
    looked: list[object] = []
    gone = store.probe([new("Put", id="a")], looked.append)
    assert gone.cancel()
    faulty.GATE.set()
    held.result(WAIT)
    commit(store, new("Put", id="b"))
    assert looked == []


def test_a_defined_collection_is_announced_to_live_queries(store: Store) -> None:
    """A live query on what collections there are depends on the engine's table."""
    seen: list[Committed] = []
    store.observe(seen.append)
    commit(store, new("CollectionDefined", name="made", primaryKey="id"))
    assert seen[0].tables >= {"_collections", "made", "_events"}


DEEP: list[Json] = []
for _ in range(3000):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "args", [{"id": "\ud800"}, {"x": float("nan")}, {"x": DEEP}, {"x": {1: 2}}, {"x": object()}]
)
def test_arguments_that_are_no_json_are_refused_also_under_an_id_of_the_log(
    store: Store, args: JsonObject
) -> None:
    """S5: the repeated batch is compared with the log's, and must first be something to compare."""
    id = "00000000-0000-7000-8000-000000000000"
    commit(store, NewEvent("v1.Put", {"id": "a"}, id))
    with pytest.raises(ValidationError) as caught:
        commit(store, NewEvent("v1.Put", args, id))
    assert (caught.value.data["index"], caught.value.data["name"]) == (0, "v1.Put")
    commit(store, new("Put", id="after"))


@pytest.mark.parametrize("sender", [{"client_id": "\ud800"}, {"session_id": "\udfff"}])
def test_a_sender_s_name_is_text(store: Store, sender: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        store.commit([new("Put", id="a")], **sender).result(WAIT)
    commit(store, new("Put", id="a"))


def test_part_of_a_batch_that_is_in_the_log_is_in_the_log(store: Store) -> None:
    """S5: a commit is idempotent by event id, whatever batches the ids came in."""
    ids = [f"00000000-0000-7000-8000-00000000000{at}" for at in range(3)]
    batch = [NewEvent("v1.Put", {"id": id}, id) for id in ids]
    whole = commit(store, *batch)
    part = commit(store, *batch[1:])
    assert (part.first, part.last, part.duplicate) == (whole.first + 1, whole.last, True)
    assert store.head == 4


def test_a_refused_batch_does_not_move_time(directory: Path) -> None:
    """S1: `at` is given at append, and that never happened."""
    ticks = iter([10, 1000, 20])
    with Store.open(directory, faulty.schema, clock=lambda: next(ticks)) as store:
        commit(store, new("Put", id="a"))
        with pytest.raises(ConflictError):
            commit(store, new("Put", id="a"))
        assert commit(store, new("Put", id="b")).at == 20
