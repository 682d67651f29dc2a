"""Group commit: many batches in one transaction, each stored whole or not at all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from sidecar.app import schema
from sidecar.core.errors import (
    ConflictError,
    NotFoundError,
    ShuttingDownError,
    UnknownCollectionError,
    UnknownEventError,
    ValidationError,
)
from sidecar.core.event import Expect, NewEvent, Receipt, uuid7
from sidecar.core.json import Json
from sidecar.store import Committed, Store
from sidecar.store.writer import MAX_EVENTS
from tests.core.values import nested
from tests.store.acts import (
    WAIT,
    Clock,
    assert_sound,
    commit,
    events,
    find,
    get,
    memory,
    new,
    persona,
    refused,
    rising,
    sql,
)


def uuid(n: int) -> str:
    """Return an event id."""
    return uuid7(n, n.to_bytes(10, "big"))


def named(event: NewEvent, n: int, *expect: Expect) -> NewEvent:
    """Return an event with an id of the client's and what it expects."""
    return NewEvent(event.name, event.args, uuid(n), expect)


@contextmanager
def held_up(store: Store) -> Iterator[list[Committed]]:
    """Hold the writer inside one commit; what is queued meanwhile waits at the same time.

    Yields what observers are told of later transactions.
    """
    inside, go_on = threading.Event(), threading.Event()
    told: list[Committed] = []

    def observe(committed: Committed) -> None:
        if not inside.is_set():
            inside.set()
            assert go_on.wait(WAIT)
        else:
            told.append(committed)

    store.observe(observe)
    first = store.commit([persona("first")])
    assert inside.wait(WAIT)
    try:
        yield told
    finally:
        go_on.set()
    first.result(WAIT)


def test_a_batch_gets_consecutive_seqs_and_one_time(store: Store, clock: Clock) -> None:
    """S1: seq is 1, 2, 3 …; the receipt names them."""
    clock.now = 5
    receipt = commit(store, persona("a"), persona("b"))
    assert receipt == Receipt(1, 2, 2, receipt.ids, 5)
    assert commit(store, persona("c")).first == 3
    log = events(store)
    assert [(one.seq, one.at) for one in log] == [(1, 5), (2, 5), (3, 5)]
    assert tuple(one.id for one in log[:2]) == receipt.ids
    assert store.head == 3


def test_ids_the_store_makes_are_uuids_of_version_7(store: Store, clock: Clock) -> None:
    """S1: the server makes the id where it is missing."""
    clock.now = 0x0190_0000_0000
    ids = commit(store, *(persona(str(n)) for n in range(50))).ids
    assert len(set(ids)) == 50
    assert all(id[:13] == "01900000-0000" and id[14] == "7" for id in ids)


def test_an_event_says_who_sent_it(store: Store) -> None:
    """S1: clientId and sessionId."""
    store.commit([persona("a")], client_id="laptop", session_id="window 1").result(WAIT)
    (event,) = events(store)
    assert (event.client_id, event.session_id) == ("laptop", "window 1")
    assert event.to_wire()["clientId"] == "laptop"


def test_threads_that_commit_at_once_get_a_log_without_gaps(store: Store, directory: Path) -> None:
    """S1, S3: every batch is contiguous, and in the order its thread sent it."""

    def work(thread: int) -> list[Receipt]:
        return [
            commit(store, *(persona(f"{thread}-{n}-{i}") for i in range(1 + n % 3)))
            for n in range(15)
        ]

    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(work, range(8)))
    for own in receipts:
        assert rising(one.first for one in own)
        assert all(one.last - one.first + 1 == len(one.ids) for one in own)
    seqs = [seq for own in receipts for one in own for seq in range(one.first, one.last + 1)]
    assert sorted(seqs) == list(range(1, store.head + 1))
    store.close()
    assert_sound(directory)


def test_batches_that_wait_share_one_transaction(store: Store) -> None:
    """S3: observers are told once, and each batch has its own receipt."""
    with held_up(store) as told:
        waiting = [store.commit([persona(str(n)), persona(f"{n}b")]) for n in range(20)]
    receipts = [one.result(WAIT) for one in waiting]
    assert [one.first for one in receipts] == list(range(2, 42, 2))
    assert [one.head for one in receipts] == [one.last for one in receipts]
    assert [one.head for one in told] == [41]
    assert "personas" in told[0].tables


def test_a_bad_batch_leaves_the_others_of_its_group(store: Store, directory: Path) -> None:
    """S4: it is rolled back to its savepoint, and its seqs go to the next."""
    with held_up(store) as told:
        futures: list[Future[Receipt]] = [
            store.commit([persona("a"), persona("b")]),
            store.commit([persona("x"), persona("a")]),
            store.commit([persona("y"), new("Nothing")]),
            store.commit([persona("c")]),
            store.commit([persona("z"), persona("")]),
            store.commit([new("PersonaDeleted", id="a"), persona("a", usageCount=7)]),
        ]
    assert [futures[n].result(WAIT).first for n in (0, 3, 5)] == [2, 4, 5]
    errors = [futures[n].exception(WAIT) for n in (1, 2, 4)]
    assert [type(one) for one in errors] == [ConflictError, UnknownEventError, ValidationError]
    assert [one.data["index"] for one in errors] == [1, 1, 1]  # type: ignore[union-attr]
    assert [one["id"] for one in find(store, "personas")] == ["a", "b", "c", "first"]
    assert get(store, "personas", "a")["usageCount"] == 7
    assert [one.head for one in told] == [6]
    store.close()
    assert_sound(directory)


def test_a_group_of_bad_batches_is_no_transaction_to_anyone(store: Store) -> None:
    with held_up(store) as told:
        futures = [store.commit([new("Nothing")]) for _ in range(3)]
    assert {type(one.exception(WAIT)) for one in futures} == {UnknownEventError}
    assert (told, store.head) == ([], 1)


def test_an_acknowledged_commit_is_durable_and_was_observed(store: Store) -> None:
    """S3: WAL and synchronous=FULL; observers see the rows before the caller's answer."""
    seen: list[tuple[int, int, bool]] = []

    def observe(committed: Committed) -> None:
        (row,) = sql(store, "SELECT count(*) AS n FROM personas")
        seen.append((committed.head, row["n"], waiting.done()))  # type: ignore[arg-type]

    with held_up(store):
        store.observe(observe)
        waiting = store.commit([persona("a")])
    waiting.result(WAIT)
    assert seen[-1] == (2, 2, False)
    connection = store._writer._connection
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_faulty_observer_undoes_nothing(store: Store) -> None:
    """S3: what is durable is acknowledged."""

    def observe(committed: Committed) -> None:
        raise RuntimeError("a fault of the observer's")

    store.observe(observe)
    assert commit(store, persona("a")).last == 1
    assert commit(store, persona("b")).last == 2


@pytest.mark.parametrize(
    ("event", "path"),
    [
        (persona(""), "/args/id"),
        (persona("a", note=float("nan")), "/args/note"),
        (persona("a", note=[float("inf")]), "/args/note/0"),
        (persona("a", note=2**63), "/args/note"),
        (persona("a", note="\ud800"), "/args/note"),
        (persona("a", **{"\ud800": 1}), None),
        (persona("a", note=nested(300, 1)), None),
        (NewEvent("v1.PersonaActivated", {"id": "a"}, id="nonsense"), "/id"),
        (NewEvent("v1.PersonaActivated", {"id": "a"}, id=uuid(0xABC).upper()), "/id"),
        (new("DocumentInserted", collection="personas", document={}), "/args/document/id"),
        (
            new("DocumentInserted", collection="personas", document={"id": "a", "_x": 1}),
            "/args/document/_x",
        ),
        (
            new("DocumentInserted", collection="personas", document={"id": "a", "usageCount": "1"}),
            "/args/document/usageCount",
        ),
        (
            new("DocumentPatched", collection="personas", id="held", patch={"id": "b"}),
            "/args/patch/id",
        ),
        (
            new("AttachmentImported", collection="c", documentId="d", id="a", type="t", digest="",
                data="no base64!"),
            "/args/data",
        ),
        (new("CollectionDefined", name="_own", primaryKey="id"), "/args/name"),
        (new("CollectionDefined", name="personas", primaryKey="id"), "/args/name"),
        (new("CollectionDefined", name="c", primaryKey="_id"), "/args/primaryKey"),
    ],
)  # fmt: skip
def test_a_bad_event_is_named_by_index_and_path(
    store: Store, event: NewEvent, path: str | None
) -> None:
    """S4: none of the batch is stored, and the store goes on."""
    commit(store, persona("held"))
    error = refused(store, ValidationError, persona("good"), event)
    assert error.data["index"] == 1
    assert path is None or error.data["path"] == path
    assert commit(store, persona("good")).last == 2


def test_documents_that_are_not_there_are_named(store: Store) -> None:
    """S4, S10: unknown collections and ids are errors of their own."""
    good = persona("good")
    inserted = new("DocumentInserted", collection="no", document={"id": "a"})
    assert refused(store, UnknownCollectionError, good, inserted).data["index"] == 1
    for gone in (
        new("DocumentDeleted", collection="personas", id="no"),
        new("DocumentPatched", collection="personas", id="no", patch={}),
    ):
        assert refused(store, NotFoundError, good, gone).data["index"] == 1


def test_a_definition_goes_with_its_batch(store: Store) -> None:
    """S4, S10: a collection of a refused batch is not there, and can be defined otherwise."""
    defined = new("CollectionDefined", name="things", primaryKey="id")
    document = new("DocumentInserted", collection="things", document={"id": "1"})
    refused(store, ConflictError, defined, document, document)
    assert "things" not in store.collections()
    with pytest.raises(UnknownCollectionError):
        store.collection("things")
    refused(store, UnknownCollectionError, document)
    other = new("CollectionDefined", name="things", primaryKey="key")
    commit(store, other, new("DocumentInserted", collection="things", document={"key": "1"}))
    assert sql(store, "SELECT key FROM things") == [{"key": "1"}]
    refused(store, ConflictError, defined)
    commit(store, other)


def test_a_batch_has_some_events_and_not_too_many(store: Store) -> None:
    assert refused(store, ValidationError).data["path"] == "/events"
    many = [new("PersonaActivated", id="a")] * (MAX_EVENTS + 1)
    assert refused(store, ValidationError, *many).data["path"] == "/events"
    same = named(persona("a"), 1)
    assert refused(store, ValidationError, same, same).data["path"] == "/events"


def test_a_batch_sent_again_gets_its_first_receipt(store: Store, clock: Clock) -> None:
    """S5: `duplicate: true`, nothing stored, nobody told."""
    batch = [named(persona("a"), 1), named(persona("b"), 2)]
    first = commit(store, *batch)
    commit(store, new("PersonaDeleted", id="a"))
    told: list[Committed] = []
    store.observe(told.append)
    clock.now += 1_000
    again = store.commit(batch, client_id="other", session_id="other").result(WAIT)
    assert again == Receipt(first.first, first.last, first.head, first.ids, first.at, True)
    assert (store.head, told) == (3, [])
    assert [one["id"] for one in find(store, "personas")] == ["b"]


def test_a_batch_is_known_again_after_a_restart(store: Store, directory: Path) -> None:
    """S5: the log is what remembers."""
    batch = [named(persona("a"), 1)]
    first = commit(store, *batch)
    store.close()
    with Store.open(directory, schema) as reopened:
        again = commit(reopened, *batch)
    assert (again.ids, again.duplicate) == (first.ids, True)


def test_two_copies_of_a_batch_in_one_group_are_stored_once(store: Store) -> None:
    """S5: also where neither was durable when the other came."""
    with held_up(store):
        futures = [store.commit([named(persona("a"), 1)]) for _ in range(5)]
    receipts = [one.result(WAIT) for one in futures]
    assert [one.duplicate for one in receipts] == [False, True, True, True, True]
    assert {one.first for one in receipts} == {2}


@pytest.mark.parametrize(
    ("sent", "again"),
    [
        ({"n": 1, "m": 2}, {"m": 2, "n": 1}),
        ({"n": 1}, {"n": 1.0}),
        ({"n": [{"a": 0}]}, {"n": [{"a": 0.0}]}),
    ],
)
def test_the_same_json_is_the_same_batch(
    store: Store, sent: dict[str, Json], again: dict[str, Json]
) -> None:
    """S5: as JavaScript has one kind of number, and objects no order."""
    commit(store, named(persona("a", **sent), 1))
    assert commit(store, named(persona("a", **again), 1)).duplicate


@pytest.mark.parametrize(
    "batch",
    [
        [named(persona("c"), 1), named(persona("b"), 2)],
        [named(persona("b"), 2), named(persona("a"), 1)],
        [named(persona("a"), 1), named(persona("c"), 3)],
        [named(persona("a"), 1), persona("c")],
        [named(memory("a"), 1), named(persona("b"), 2)],
    ],
)
def test_an_id_that_is_taken_by_another_batch_is_a_conflict(
    store: Store, batch: list[NewEvent]
) -> None:
    """S5: an id names one event for ever."""
    commit(store, named(persona("a"), 1), named(persona("b"), 2))
    assert "id" in refused(store, ConflictError, *batch).data


def test_an_event_may_expect_a_revision(store: Store) -> None:
    """S13: a mismatch is E_CONFLICT with the current row, its revision in it."""
    commit(store, persona("a"), persona("b"))
    commit(store, named(new("PersonaActivated", id="a"), 1, Expect("personas", "a", 1)))
    stale = named(new("PersonaDeactivated", id="a"), 2, Expect("personas", "a", 1))
    error = refused(store, ConflictError, persona("c"), stale)
    assert (error.data["index"], error.data["seq"]) == (1, 3)
    assert error.data["current"] == {**get(store, "personas", "a"), "_seq": 3}
    untouched = named(persona("d"), 3, Expect("personas", "b", 2), Expect("personas", "a", 3))
    assert commit(store, untouched).last == 4


def test_an_event_may_expect_that_nothing_is_there(store: Store) -> None:
    """S13: `seq: null`."""
    commit(store, named(persona("a"), 1, Expect("personas", "a", None)))
    gone = refused(store, ConflictError, named(persona("b"), 2, Expect("personas", "z", 1)))
    assert (gone.data["current"], gone.data["seq"]) == (None, None)
    there = refused(store, ConflictError, named(memory("m"), 3, Expect("personas", "a", None)))
    assert there.data["seq"] == 1
    commit(store, new("PersonaDeleted", id="a"))
    commit(store, named(persona("a"), 4, Expect("personas", "a", None)))


def test_what_is_expected_is_looked_at_just_before_the_event(store: Store) -> None:
    """S13: earlier events of the batch, and of the group, count."""
    commit(
        store, persona("a"), named(new("PersonaActivated", id="a"), 1, Expect("personas", "a", 1))
    )
    with held_up(store):
        futures = [
            store.commit(
                [named(new("PersonaActivated", id="a"), 10 + n, Expect("personas", "a", 2))]
            )
            for n in range(5)
        ]
    assert [one.exception(WAIT) is None for one in futures] == [True, False, False, False, False]
    assert get(store, "personas", "a")["usageCount"] == 2


def test_a_duplicate_is_one_though_its_expectation_no_longer_holds(store: Store) -> None:
    """S5 comes before S13: the client sends again what it did not hear about."""
    commit(store, persona("a"))
    once = named(new("PersonaActivated", id="a"), 1, Expect("personas", "a", 1))
    commit(store, once)
    assert commit(store, once).duplicate


def test_an_expectation_of_an_unknown_collection_is_an_error(store: Store) -> None:
    event = named(persona("a"), 1, Expect("nothing", "a", 1))
    assert refused(store, UnknownCollectionError, event).data["index"] == 0


@pytest.mark.parametrize("expect", [Expect("\ud800", "a", 1), Expect("personas", "a", 2**63)])
def test_an_expectation_is_json(store: Store, expect: Expect) -> None:
    error = refused(store, ValidationError, named(persona("a"), 1, expect))
    assert str(error.data["path"]).startswith("/expect/0")


def test_time_never_goes_back(store: Store, directory: Path, clock: Clock) -> None:
    """S1: whatever the machine's clock does, also across a restart."""
    for now in (1_000, 2_000, 1_500, 0, 2_001):
        clock.now = now
        commit(store, persona(str(now)))
    store.close()
    clock.now = 5
    with Store.open(directory, schema, clock=clock) as reopened:
        commit(reopened, persona("last"))
        times = [one.at for one in events(reopened)]
        assert get(reopened, "personas", "last")["createdAt"] == 2_001
    assert times == [1_000, 2_000, 2_000, 2_000, 2_001, 2_001]


def test_a_caller_that_went_away_commits_nothing(store: Store) -> None:
    with held_up(store):
        gone, there = store.commit([persona("gone")]), store.commit([persona("there")])
        assert gone.cancel()
    assert there.result(WAIT).last == 2
    assert [one["id"] for one in find(store, "personas")] == ["first", "there"]


def test_closing_finishes_what_is_queued(store: Store, directory: Path) -> None:
    """S3: and then takes nothing more."""
    futures = [store.commit([persona(str(n))]) for n in range(50)]
    store.close()
    assert [one.result(0).last for one in futures] == list(range(1, 51))
    with pytest.raises(ShuttingDownError):
        store.commit([persona("late")])
    store.close()
    assert_sound(directory)


def test_a_probe_leaves_nothing_behind(store: Store, directory: Path) -> None:
    """M9: it sees the state its events lead to, which is then rolled back."""
    commit(store, persona("a"))
    seen: list[Json] = []
    probe = [
        persona("probe"),
        new("CollectionDefined", name="things", primaryKey="id"),
        new("DocumentInserted", collection="things", document={"id": "1"}),
    ]
    told: list[Committed] = []
    store.observe(told.append)
    receipt = store.probe(
        probe, lambda state: seen.append([state.get("personas", "probe"), state.get("things", "1")])
    ).result(WAIT)
    assert (receipt.first, receipt.last) == (2, 4)
    assert seen[0][1] == {"id": "1"}  # type: ignore[index]
    assert (store.head, told, store.collections()) == (1, [], list(schema.tables))
    assert commit(store, persona("probe")).last == 2
    store.close()
    assert_sound(directory)


def test_what_a_probe_finds_wrong_is_its_answer(store: Store) -> None:
    """M9: an error of its events, or of its look."""

    def look(state: object) -> None:
        raise RuntimeError("not healthy")

    assert isinstance(store.probe([persona("")], look).exception(WAIT), ValidationError)
    assert isinstance(store.probe([persona("a")], look).exception(WAIT), RuntimeError)
    assert commit(store, persona("a")).last == 1
