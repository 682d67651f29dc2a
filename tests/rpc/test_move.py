"""The move from RxDB over the wire: copied, followed, switched, brought back (M1, M2, M10, M11)."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.rpc.serving import Decoded, Message, Peer, Serving, conforms, serving

AT = 1_735_689_600_000
ISO = "2025-01-01T00:00:00.000Z"
SCHEMAS = {
    "personas": {
        "version": 0,
        "primaryKey": "id",
        "type": "object",
        "properties": {
            "id": {"type": "string", "maxLength": 100},
            "name": {"type": "string"},
            "createdAt": {"type": "string"},
        },
    },
    "memoryEntities": {
        "version": 0,
        "primaryKey": "id",
        "type": "object",
        "properties": {"id": {"type": "string"}, "createdAt": {"type": "number"}},
    },
    "notes": {
        "version": 0,
        "primaryKey": "slug",
        "type": "object",
        "properties": {"slug": {"type": "string", "maxLength": 100}},
    },
}


def persona(id_: str, **more: object) -> Message:
    return {
        "id": id_,
        "name": f"Persona {id_}",
        "personality": {},
        "settings": {},
        "createdAt": ISO,
        "_rev": "1-a",
        "_meta": {"lwt": 1.01},
        **more,
    }


def memory(id_: str, of: str, **more: object) -> Message:
    body = {"id": id_, "name": id_, "personaId": of, "content": {}, "tags": []}
    return {**body, "importance": 0, "createdAt": AT / 1000, **more}


def document(collection: str, value: Message) -> str:
    return json.dumps({"collection": collection, "document": value})


def local(name: str, value: Message | None, collection: str | None = None) -> str:
    held = {"id": name, "deleted": True} if value is None else {"id": name, "data": value}
    return json.dumps({"collection": collection, "local": held})


def replace_in(path: Path, old: bytes, new: bytes) -> None:
    """Edit a file, as a person with an editor would."""
    path.write_bytes(path.read_bytes().replace(old, new))


async def sees(window: Peer, state: str) -> None:
    """Wait until a live query of the state tells this one; states it passed may be folded."""
    while not (told := window.notifications()) or f'"{state}"' not in json.dumps(told[-1]):
        await window.receive()


SCHEMA_LINES = [
    json.dumps({"collection": name, "schema": schema}) for name, schema in SCHEMAS.items()
]


class Mover:
    """A page that moves its RxDB over."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.migration = ""

    async def begin(self) -> Message:
        begun: Message = await self.peer.call("migrate.begin")
        self.migration = begun["migration"]
        return begun

    async def push(self, *records: str, **more: object) -> Message:
        params = {"migration": self.migration, "records": [*records], **more}
        return await self.peer.call("migrate.push", params)

    async def run(self, **options: object) -> Message:
        source = {"migration": self.migration}
        return await self.peer.call("migrate", {"source": source, **options})

    async def move(self, *records: str) -> Message:
        """Bring records over, up to `dual`."""
        await self.begin()
        await self.push(*SCHEMA_LINES, *records)
        return await self.run()

    async def ask(self, step: str, **params: object) -> Decoded:
        found = await self.peer.call(f"migrate.{step}", {"migration": self.migration, **params})
        conforms(found, f"migrate.{step}.result")
        return found

    async def state(self) -> str:
        status: Message = await self.peer.call("migrate.status")
        conforms(status, "migrate.status.result")
        return str(status["state"])

    async def commit(self, name: str, **args: object) -> None:
        await self.peer.call("commit", {"events": [{"name": f"v1.{name}", "args": args}]})

    async def row(self, collection: str, key: str, value: str) -> Decoded:
        query = {"from": collection, "selector": {key: value}, "first": True}
        return (await self.peer.call("query", query))["row"]

    async def quarantine(self) -> list[Message]:
        sql = "SELECT seq, collection, sourceId, document, problems FROM _quarantine ORDER BY seq"
        rows: list[Message] = (await self.peer.call("query", {"sql": sql}))["rows"]
        return rows


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Serving]:
    with serving(tmp_path / "data") as server:
        yield server


@pytest.fixture
async def mover(server: Serving) -> AsyncIterator[Mover]:
    async with Peer.open(server) as peer:
        yield Mover(peer)


async def test_it_goes_from_state_to_state_and_every_window_is_told(
    mover: Mover, server: Serving
) -> None:
    """M10: a window that does not move anything follows it by a live query."""
    async with Peer.open(server) as other:
        told = {"query": {"sql": "SELECT state FROM _migration"}}
        assert (await other.call("subscribe", told))["rows"] == []
        assert await mover.state() == "idle"
        assert (await mover.begin())["state"] == "backing-up"
        await sees(other, "backing-up")
        await mover.push(*SCHEMA_LINES, document("personas", persona("p1")))
        await mover.run()
        assert await mover.state() == "dual"
        await sees(other, "dual")
        assert (await mover.ask("cutover"))["state"] == "switched"
        assert (await mover.ask("cutover"))["state"] == "switched", "it was taken already"
        await sees(other, "switched")
        assert (await mover.ask("rollback"))["state"] == "rolling-back"
        await sees(other, "rolling-back")
        head = (await mover.ask("changes"))["after"]
        assert (await mover.ask("rollback", through=head))["state"] == "rolled-back"
        await sees(other, "rolled-back")
        assert (await mover.begin())["state"] == "backing-up"
        await sees(other, "backing-up")


async def test_one_window_feeds_it_until_it_closes(mover: Mover, server: Serving) -> None:
    """Two windows start a migration at once: the second waits, and takes over."""
    await mover.begin()
    async with Peer.open(server) as other:
        busy = await other.fail("migrate.begin")
        assert busy["data"]["code"] == "E_BUSY"
        refused = await other.fail(
            "migrate.push", {"migration": mover.migration, "records": SCHEMA_LINES}
        )
        assert refused["data"]["code"] == "E_BUSY"
        await mover.push(*SCHEMA_LINES, checkpoints={"notes": {"lwt": 1, "id": "a"}})
        await mover.peer.socket.close()
        while "error" in (answer := await other.answer(await other.post("migrate.begin"))):
            assert answer["error"]["data"]["code"] == "E_BUSY"
        assert answer["result"] == {
            "migration": mover.migration,
            "state": "backing-up",
            "total": len(SCHEMA_LINES),
            "checkpoints": {"notes": {"lwt": 1, "id": "a"}},
        }


async def test_what_rxdb_writes_meanwhile_follows(mover: Mover) -> None:
    """M2: inserts, changes, deletions, local documents; a repeated push changes nothing."""
    await mover.move(
        document("personas", persona("p1")),
        document("personas", persona("p2")),
        document("notes", {"slug": "n/1", "free": 0}),
        local("theme", {"dark": True}),
        local("old", {"x": 1}, "notes"),
    )
    later = [
        document("personas", persona("p1", name="Changed", createdAt="2025-01-02", extra=None)),
        document("personas", {**persona("p2"), "_deleted": True}),
        document("personas", persona("p3")),
        document("memoryEntities", memory("m1", "p3")),
        document("notes", {"slug": "n/1", "free": ""}),
        local("theme", {"dark": False}),
        local("old", None, "notes"),
    ]
    assert (await mover.push(*later))["conflicts"] == 0
    changed = await mover.row("personas", "id", "p1")
    assert changed["name"] == "Changed"
    assert changed["extra"] is None
    assert changed["createdAt"] == AT + 86_400_000
    assert await mover.row("personas", "id", "p2") is None
    assert (await mover.row("memoryEntities", "id", "m1"))["importance"] == 0
    assert (await mover.row("notes", "slug", "n/1"))["free"] == ""
    sql = {"sql": "SELECT collection, id, data FROM _local_documents"}
    assert (await mover.peer.call("query", sql))["rows"] == [
        {"collection": "", "id": "theme", "data": '{"dark":false}'}
    ]
    head = (await mover.peer.call("server.info"))["head"]
    assert (await mover.push(*later))["conflicts"] == 0
    assert (await mover.peer.call("server.info"))["head"] == head


async def test_a_document_deleted_in_rxdb_comes_again(mover: Mover) -> None:
    await mover.move(document("notes", {"slug": "a", "n": 1}))
    await mover.push(document("notes", {"slug": "a", "_deleted": True}))
    assert await mover.row("notes", "slug", "a") is None
    await mover.push(document("notes", {"slug": "a", "n": 2}))
    assert (await mover.row("notes", "slug", "a"))["n"] == 2
    sql = {"sql": "SELECT count(*) AS n FROM _tombstones"}
    assert (await mover.peer.call("query", sql))["rows"] == [{"n": 0}]


async def test_attachments_follow(mover: Mover) -> None:
    """One that is replaced, one that goes, one that stays."""

    def note(**files: bytes) -> str:
        return document(
            "notes",
            {
                "slug": "a",
                "_attachments": {
                    name: {
                        "type": "text/plain",
                        "digest": f"md5-{name}",
                        "length": len(data),
                        "data": base64.b64encode(data).decode(),
                    }
                    for name, data in files.items()
                },
            },
        )

    async def held(name: str) -> Message:
        params = {"collection": "notes", "documentId": "a", "id": name}
        return await mover.peer.answer(await mover.peer.post("attachments.get", params))

    await mover.move(note(one=b"1", two=b"2", three=b"3"))
    await mover.push(note(one=b"1", two=b"2!"))
    got = (await held("two"))["result"]
    conforms(got, "attachments.get.result")
    assert base64.b64decode(got["data"]) == b"2!"
    assert got["length"] == 2
    assert (await held("one"))["result"]["data"] == base64.b64encode(b"1").decode()
    assert (await held("three"))["error"]["data"]["code"] == "E_NOT_FOUND"


async def test_what_refers_to_nothing_waits_for_it(mover: Mover) -> None:
    """M6: the feeds of two collections come in either order."""
    await mover.move()
    await mover.push(document("memoryEntities", memory("m1", "late")))
    assert await mover.row("memoryEntities", "id", "m1") is None
    assert [one["sourceId"] for one in await mover.quarantine()] == ["m1"]
    await mover.push(document("personas", persona("late")))
    assert (await mover.row("memoryEntities", "id", "m1"))["personaId"] == "late"
    assert await mover.quarantine() == []


async def test_the_quarantine_has_the_newest_bad_form_until_a_good_one_comes(mover: Mover) -> None:
    await mover.move()
    for name in (3, 4):
        await mover.push(document("personas", persona("p1", name=name)))
    held = await mover.quarantine()
    assert [json.loads(one["document"])["name"] for one in held] == [4]
    await mover.push(document("personas", persona("p1")))
    assert await mover.quarantine() == []
    assert (await mover.row("personas", "id", "p1"))["name"] == "Persona p1"


async def test_a_late_write_does_not_overwrite_the_app(mover: Mover) -> None:
    """M10: it lands once, or is kept where somebody can look at it."""
    await mover.move(document("notes", {"slug": "a", "n": 1}), document("notes", {"slug": "b"}))
    await mover.ask("cutover")
    await mover.commit("DocumentPatched", collection="notes", id="a", patch={"n": 2})
    late = [document("notes", {"slug": "a", "n": 3}), document("notes", {"slug": "b", "n": 3})]
    assert (await mover.push(*late))["conflicts"] == 1
    assert (await mover.row("notes", "slug", "a"))["n"] == 2
    assert (await mover.row("notes", "slug", "b"))["n"] == 3
    assert [json.loads(one["document"]) for one in await mover.quarantine()] == [
        {"slug": "a", "n": 3}
    ]
    assert (await mover.push(*late))["conflicts"] == 1
    assert len(await mover.quarantine()) == 1


async def test_what_came_before_the_switch_is_no_late_write(mover: Mover) -> None:
    """A feed that was cut off pushes its last page again, though the app has gone on from there."""
    came = [
        document("notes", {"slug": "a", "n": 1}),
        document("notes", {"slug": "b", "_deleted": True}),
        document("personas", persona("p1")),
        local("theme", {"dark": True}),
    ]
    await mover.move(*came[:2])
    await mover.push(*came[2:])
    await mover.ask("cutover")
    await mover.commit("DocumentPatched", collection="notes", id="a", patch={"n": 2})
    await mover.commit("DocumentInserted", collection="notes", document={"slug": "b", "n": 2})
    await mover.commit("DocumentPatched", collection="personas", id="p1", patch={"name": "New"})
    await mover.commit("LocalDocumentImported", collection=None, id="theme", data={"dark": False})
    assert (await mover.push(*came))["conflicts"] == 0
    assert await mover.quarantine() == []
    assert (await mover.row("notes", "slug", "b"))["n"] == 2


async def test_what_the_app_wrote_goes_back_in_rxdb_s_forms(mover: Mover) -> None:
    """M8, M11: ISO text stays ISO text, seconds stay seconds, unread dates stay as they were."""
    await mover.move(
        document("personas", persona("p1", createdAt="2025-01-01", lastUsed="long ago")),
        document("personas", persona("gone")),
        document("personas", persona("untouched")),
        document("memoryEntities", memory("m1", "p1", lastAccessed=AT // 1000)),
        local("theme", {"dark": True}),
        local("old", {}, "notes"),
    )
    await mover.ask("cutover")
    await mover.commit("DocumentPatched", collection="personas", id="p1", patch={"name": "New"})
    await mover.commit("DocumentDeleted", collection="personas", id="gone")
    await mover.commit(
        "DocumentPatched",
        collection="memoryEntities",
        id="m1",
        patch={"lastAccessed": AT + 5000, "createdAt": AT + 1},
    )
    await mover.commit(
        "DocumentInserted",
        collection="personas",
        document={"id": "new", "name": "N", "createdAt": AT},
    )
    await mover.commit("LocalDocumentImported", collection=None, id="theme", data={"dark": False})
    await mover.commit("LocalDocumentDeleted", collection="notes", id="old")
    found = await mover.ask("changes")
    changes = {
        (one["collection"], one.get("id") or one["local"]["id"]): one for one in found["changes"]
    }
    p1 = changes["personas", "p1"]["document"]
    assert (p1["name"], p1["createdAt"], p1["lastUsed"]) == ("New", "2025-01-01", "long ago")
    assert "_rev" not in p1
    assert changes["personas", "gone"]["deleted"] is True
    m1 = changes["memoryEntities", "m1"]["document"]
    assert (m1["lastAccessed"], m1["createdAt"]) == (AT // 1000 + 5, (AT + 1) / 1000)
    assert changes["personas", "new"]["document"]["createdAt"] == ISO
    assert changes[None, "theme"]["local"]["data"] == {"dark": False}
    assert changes["notes", "old"]["local"]["deleted"] is True
    assert ("personas", "untouched") not in changes
    assert (await mover.ask("changes", after=found["after"]))["changes"] == []


async def test_changes_come_in_pages_each_document_once(mover: Mover) -> None:
    await mover.move(*(document("notes", {"slug": f"s{n}"}) for n in range(30)))
    await mover.ask("cutover")
    for n in range(30):
        await mover.commit("DocumentPatched", collection="notes", id=f"s{n}", patch={"n": n})
    await mover.commit("DocumentPatched", collection="notes", id="s3", patch={"n": 99})
    seen: list[str] = []
    after = None
    while page := await mover.ask(
        "changes", limit=7, **({} if after is None else {"after": after})
    ):
        if not page["changes"]:
            break
        seen += [one["id"] for one in page["changes"]]
        after = page["after"]
    assert sorted(seen) == sorted(f"s{n}" for n in range(30))
    assert seen[-1] == "s3"


async def test_a_rollback_ends_when_rxdb_has_all(mover: Mover) -> None:
    """M11: what is written until then comes with the next page."""
    await mover.move(document("notes", {"slug": "a", "n": 1}))
    await mover.ask("cutover")
    await mover.ask("rollback")
    page = await mover.ask("changes")
    await mover.commit("DocumentPatched", collection="notes", id="a", patch={"n": 2})
    assert (await mover.ask("rollback", through=page["after"]))["state"] == "rolling-back"
    page = await mover.ask("changes", after=page["after"])
    assert [one["document"]["n"] for one in page["changes"]] == [2]
    assert (await mover.ask("rollback", through=page["after"]))["state"] == "rolled-back"
    refused = await mover.peer.fail(
        "migrate.push",
        {"migration": mover.migration, "records": [document("notes", {"slug": "z"})]},
    )
    assert refused["data"]["code"] == "E_MIGRATION"
    assert refused["data"]["state"] == "rolled-back"


async def test_a_second_move_takes_what_rxdb_became_after_a_rollback(mover: Mover) -> None:
    """What both sides had in common is replaced, also what the app had written in the store."""
    await mover.move(document("notes", {"slug": "a", "n": 1}), document("notes", {"slug": "b"}))
    await mover.ask("cutover")
    await mover.commit("DocumentPatched", collection="notes", id="a", patch={"n": 2})
    after = (await mover.ask("changes"))["after"]
    await mover.ask("rollback")
    await mover.ask("rollback", through=after)
    report = await mover.move(
        document("notes", {"slug": "a", "n": 3}), document("notes", {"slug": "b", "_deleted": True})
    )
    assert report["verification"]["passed"]
    assert (await mover.row("notes", "slug", "a"))["n"] == 3
    assert await mover.row("notes", "slug", "b") is None
    assert (await mover.ask("cutover"))["state"] == "switched"


async def test_what_the_app_writes_in_the_store_after_a_rollback_returns_too(mover: Mover) -> None:
    """M11: a window that had not heard of it; RxDB goes on from there, also in a second move."""
    await mover.move(document("notes", {"slug": "a", "n": 1}))
    await mover.ask("cutover")
    await mover.ask("rollback")
    synced = (await mover.ask("changes"))["after"]
    await mover.ask("rollback", through=synced)
    await mover.commit("DocumentPatched", collection="notes", id="a", patch={"n": 2})
    page = await mover.ask("changes")
    assert [one["document"]["n"] for one in page["changes"]] == [2]
    assert page["changes"][0]["at"] > AT
    assert (await mover.ask("rollback", through=page["after"]))["state"] == "rolled-back"
    assert (await mover.ask("changes"))["changes"] == []
    report = await mover.move(document("notes", {"slug": "a", "n": 3}))
    assert report["verification"]["passed"]
    assert (await mover.row("notes", "slug", "a"))["n"] == 3
    assert await mover.quarantine() == []


async def test_before_the_switch_a_rollback_needs_no_way_back(
    mover: Mover, server: Serving
) -> None:
    await mover.begin()
    await mover.push(*SCHEMA_LINES)
    assert (await mover.ask("rollback"))["state"] == "rolled-back"
    assert list((server.store.data_dir / "spool").glob("*.ndjson")) == []


async def test_a_copy_is_compared_and_nothing_imported(mover: Mover) -> None:
    """M9: both ways; what the store changed meanwhile is not counted."""
    await mover.move(*(document("notes", {"slug": f"s{n}"}) for n in range(5)))
    copy = await mover.peer.call("migrate.begin", {"purpose": "verify"})
    head = (await mover.peer.call("server.info"))["head"]
    records = [
        *SCHEMA_LINES,
        *(document("notes", {"slug": f"s{n}"}) for n in range(4)),
        document("notes", {"slug": "other"}),
    ]
    pushed = {"migration": copy["migration"], "records": records}
    await mover.peer.call("migrate.push", pushed)
    source = {"source": {"migration": copy["migration"]}}
    found = await mover.peer.call("migrate.verify", source)
    conforms(found, "migrate.verify.result")
    assert not found["passed"]
    assert [(one["id"], one["kind"]) for one in found["differences"]] == [
        ("other", "missing"),
        ("s4", "onlyInStore"),
    ]
    status = await mover.peer.call("migrate.status")
    assert status["report"]["verification"] == found
    refused = await mover.peer.fail("migrate.cutover", {"migration": mover.migration})
    assert refused["data"]["code"] == "E_MIGRATION"
    assert (await mover.peer.call("server.info"))["head"] == head + 1, "the comparison alone"
    assert (await mover.peer.fail("migrate.verify", source))["data"]["code"] == "E_NOT_FOUND"


async def test_cleaning_up_needs_the_backup_whole(mover: Mover) -> None:
    """M12: and a confirmation; afterwards there is no way back."""
    await mover.move(document("notes", {"slug": "a"}))
    await mover.ask("cutover")
    status = await mover.peer.call("migrate.status")
    path = Path(status["backup"]["path"])
    replace_in(path, b'"a"', b'"b"')
    params = {"migration": mover.migration, "confirm": True}
    assert (await mover.peer.fail("migrate.cleanup", params))["data"]["code"] == "E_MIGRATION"
    replace_in(path, b'"b"', b'"a"')
    unconfirmed = {"migration": mover.migration, "confirm": False}
    assert (await mover.peer.fail("migrate.cleanup", unconfirmed))["code"] == -32602
    assert (await mover.ask("cleanup", confirm=True))["state"] == "cleaned"
    assert (await mover.ask("cleanup", confirm=True))["state"] == "cleaned"
    refused = await mover.peer.fail("migrate.rollback", {"migration": mover.migration})
    assert refused["data"]["state"] == "cleaned"


async def test_a_repaired_document_leaves_the_quarantine(mover: Mover) -> None:
    """M6: in one commit, and a rollback brings it into RxDB."""
    await mover.move(document("personas", persona("p1", name=7)))
    (held,) = await mover.quarantine()
    wrong = {"seq": held["seq"], "document": persona("p1", name="")}
    refused = await mover.peer.fail("migrate.repair", wrong)
    assert refused["data"]["code"] == "E_VALIDATION"
    assert refused["data"]["path"] == "/document/name"
    good = {"seq": held["seq"], "document": persona("p1")}
    assert await mover.peer.call("migrate.repair", good) == {"id": "p1"}
    assert await mover.quarantine() == []
    again = await mover.peer.fail("migrate.repair", good)
    assert again["data"]["code"] == "E_NOT_FOUND"


async def test_backups_are_listed_checked_read_and_brought_back(mover: Mover) -> None:
    """M5: the backup of a move gives back what RxDB had."""
    await mover.move(
        document("notes", {"slug": "a", "n": 0}),
        document("personas", persona("p1")),
        local("theme", {"dark": True}),
    )
    made = await mover.peer.call("backup.create")
    conforms(made, "backup.create.result")
    listed = await mover.peer.call("backup.list")
    conforms(listed, "backup.list.result")
    assert {one["name"] for one in listed["backups"]} >= {made["name"]}
    (name,) = [one["name"] for one in listed["backups"] if one["name"].startswith("rxdb-")]
    checked = await mover.peer.call("backup.verify", {"name": name})
    conforms(checked, "backup.verify.result")
    assert checked["valid"]
    assert {one: n for one, n in checked["counts"].items() if n} == {
        "notes": 1,
        "personas": 1,
        "": 1,
    }
    records: list[str] = []
    after: int | None = 0
    while after is not None:
        page = await mover.peer.call("backup.read", {"name": name, "after": after, "limit": 2})
        conforms(page, "backup.read.result")
        records += page["records"]
        after = page["next"]
    kept = [json.loads(one) for one in records]
    assert {"collection": "notes", "document": {"slug": "a", "n": 0}} in kept
    assert {"collection": None, "local": {"id": "theme", "data": {"dark": True}}} in kept
    assert [one["collection"] for one in kept if "schema" in one] != []
    restored = await mover.peer.call("backup.restore", {"name": name})
    assert restored["collections"]["notes"]["unchanged"] == 1
    for wrong in ("../store.db", "rxdb-backup-none.json", "x"):
        error = await mover.peer.fail("backup.verify", {"name": wrong})
        assert error["data"]["code"] == "E_NOT_FOUND"
    assert (await mover.peer.call("backup.verify", made_name := {"name": made["name"]}))["valid"]
    assert (await mover.peer.fail("backup.read", made_name))["data"]["code"] == "E_MIGRATION"


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("migrate.push", {"records": []}),
        ("migrate.cutover", {}),
        ("migrate.changes", {}),
        ("migrate.rollback", {}),
        ("migrate.cleanup", {"confirm": True}),
    ],
)
async def test_another_migration_is_not_found(mover: Mover, method: str, params: Message) -> None:
    await mover.move(document("notes", {"slug": "a"}))
    error = await mover.peer.fail(method, {"migration": "0" * 32, **params})
    assert error["data"]["code"] == "E_NOT_FOUND"


@pytest.mark.parametrize(
    "record", ["{}", '{"collection":"notes","x":1}', '{"document":{}}', "[1]", "{"]
)
async def test_a_record_that_is_none_changes_nothing(mover: Mover, record: str) -> None:
    """Also with good ones before and behind it."""
    await mover.move(document("notes", {"slug": "a"}))
    head = (await mover.peer.call("server.info"))["head"]
    good = document("notes", {"slug": "b"})
    params = {"migration": mover.migration, "records": [good, record, good]}
    error = await mover.peer.fail("migrate.push", params)
    assert error["data"]["code"] in {"E_MIGRATION", "E_VALIDATION"}
    assert (await mover.peer.call("server.info"))["head"] == head
