"""Encryption at rest: what lies on the disk, while it serves and when it was killed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from websockets.sync.client import connect

from sidecar.app import schema
from sidecar.core.errors import MigrationError
from sidecar.migration import migrate
from sidecar.store import Store
from sidecar.store.vault import Vault
from tests.rpc.processes import PATIENCE, started
from tests.rpc.serving import Decoded, Message

SECRET = "a-word-that-occurs-nowhere-else"
KEY = "the-key-that-nobody-else-has"


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


def call(line: Message, method: str, **params: object) -> Decoded:
    protocols = ["sidecar.v1", f"token.{line['token']}"]
    with connect(line["url"], subprotocols=protocols, max_size=None) as connection:
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        connection.send(json.dumps(request))
        while "id" not in (answer := json.loads(connection.recv(PATIENCE))):
            pass
        assert "result" in answer, answer
        return answer["result"]


def note(number: int) -> str:
    document = {"id": str(number), "text": f"{SECRET} {number}"}
    return json.dumps({"collection": "notes", "document": document})


def found(directory: Path) -> list[str]:
    """Return the files that have the secret or the key in them."""
    files = [path for path in directory.rglob("*") if path.is_file()]
    words = (SECRET.encode(), KEY.encode())
    return [path.name for path in files if any(word in path.read_bytes() for word in words)]


def test_nothing_of_an_encrypted_store_is_on_the_disk_as_it_is(
    data_dir: Path, tmp_path: Path
) -> None:
    """Store, logs, backups, what a live migration pushes, and what is left after a kill."""
    source = {"collections": [{"name": "notes", "docs": [json.loads(note(1))["document"]]}]}
    options = ("--key-stdin", "--log-level", "debug")
    with started(data_dir, *options, stdin=f"{KEY}\n".encode()) as server:
        define = {"name": "notes", "primaryKey": "id"}
        call(server.line, "commit", events=[{"name": "v1.CollectionDefined", "args": define}])
        migrated = call(server.line, "migrate", source={"data": source})
        assert migrated["verification"]["passed"] is True
        begun = call(server.line, "migrate.begin")
        for number in range(2, 40):
            call(server.line, "migrate.push", migration=begun["migration"], records=[note(number)])
        call(server.line, "backup.create")
        listed = call(server.line, "backup.list")["backups"]
        assert len(listed) == 2
        for backup in listed:
            assert call(server.line, "backup.verify", name=backup["name"])["valid"] is True
        assert found(data_dir) == []
        if sys.platform == "linux":
            process = Path(f"/proc/{server.process.pid}")
            for name in ("cmdline", "environ"):
                assert KEY.encode() not in (process / name).read_bytes()
            (core,) = [
                line
                for line in (process / "limits").read_text().splitlines()
                if line.startswith("Max core file size")
            ]
            assert core.split()[4] == "0"
        server.process.kill()
        server.process.wait(PATIENCE)
        assert server.process.stderr is not None
        said = server.process.stderr.read()
    assert KEY.encode() not in said
    assert SECRET.encode() not in said
    assert found(data_dir) == []

    # What was pushed is there after the kill, and a backup is a source like any other.
    with Store.open(data_dir, schema, key=KEY) as store:
        assert store.collection("notes").name == "notes"
        (pushed,) = (data_dir / "spool").glob("*.ndjson")
        with store.vault.find(pushed).open("rb") as file:
            assert file.read().count(b"\n") == 38
    (backup,) = (data_dir / "backups").glob("rxdb-backup-*.json")
    other = tmp_path / "other"
    with Store.open(other, schema, key=KEY) as store:
        migrated = migrate(store, backup)
        assert migrated.verification is not None
        assert migrated.verification.passed
    assert found(other) == []
    with (
        Store.open(tmp_path / "third", schema, key="another key") as store,
        pytest.raises(MigrationError, match="sealed with another key"),
    ):
        migrate(store, backup)
    with Vault(KEY).find(backup).open("rb") as file:
        assert SECRET.encode() in file.read()
